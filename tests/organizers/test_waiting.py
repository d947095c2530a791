"""What waits for somebody stands on the first page of the desk, the oldest first, and its number in the navigation."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import DatabaseBusy, now
from campaign.organizers import accounts, audit, daily_email, ledger, waiting
from campaign.organizers.models import Account, ExportJob
from campaign.outbox import outage, quota
from campaign.outbox.queue import OutboxMessage
from campaign.outbox.smtp_answers import RelayTrouble, Trouble
from campaign.petition import display_names, plan
from campaign.petition.models import Burst, Signature
from campaign.server import worker
from tests.people import parse
from tests.servers import on_sqlite


@pytest.fixture
def site(app):
    """The state of the site."""
    return app.extensions["campaign"]


@pytest.fixture
def database(site):
    """The site's database."""
    return site.database


def tasks(organizer, language="en"):
    """The sentences under “What waits”, with the address of each button."""
    section = next(
        one for one in parse(organizer.read(f"/{language}/organize/").text).iter("section") if one.get("class") == "tasks"
    )
    return [(" ".join("".join(one.find("p").itertext()).split()), one.find("a").get("href")) for one in section.iter("li")]


def numbers(organizer):
    """The numbers in the navigation by the name of their page."""
    page = parse(organizer.read("signatures").text)
    links = [one for one in page.find(".//nav").iter("a") if one.find("span") is not None]
    return {link.get("href").rpartition("/")[2]: link.find("span").text for link in links}


def lay_out(site, by):
    """Something of each kind waits, since another day each."""
    today, database = now().date(), site.database
    with database.writing() as session:
        ledger.begin_change(session)
        signature = session.scalar(sa.select(Signature))
        display_names.hold_name(session, signature.id, today=today - timedelta(days=3))
        session.add(Burst(day=today - timedelta(days=2), hour=1, provider="other", number=20))
        account = session.scalar(sa.select(Account).where(Account.email == by))
        ready = {"prepared_at": now(), "key_box": b"x", "asked_at": now(), "document": "pdf", "wanted": {}, "language": "en"}
        session.add(ExportJob(id=bytes(16), account_id=account.id, **ready))
        plan.set_plan(session, plan.Days(closes_on=today + timedelta(days=5)), by=plan.COMMAND, today=today)
        letter = session.scalar(sa.select(OutboxMessage))
        letter.failed_at, letter.due_at, letter.answer = now() - timedelta(days=1), None, "550 5.1.1"
        outage.begin(session, RelayTrouble("", Trouble.LOGIN, "535 5.7.8"), now() - timedelta(days=4))


def test_what_waits_stands_on_the_first_page_the_oldest_first_each_with_its_button(site, omar, nour, layla, sami):
    nour.send("exports", document="csv", state="standing", separator="comma", why="for the hand-over")
    lay_out(site, omar.email)

    found = tasks(omar)

    assert [address.removeprefix("/en/organize/") for _, address in found] == [
        "emails",  # an outage, since four days
        "review#words",
        "review#waves",
        "emails",  # a refusal, since yesterday
        "requests",
        "exports",
        "plan",
        "going-public",
        "key",
    ]
    said = " ".join(sentence for sentence, _ in found)
    assert "1 name is waiting for review." in said
    assert "1 e-mail was refused by a mail server. 550 5.1.1" in said
    assert "1 request is waiting for your agreement. It expires on" in said
    assert len(tasks(omar, "ar")) == len(found)
    assert numbers(omar) == {"review": "2", "requests": "1", "exports": "1"}
    assert numbers(nour) == {"review": "2"}  # nobody decides what they asked for


def test_a_moderator_is_told_of_names_and_signatures_alone(site, omar, hadi, layla, sami):
    lay_out(site, omar.email)

    assert [address.rpartition("/")[2] for _, address in tasks(hadi)] == ["review#words", "review#waves"]
    assert numbers(hadi) == {"review": "2"}


def test_where_nothing_waits_the_page_says_so(hadi):
    assert "Nothing is waiting." in hadi.read().text
    assert numbers(hadi) == {}


def test_texts_that_are_behind_their_source_wait_in_their_language(site, omar):
    with site.database.reading() as session:
        account = session.scalar(sa.select(Account))
        arabic = site.texts["ar"]
        behind = replace(arabic, petition=replace(arabic.petition, is_behind=True))
        texts = {"en": site.texts["en"], "ar": behind}
        found = waiting.find_tasks(session, account, at=now(), texts=texts, is_key_here=False, unready=0, quota=None)

    assert [(task.kind, task.number, task.detail) for task in found] == [("stale", 1, "ar")]


def test_the_page_of_the_e_mails_says_what_the_servers_answered_and_sends_them_again(site, omar, hadi, visitor):
    answers = ("550 5.1.1", "550 5.1.1", "452", None)
    for name in ("layla", "sami", "nour", "hadi"):
        visitor.sign(email=f"{name}@example.org")
    with site.database.writing() as session:
        for letter, answer in zip(session.scalars(sa.select(OutboxMessage)), answers, strict=True):
            letter.due_at, letter.failed_at, letter.answer = None, now(), answer

    page = " ".join("".join(parse(omar.read("emails").text).itertext()).split())

    assert "2 e-mails: There is no such mailbox. 550 5.1.1" in page
    assert "1 e-mail: The mail server did not accept it. 452" in page
    assert "1 e-mail: It could not be sent. Since" in page
    assert "رسالتان: لا وجود لصندوق البريد هذا." in omar.read("/ar/organize/emails").text
    assert hadi.send("emails").status_code == 403
    assert omar.send("emails").status_code == 303
    assert "No e-mail was refused." in omar.read("emails").text
    assert "Refused e-mails were queued again." in omar.read("audit").text


