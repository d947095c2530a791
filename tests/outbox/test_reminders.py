"""Reminding: once, a day later, and only whom it helps; and no more than three letters a day to one address."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaign.petition.models import Submission
from tests.people import link_in, rows
from tests.servers import on_sqlite

pytestmark = on_sqlite
NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def test_who_has_not_confirmed_after_a_day_is_reminded_once_with_the_same_link(app, clock, somebody, send, mailbox):
    somebody.sign()
    send()
    clock.shift(timedelta(hours=23, minutes=59))
    send()
    assert len(mailbox.letters) == 1

    for _ in range(60):
        clock.shift(timedelta(hours=1))
        send()

    first, reminder = mailbox.letters
    assert link_in(reminder) == link_in(first)
    subjects = {"en": "A reminder: the signature is not confirmed yet", "ar": "تذكير: لم يُؤكَّد التوقيع بعد"}
    assert reminder["Subject"] == subjects[somebody.language]
    assert reminder["Message-ID"] != first["Message-ID"]


def test_nobody_is_reminded_who_has_confirmed(clock, visitor, send, mailbox):
    visitor.sign()
    send()
    visitor.press(link_in(mailbox.letters[0]))

    clock.shift(timedelta(hours=25))
    send()

    assert len(mailbox.letters) == 1


def test_who_signed_again_is_reminded_of_the_last_letter_only(clock, visitor, send, mailbox):
    visitor.sign()
    send()
    clock.shift(timedelta(hours=12))
    visitor.sign(email="LAYLA+again@example.org")
    send()

    for _ in range(40):
        clock.shift(timedelta(hours=1))
        send()

    assert len(mailbox.letters) == 3
    assert link_in(mailbox.letters[2]) == link_in(mailbox.letters[1])


def test_who_confirmed_by_another_link_is_not_reminded_of_the_first(clock, visitor, send, mailbox):
    visitor.sign()
    visitor.sign(name="Another name")
    send()
    visitor.press(link_in(mailbox.letters[1]))

    clock.shift(timedelta(hours=25))
    send()

    assert len(mailbox.letters) == 2


def test_a_reminder_that_the_server_cannot_take_now_waits_like_any_letter(clock, visitor, send, choosy):
    visitor.sign()
    send()
    choosy.to_rcpt = "451 later"
    clock.shift(timedelta(hours=24))
    send()
    choosy.to_rcpt = "250 OK"
    clock.shift(timedelta(minutes=2))
    send()

    assert len(choosy.letters) == 2


def test_one_address_gets_three_letters_a_day_however_it_is_written_and_the_page_is_the_same(app, clock, somebody, send, mailbox):
    spellings = ("layla@example.org", "Layla@example.org", "layla+1@example.org", "layla+2@EXAMPLE.org", "LAYLA@example.org")

    answers = []
    for spelling in spellings:
        answers.append(somebody.sign(email=spelling))
        clock.shift(timedelta(hours=1))
        send()

    assert len(mailbox.letters) == 3
    assert {(answer.status_code, answer.location.partition("?")[0]) for answer in answers} == {
        (303, f"/{somebody.language}/sign/sent")
    }
    clock.move_to(NOON + timedelta(hours=24, minutes=5))  # the first one was more than a day ago
    somebody.sign(email="layla+3@example.org")
    send()
    assert sum("/confirm/" in letter.get_content() for letter in mailbox.letters) == 4
    assert len(rows(app, Submission)) == 4


def test_a_reminder_is_one_of_the_three(clock, visitor, send, mailbox):
    visitor.sign()
    send()
    clock.shift(timedelta(hours=24))
    send()
    for number in range(4):
        visitor.sign(name=f"Layla {number}")
        send()

    assert len(mailbox.letters) == 1 + 3


def test_who_has_signed_is_written_to_three_times_a_day_at_most_too(visitor, layla, send, mailbox):
    before = len(mailbox.letters)

    for number in range(6):
        visitor.sign(email="layla@example.org", name=f"Somebody {number}")
        send()

    assert len(mailbox.letters) - before == 3
    assert {letter["Subject"] for letter in mailbox.letters[before:]} == {"The signature is already confirmed"}


def test_the_same_form_sent_twice_is_one_letter_and_a_minute_later_it_is_two(clock, visitor, send, mailbox):
    for _ in range(5):
        visitor.sign()
        clock.shift(timedelta(seconds=10))
    send()
    assert len(mailbox.letters) == 1

    clock.shift(timedelta(seconds=30))
    visitor.sign()
    send()
    assert len(mailbox.letters) == 2
