"""The link once more: the same page, bytes and time for every address, and the right e-mail or none."""

from datetime import timedelta
from itertools import cycle
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa
import time_machine

from campaign.crypto import sealing
from campaign.database import now
from campaign.organizers import removals
from campaign.outbox import queue
from campaign.outbox.queue import OutboxMessage
from campaign.petition import lost_links, signing
from campaign.petition.links import LinkRequest
from campaign.petition.models import Signature, Submission
from tests.organizers.stored import propose
from tests.people import hidden_fields, link_in, publish, rows
from tests.servers import on_sqlite

PEOPLE = ("unknown", "waiting", "confirmed", "removed", "withdrawn")


def address(name):
    """Return somebody's address; all are of one length, as the page names the one that was typed."""
    return f"a@{name:x<9}.example"


def ask(visitor, email, **fields):
    """Fill in the form of the page and send it."""
    path = f"/{visitor.language}/link"
    return visitor.client.post(path, data=hidden_fields(visitor.read(path).text, "/link") | {"email": email} | fields)


@pytest.fixture
def people(app, visitor, post_office):
    """Somebody in each state, all of them an hour ago; their links."""
    links, site = {}, app.extensions["campaign"]
    with time_machine.travel(now() - timedelta(hours=1)):
        for name in PEOPLE[1:]:
            visitor.sign(email=address(name))
            links[name] = link_in(post_office.deliver()[-1])
            if name != "waiting":
                visitor.press(links[name])
        visitor.press(links["withdrawn"], act="withdraw")
        with site.database.reading() as session:
            found = signing.find(session, links["removed"].rpartition("/")[2], now())
        number = propose(app, [found.id])
        with site.database.writing() as session:
            removals.remove_drafted(session, number, reason="asked", at=now())
    return links


@pytest.fixture(params=["open", "closed"])
def collecting(request, app, people):
    """The petition while signatures are collected, and once that has ended."""
    if request.param == "closed":
        with app.extensions["campaign"].database.writing() as session:
            signing.close(session, now().date())
    publish(app)
    return request.param


def test_everybody_gets_the_same_page_and_the_right_email_or_none(collecting, people, somebody, post_office):
    pages, lengths, subjects, links = set(), set(), {}, {}
    for name in PEOPLE:
        email = address(name)
        answer = ask(somebody, email)
        page = somebody.read(answer.location)
        assert (answer.status_code, page.status_code) == (303, 200)
        lengths.add(len(answer.location))
        pages.add((page.text.replace(email, "ADDRESS"), tuple(sorted(page.headers))))
        letters = [letter for letter in post_office.deliver() if letter["To"] == email]
        subjects[name] = [letter["Subject"] for letter in letters]
        links[name] = [link_in(letter) for letter in letters]

    assert (len(pages), len(lengths)) == (1, 1)
    again, ask_to = {
        "en": ("The link you asked for", "Please confirm the signature"),
        "ar": ("الرابط المطلوب", "يُرجى تأكيد التوقيع"),
    }[somebody.language]
    assert subjects == {"unknown": [], "waiting": [ask_to], "confirmed": [again], "removed": [again], "withdrawn": []}
    assert links["waiting"][0].rpartition("/")[2] == people["waiting"].rpartition("/")[2]
    assert 'value="confirm"' in somebody.read(links["waiting"][0]).text
    assert '?ask=withdraw"' in somebody.read(links["confirmed"][0]).text
    assert 'name="act" value="withdraw"' in somebody.read(links["removed"][0]).text


def test_what_an_unknown_address_leaves_is_gone_once_the_mail_was_sent(app, visitor, post_office):
    ask(visitor, "nobody@example.org")
    assert [len(rows(app, kind)) for kind in (LinkRequest, OutboxMessage)] == [1, 1]

    assert post_office.deliver() == []

    assert [rows(app, kind) for kind in (LinkRequest, OutboxMessage)] == [[], []]


def test_every_link_of_a_signature_works_and_withdraws_it(app, visitor, layla, post_office):
    ask(visitor, "layla@example.org")
    again = link_in(post_office.deliver()[-1])
    visitor.press(again, act="hide")
    assert rows(app, Signature)[0].shown_as is None
    assert visitor.press(again).location == "/en/sign/thanks"  # confirmed already, and once

    visitor.press(again, act="withdraw")

    assert [rows(app, kind) for kind in (Signature, LinkRequest, OutboxMessage)] == [[], [], []]
    for link in (layla, again):
        answer = visitor.read(link)
        assert (answer.status_code, "The signature was withdrawn" in answer.text) == (410, True)