@on_sqlite
def test_e_mails_that_wait_for_the_quota_alone_are_overdue_nowhere_at_the_desk(app, site, omar, visitor, monkeypatch):
    visitor.sign()
    with site.database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(due_at=now() - timedelta(minutes=20)))
        quota.note(session, now() - timedelta(minutes=30))

    def says_overdue(page):
        said = omar.read(page).text
        words = ("<dt>Overdue</dt><dd>1</dd>", "1 e-mail is overdue.", "E-mails are overdue: no mail worker")
        return [one for one in words if one in said]

    assert [len(says_overdue(page)) for page in ("", "emails")] == [3, 1]

    settings = site.settings.model_copy(update={"mail_url": site.settings.mail_url + "&rate=1/h"})
    monkeypatch.setitem(app.extensions, "campaign", replace(site, settings=settings))

    assert [says_overdue(page) for page in ("", "emails")] == [[], []]


@pytest.fixture
def morning():
    """Tomorrow at nine."""
    return (now() + timedelta(days=1)).replace(hour=9)


@pytest.fixture
def mail(app, site, mailbox):
    """Does the timed work and the mail at a moment; returns the e-mails that arrived."""

    def send(at):
        before = len(mailbox.letters)
        with time_machine.travel(at):
            daily_email.enqueue_due(site.database, site.keys, now())
            worker.deliver_due(app, threading.Event(), print)
        return mailbox.letters[before:]

    return send


def test_the_daily_email_says_how_many_things_wait_and_nothing_else_once_a_day(omar, mail, morning):
    assert mail(morning) == []
    omar.send("account/daily", daily="on")

    [letter] = mail(morning)

    assert letter["Subject"] == "2 things wait"  # the private key is on the server, and the checklist before going public
    assert letter["From"] == "campaign@example.org"
    assert letter.get_content().replace("\r", "") == (
        "2 things wait.\n\nThis e-mail comes once a day while something is waiting. You can turn it off where you turned it on.\n"
    )
    assert mail(morning + timedelta(hours=3)) == []
    assert mail(morning.replace(hour=3) + timedelta(days=1)) == []
    assert len(mail(morning + timedelta(days=1))) == 1
    omar.send("account/daily", daily="off")
    assert mail(morning + timedelta(days=2)) == []


def test_the_daily_email_is_in_the_language_of_the_page_on_which_it_was_asked_for(omar, mail, morning):
    omar.send("/ar/organize/account/daily", daily="on")

    assert mail(morning)[0]["Subject"] == "أمران ينتظران"


def test_nobody_gets_a_daily_email_while_nothing_waits_or_once_the_account_is_gone(hadi, omar, mail, morning, site):
    for somebody in (hadi, omar):
        somebody.send("account/daily", daily="on")
    with site.database.writing() as session:
        accounts.remove(session, omar.email, now())

    assert mail(morning) == []


@on_sqlite
def test_after_an_outage_one_daily_email_leaves_and_not_one_for_each_day(omar, mail, morning, site):
    omar.send("account/daily", daily="on")
    for days in range(2):
        with time_machine.travel(morning + timedelta(days=days)):
            daily_email.enqueue_due(site.database, site.keys, now())

    assert len(mail(morning + timedelta(days=2))) == 1


@on_sqlite
def test_the_daily_email_counts_the_things_and_not_their_kinds(omar, mail, morning, site, visitor):
    for name in ("layla", "sami", "nour"):
        visitor.sign(email=f"{name}@example.org")
    omar.send("account/daily", daily="on")
    with site.database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(due_at=None, failed_at=now(), answer="550 5.1.1"))

    assert mail(morning)[0]["Subject"] == "5 things wait"  # the private key is on the server, and the checklist


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_daily_email_and_a_change_of_the_desk_take_turns(site, omar, morning):
    omar.send("account/daily", daily="on")
    enqueueing = threading.Thread(target=lambda: daily_email.enqueue_due(site.database, site.keys, morning))
    with site.database.writing() as session:
        ledger.begin_change(session)
        enqueueing.start()
        enqueueing.join(1)
        session.execute(sa.update(Account).values(last_step=0))
    enqueueing.join()

    with site.database.reading() as session:
        assert session.scalars(sa.select(Account.daily_sent_on)).all() == [morning.date()]
        assert session.scalars(sa.select(OutboxMessage.kind)).all() == [daily_email.DAILY]


@on_sqlite
def test_e_mails_are_not_sent_again_without_a_line_in_the_audit(site, omar, visitor, monkeypatch):
    visitor.sign(email="layla@example.org")
    with site.database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(due_at=None, failed_at=now(), answer="550 5.1.1"))

    def fail(*_arguments, **_facts):
        raise DatabaseBusy

    monkeypatch.setattr(audit, "record", fail)
    assert omar.send("emails").status_code == 503

    with site.database.reading() as session:
        assert session.scalars(sa.select(OutboxMessage.failed_at)).all() != [None]
