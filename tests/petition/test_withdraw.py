"""Withdrawing: the row is gone, the count goes down, nothing else remains."""

from datetime import timedelta

from campaign.database import now
from campaign.outbox.queue import OutboxMessage
from campaign.petition import links
from campaign.petition.models import Signature, Submission, Tally
from tests.people import link_in, parse, publish, rows
from tests.servers import on_sqlite


def test_a_withdrawn_signature_is_gone_and_no_longer_counted(app, somebody, post_office):
    somebody.sign(shown_as="Layla")
    link = link_in(post_office.deliver()[0])
    somebody.press(link)
    publish(app)

    answer = somebody.press(link, act="withdraw")

    assert (answer.status_code, answer.location) == (303, f"/{somebody.language}/sign/withdrawn")
    page = somebody.read(answer.location)
    assert {"en": "The signature was withdrawn", "ar": "سُحب التوقيع"}[somebody.language] in page.text
    assert rows(app, Signature) == rows(app, Submission) == rows(app, OutboxMessage) == []
    assert somebody.read(link).status_code == 410
    publish(app)
    numbers = somebody.read("/api/v1/petition.json").json
    assert (numbers["confirmed"], numbers["withdrawn"]) == (0, 1)
    assert "Layla" not in somebody.read_names().text


def test_only_a_number_a_day_and_a_reason_remain(app, visitor, layla):
    visitor.press(layla, act="withdraw")

    remaining = rows(app, Tally)
    assert [(one.reason, one.number) for one in remaining] == [("withdrawn", 1)]
    assert {column.name for column in Tally.__table__.columns} == {"day", "reason", "number"}


def test_withdrawing_again_gives_the_same_answer_and_counts_once(app, visitor, layla):
    answers = [visitor.press(layla, act="withdraw") for _ in range(3)]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/en/sign/withdrawn")}
    assert [tally.number for tally in rows(app, Tally)] == [1]


def test_the_tally_of_a_day_adds_up(app, visitor, post_office):
    for number in range(3):
        visitor.sign(email=f"{number}@example.org")
    for letter in post_office.deliver():
        visitor.press(link_in(letter))
        visitor.press(link_in(letter), act="withdraw")

    assert [tally.number for tally in rows(app, Tally)] == [3]


def test_what_waits_for_the_same_mailbox_goes_too_and_nothing_of_others(app, visitor, layla, sami, post_office):
    visitor.sign(email="layla@example.org", name="Once more")
    again = link_in(post_office.deliver()[0])
    visitor.sign(email="Layla+again@example.org", name="And once more")  # its e-mail has no link

    visitor.press(layla, act="withdraw")

    assert visitor.read(again).status_code == 410
    assert visitor.press(again).status_code == 410
    assert visitor.read(sami).status_code == 200
    assert len(rows(app, Submission)) == 1


def test_whoever_withdrew_can_sign_again(app, visitor, layla, post_office):
    visitor.press(layla, act="withdraw")
    visitor.sign(name="Layla Haddad", email="layla@example.org")

    visitor.press(link_in(post_office.deliver()[-1]))

    assert len(rows(app, Signature)) == 1


def test_the_link_says_for_30_days_that_the_signature_was_withdrawn_and_nothing_after(app, somebody, layla):
    link = layla.replace("/en/", f"/{somebody.language}/")
    somebody.press(link, act="withdraw")

    answer = somebody.read(link)
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (410, "no-referrer")
    assert {"en": "The signature was withdrawn", "ar": "سُحب التوقيع"}[somebody.language] in answer.text
    for days, left in ((30, 1), (31, 0)):
        links.purge(app.extensions["campaign"].database, now().date() + timedelta(days=days))
        assert len(rows(app, links.WithdrawnLink)) == left
    assert somebody.read(link).status_code == 404
    assert {column.name for column in links.WithdrawnLink.__table__.columns} == {"token_hash", "day"}


@on_sqlite
def test_withdrawing_asks_once_more_and_opening_the_question_changes_nothing(app, visitor, layla):
    question = f"{layla}?ask=withdraw"
    assert [link for link in parse(visitor.read(layla).text).iter("a") if link.get("href") == question]

    page = visitor.read(question)

    assert len(rows(app, Signature)) == 1
    assert "Withdraw the signature?" in page.text
    [asked] = parse(page.text).iter("form")
    pressed = next(asked.iter("button"))
    assert visitor.client.post(asked.get("action"), data={pressed.get("name"): pressed.get("value")}).status_code == 303
    assert rows(app, Signature) == []


@on_sqlite
def test_withdrawing_by_a_link_that_was_never_sent_takes_nobody_away(app, visitor, layla, sami):
    answer = visitor.press(f"/en/confirm/{'a' * 26}", act="withdraw")

    assert answer.location == "/en/sign/withdrawn"
    assert len(rows(app, Signature)) == 1
    assert len(rows(app, Submission)) == 1


@on_sqlite
def test_a_signature_that_is_not_confirmed_yet_is_not_withdrawn_by_a_button_that_is_not_there(app, visitor, sami):
    visitor.press(sami, act="withdraw")

    assert len(rows(app, Submission)) == 1
    assert rows(app, Tally) == []