def test_a_link_that_was_asked_for_is_good_for_three_days_and_the_first_one_for_ever(visitor, layla, post_office):
    ask(visitor, "layla@example.org")
    again = link_in(post_office.deliver()[-1])

    with time_machine.travel(now() + queue.LINK_LIFETIME + timedelta(minutes=1)):
        assert visitor.read(again).status_code == 404
        assert visitor.read(layla).status_code == 200


def test_no_link_opens_the_signature_of_another_spelling(visitor, post_office):
    visitor.sign(email="layla.haddad@protonmail.com")
    visitor.press(link_in(post_office.deliver()[-1]))

    ask(visitor, "laylahaddad@pm.me")

    [letter] = post_office.deliver()
    assert "://" not in letter.get_content()
    assert "another spelling" in letter.get_content()


def test_three_emails_a_day_go_to_an_address_whatever_asks_for_them(app, visitor, layla, post_office):
    for number in range(5):
        with time_machine.travel(now() + timedelta(minutes=2 * number)):
            ask(visitor, "layla@example.org")
            visitor.sign(email="layla@example.org", name=f"Layla {'I' * (number + 1)}")

    with time_machine.travel(now() + timedelta(minutes=30)):
        assert len(post_office.deliver()) == 3
    assert len(rows(app, LinkRequest)) == 5  # stored all the same, so that the time tells nothing


@on_sqlite
def test_a_second_click_sends_one_email_and_nobody_is_reminded(app, visitor, layla, post_office):
    for _ in range(2):
        ask(visitor, "layla@example.org")
    assert len(post_office.deliver()) == 1

    with time_machine.travel(now() + queue.REMIND_AFTER + timedelta(minutes=1)):
        assert post_office.deliver() == []
        assert visitor.read(layla).status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"email": ""}, 422, "Enter an e-mail address"),
        ({"email": "no address"}, 422, "e-mail address"),
        ({"csrf_token": ""}, 400, "The form could not be read."),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(app, visitor, typed, status, words):
    answer = ask(visitor, **({"email": "layla@example.org"} | typed))

    assert (answer.status_code, words in answer.text) == (status, True)
    assert rows(app, LinkRequest) == []


@on_sqlite
def test_the_page_is_linked_where_people_look_for_it(somebody):
    for path in ("sign", "sign/sent", "privacy", ""):
        assert f'/{somebody.language}/link"' in somebody.read(f"/{somebody.language}/{path}").text, path


def test_nothing_that_is_stored_tells_an_address_that_has_signed(app, visitor, people):
    kinds = {}
    for name in PEOPLE:
        ask(visitor, address(name))
        newest = max(rows(app, LinkRequest), key=lambda row: row.created_at)
        kinds[name] = [len(value) if isinstance(value, bytes) else type(value) for value in (newest.tag, newest.first_tag)]

    assert len({tuple(value) for value in kinds.values()}) == 1


@on_sqlite
def test_storing_takes_as_long_for_every_address(app, people):
    site = app.extensions["campaign"]
    database, keys = site.database, site.keys
    emails = {name: lost_links.EmailAddress("a", address(name)[2:]) for name in PEOPLE}
    taken = {name: [] for name in PEOPLE}
    for name, _ in zip(cycle(PEOPLE), range(60 * len(PEOPLE)), strict=False):
        began = perf_counter()
        with database.writing() as session:
            lost_links.request_link(database, session, keys, emails[name], "en", now())
        taken[name].append(perf_counter() - began)
        with database.writing() as session:
            tags = sealing.mailbox_tags(keys.tag, emails[name].text)
            requests = sa.select(LinkRequest.id).where(LinkRequest.tag.in_(tags))
            session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_(requests)))

    middles = {name: median(times) for name, times in taken.items()}
    noise = max(sorted(times)[45] - sorted(times)[15] for times in taken.values())  # the middle half of one address
    assert max(middles.values()) - min(middles.values()) <= noise, middles
    assert rows(app, Submission)[0].tag  # the one who waits still does
