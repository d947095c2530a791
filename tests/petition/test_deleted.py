"""Deleting what somebody sent with the address of another: seen before it is confirmed, gone with one button."""

import pytest

from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission, Tally
from tests.people import link_in, parse, rows
from tests.servers import on_sqlite

WORDS = "Down with everybody"


@pytest.fixture
def framed(somebody, post_office):
    """The link in the e-mail to Sami, after a stranger has signed with his address."""
    somebody.sign(name="Sentinel Khalil", email="sami@example.org", shown_as=WORDS, country="SY")
    return link_in(post_office.deliver()[-1])


def test_the_mailbox_deletes_what_a_stranger_sent_and_nothing_is_signed(app, somebody, framed):
    answer = somebody.press(framed, act="delete")

    assert (answer.status_code, answer.location) == (303, f"/{somebody.language}/sign/deleted")
    page = somebody.read(answer.location).text
    assert {"en": "The request was deleted", "ar": "حُذف الطلب"}[somebody.language] in page
    assert rows(app, Submission) == rows(app, OutboxMessage) == rows(app, Signature) == rows(app, Tally) == []
    assert somebody.press(framed).status_code == 404


@on_sqlite
def test_the_page_shows_all_that_is_published_before_its_button_and_no_sealed_name(somebody, framed):
    before, _, after = somebody.read(framed).text.partition('value="confirm"')

    for said in (WORDS, {"en": "Syria", "ar": "سوريا"}[somebody.language]):
        assert f">{said}<" in before
    assert 'value="delete"' in after
    assert "Sentinel" not in before + after
    assert "sami@example.org" not in before + after


@on_sqlite
def test_a_request_without_words_or_a_country_says_so(visitor, sami):
    listed = ["".join(one.itertext()) for one in parse(visitor.read(sami).text).iter("dd")]

    assert listed[:3] == ["not shown", "None given", "English"]
    assert listed[3].startswith("Version 1 of ")


def test_deleting_again_gives_the_same_answer_as_deleting_once(app, somebody, framed):
    answers = [somebody.press(framed, act="delete") for _ in range(3)]

    assert {(one.status_code, one.location) for one in answers} == {(303, f"/{somebody.language}/sign/deleted")}


@on_sqlite
def test_a_stranger_without_the_link_deletes_nothing(app, visitor, sami):
    for token in ("a" * 26, "b" * 26, sami.rpartition("/")[2][:-1]):
        assert visitor.press(f"/en/confirm/{token}", act="delete").location == "/en/sign/deleted"

    assert len(rows(app, Submission)) == 1


def test_another_request_of_the_same_mailbox_stays(app, visitor, sami, post_office):
    visitor.sign(name="A stranger", email="sami@example.org", shown_as=WORDS)
    theirs = link_in(post_office.deliver()[-1])

    visitor.press(theirs, act="delete")

    assert visitor.press(sami).status_code == 303
    assert [one.shown_as for one in rows(app, Signature)] == [None]


@on_sqlite
def test_a_signature_that_was_confirmed_is_not_deleted_by_a_page_opened_before(app, visitor, layla):
    answer = visitor.press(layla, act="delete")

    assert (answer.status_code, answer.location) == (303, layla)
    assert len(rows(app, Signature)) == 1
