"""Consent, the honeypot, the form's stamp and forms sent twice: numbers 50 to 52 and 55 to 57 of docs/bad-input.md."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaign.petition.models import Signature
from campaign.web.request_checks import FormToken
from tests.people import hidden_fields, link_in, parse, publish, rows
from tests.petition.strangers import NOTHING, Page, Stranger, path_of, stored

TICK = "Tick the box to agree. We cannot keep your signature without it."
CHANGED = "The text has changed since you opened the page. Read it again and tick the box."
UNREADABLE = "The form could not be read. Nothing was sent. Send it again."
FILLED_IN = "A program filled in a field that must stay empty. Nothing was sent. Send the form again."
EXPIRED = "The form expired. Nothing was sent. Send it again."
TYPED = {"name": "Layla  O'Neil", "email": "Layla@Example.org ", "shown_as": " Layla", "country": "SY"}


@pytest.fixture
def stranger(somebody):
    """Somebody who sends what nobody types, once in each language."""
    return Stranger(somebody.client, somebody.language)


def fresh(stranger, answer):
    """The same form sent again from the page that came back."""
    return stranger.send(stranger.fill(TYPED | hidden_fields(answer.text, "/sign")))


def test_without_the_tick_nothing_is_kept_but_what_was_typed_on_the_page(app, stranger):
    for consent in (None, ""):
        answer = stranger.send(stranger.fill({**TYPED, "consent": consent}))

        page = Page(answer, stranger.language)
        assert answer.status_code == 422
        assert page.complaint("consent") == TICK or stranger.language == "ar"
        assert {name: page.value(name) for name in TYPED} == TYPED
        assert page.value("consent") is None
        assert stored(app) == NOTHING


def test_consent_to_another_text_brings_the_form_again_with_the_text_as_it_stands(app, stranger):
    other = Stranger(stranger.client, "en" if stranger.language == "ar" else "ar").blank()["consent"]
    now = stranger.blank()["consent"]
    for consent in ("on", "y", "0" * 64, other, now.upper(), now + " ", now[:-1], "\0", "ليلى"):
        answer = stranger.send(stranger.fill({**TYPED, "consent": consent}))

        page = Page(answer, stranger.language)
        assert answer.status_code == 422, consent
        assert page.complaint("consent") == CHANGED or stranger.language == "ar", consent
        assert {name: page.value(name) for name in TYPED} == TYPED, consent
        assert page.value("consent") is None, consent
        assert hidden_fields(answer.text, "/sign")["consent"] == now, consent
        assert stored(app) == NOTHING, consent
    assert fresh(stranger, answer).status_code == 303


def test_a_form_that_a_program_filled_in_is_asked_for_once_more_with_everything_kept(app, stranger):
    for line in ("http://spam.test", " ", "0"):
        for is_short in (False, True):
            typed = {name: TYPED[name] for name in ("name", "email")} if is_short else TYPED
            answer = stranger.send(stranger.fill({**typed, "nothing": line}, is_short=is_short))

            page = Page(answer, stranger.language)
            assert answer.status_code == 422, line
            assert page.complaint() == FILLED_IN or stranger.language == "ar", line
            assert {name: page.value(name) for name in typed} == typed, line
            assert page.value("nothing") == "", line
        assert stored(app) == NOTHING, line
    assert fresh(stranger, answer).status_code == 303


def test_the_field_that_stays_empty_has_no_name_that_browsers_fill_in(stranger):
    names = {field.get("name") for field in parse(stranger.read(stranger.page).text).iter("input")}

    assert "nothing" in names
    assert not names & {"website", "url", "homepage", "company", "phone", "tel", "address", "username", "nickname", "subject"}
    assert stranger.send(stranger.fill({"website": "https://home.example"})).status_code == 303  # of a page from before


def test_a_stamp_that_is_missing_or_not_ours_brings_a_fresh_form_with_everything_kept(app, stranger):
    ours = stranger.blank()["csrf_token"]
    hour, _, signature = ours.partition(".")
    foreign = FormToken(b"another key").make()
    changed = (
        f"{int(hour) + 1}.{signature}",
        f"{hour}.{signature[:-2]}",
        f"{hour}.{signature.swapcase()}",
        signature,
        f"{ours}.{ours}",
    )
    for stamp in (None, "", ".", "on", "ليلى", "\0", "9" * 5000, foreign, *changed):
        for is_short in (False, True):
            typed = {name: TYPED[name] for name in ("name", "email")} if is_short else TYPED
            answer = stranger.send(stranger.fill({**typed, "csrf_token": stamp}, is_short=is_short))

            page, case = Page(answer, stranger.language), f"{stamp!a}"[:40]
            assert answer.status_code == 400, case
            assert page.complaint() == UNREADABLE or stranger.language == "ar", case
            assert {name: page.value(name) for name in typed} == typed, case
            assert page.value("consent") == stranger.blank()["consent"], case
            assert hidden_fields(answer.text, "/sign")["csrf_token"] == ours, case
        assert stored(app) == NOTHING, case
    assert fresh(stranger, answer).status_code == 303


@pytest.mark.parametrize("away", [timedelta(hours=49), timedelta(days=400), timedelta(hours=-2)])
def test_a_stamp_of_another_time_brings_the_form_again_with_everything_kept(app, stranger, away):
    stranger.blank()
    with time_machine.travel(datetime.now(UTC) + away):
        answer = stranger.send(stranger.fill(TYPED))

        page = Page(answer, stranger.language)
        assert answer.status_code == 422
        assert page.complaint() == EXPIRED or stranger.language == "ar"
        assert {name: page.value(name) for name in TYPED} == TYPED
        assert page.value("consent") == stranger.blank()["consent"]
        assert stored(app) == NOTHING
        assert fresh(stranger, answer).status_code == 303


@pytest.mark.parametrize(("minutes", "status"), [(-4, 303), (-6, 422)])
def test_a_stamp_of_a_clock_a_few_minutes_ahead_is_fresh(stranger, minutes, status):
    full_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    with time_machine.travel(full_hour, tick=False):
        form = stranger.fill({"csrf_token": stranger.blank()["csrf_token"]})

    with time_machine.travel(full_hour + timedelta(minutes=minutes), tick=False):
        assert stranger.send(form).status_code == status


@pytest.mark.parametrize("minute", [0, 30, 59])
def test_a_form_that_lay_open_for_two_days_is_still_taken(stranger, minute):
    opened = datetime(2026, 8, 10, 12, minute, tzinfo=UTC)
    with time_machine.travel(opened, tick=False):
        form = stranger.fill(TYPED)
    with time_machine.travel(opened + timedelta(hours=47), tick=False):
        assert stranger.send(form).status_code == 303


def test_two_clicks_at_once_are_one_submission_and_one_letter(app, stranger, post_office):
    form = stranger.fill({})
    clients = [Stranger(app.test_client(), stranger.language) for _ in range(8)]
    with ThreadPoolExecutor(len(clients)) as at_once:
        answers = list(at_once.map(lambda client: client.send(form), clients))

    assert {(answer.status_code, path_of(answer)) for answer in answers} == {(303, f"/{stranger.language}/sign/sent")}
    assert stored(app) == (1, 1, 0)
    assert len(post_office.deliver()) == 1


def test_going_back_and_sending_again_after_confirming_gives_the_same_page_and_counts_nothing(app, stranger, post_office):
    form = stranger.fill({})
    first = stranger.send(form)
    link = link_in(post_office.deliver()[-1])
    confirmed = stranger.press(link)

    again = stranger.send(form)
    pressed = stranger.press(link)

    assert (again.status_code, path_of(again), len(again.data)) == (first.status_code, path_of(first), len(first.data))
    assert (pressed.status_code, pressed.location) == (confirmed.status_code, confirmed.location)
    assert len(rows(app, Signature)) == 1
    for letter in post_office.deliver():
        assert stranger.press(link_in(letter)).status_code == 303
    publish(app)
    assert stranger.read("/api/v1/petition.json").json["confirmed"] == 1
