"""Confirming: one link, one button, one signature."""

import base64

from campaign.outbox import queue
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission
from tests.people import link_in, publish, rows
from tests.servers import on_sqlite


def test_a_signature_counts_once_its_link_is_opened_and_the_button_pressed(app, somebody, post_office):
    somebody.sign()
    link = link_in(post_office.deliver()[0])

    answer = somebody.press(link)

    assert answer.status_code == 303
    assert len(rows(app, Signature)) == 1
    assert rows(app, Submission) == []
    publish(app)
    assert somebody.read("/api/v1/petition.json").json["confirmed"] == 1


def test_opening_the_link_confirms_nothing(app, visitor, sami):
    for method in ("get", "head", "options"):
        getattr(visitor.client, method)(sami)

    assert rows(app, Signature) == []


@on_sqlite
def test_the_token_of_a_link_can_be_read_nowhere_in_the_database(app, visitor, sami):
    token = sami.rpartition("/")[2].upper()
    written = (token.encode(), token.lower().encode(), base64.b32decode(token + "======"))

    stored = [*rows(app, Submission), *rows(app, OutboxMessage)]
    visitor.press(sami)
    stored += rows(app, Signature)

    values = [value for row in stored for value in vars(row).values() if isinstance(value, bytes)]
    assert len(stored) == 3
    assert not [value for value in values if any(one in value for one in written)]


def test_pressing_again_gives_the_same_answer(app, visitor, layla):
    answers = [visitor.press(layla) for _ in range(10)]

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert len(rows(app, Signature)) == 1


def test_somebody_who_signed_gets_a_letter_that_says_so_and_the_page_is_the_same(app, visitor, layla, post_office):
    answer = visitor.sign(name="Layla Haddad", email="LAYLA@Example.org")

    assert answer.location.startswith("/en/sign/sent?to=")
    letter = post_office.deliver()[0]
    assert letter["Subject"] == "The signature is already confirmed"
    assert "Withdraw my signature" in visitor.read(link_in(letter)).text
    assert len(rows(app, Signature)) == 1


@on_sqlite
def test_what_waits_is_opened_before_the_turn_to_write_for_which_others_wait(app, visitor, sami, monkeypatch):
    commits = app.extensions["campaign"].database._shared
    open_envelope, had_the_turn = queue.open_envelope, []
    monkeypatch.setattr(queue, "open_envelope", lambda *box: (had_the_turn.append(commits._is_taken), open_envelope(*box))[1])

    visitor.press(sami)

    assert had_the_turn == [False]
    assert len(rows(app, Signature)) == 1
