"""The slow lane, as people meet it: the form is taken, its e-mail leaves later, and nothing that was typed is lost."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign import create_app
from campaign.outbox import queue
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Submission
from campaign.web import rate_limits
from campaign.web.rate_limits import LONGEST_DELAY, RateLimiter, TooManyWaiting
from tests.people import Visitor, link_in, rows, standing
from tests.server.processes import signing, talk, web_workers
from tests.servers import Campaign, on_sqlite

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def strict(monkeypatch):
    """Two at once, one of which each half hour, and five that wait."""
    monkeypatch.setattr(
        rate_limits, "_network_buckets", lambda address: [rate_limits.Bucket(f"{address}", 2, 2, LONGEST_DELAY // 2)]
    )


@on_sqlite
@pytest.mark.slow
def test_five_hundred_valid_forms_of_one_address_are_taken_whatever_invalid_ones_came_before(app, visitor, post_office):
    with time_machine.travel(NOON, tick=False) as clock:
        form = visitor.form() | {"name": "Layla"}
        assert {visitor.client.post("/en/sign", data=form | {"email": "none"}).status_code for _ in range(500)} == {422}
        later = 0
        for number in range(500):
            answer = visitor.client.post("/en/sign", data=form | {"email": f"layla{number}@gmail.com"})
            assert answer.status_code == 303, number
            later += "later=y" in answer.location
            clock.shift(1.2)

    assert len(rows(app, Submission)) == 500
    assert due(app, NOON + timedelta(minutes=10)) == 120 + 600 // 36
    assert later > 300
    assert due(app, NOON + timedelta(hours=4, minutes=5)) == 500

    with time_machine.travel(NOON + timedelta(hours=4, minutes=5), tick=False):
        letters = post_office.deliver()
        for letter in letters[::20]:
            visitor.press(link_in(letter))
    assert (len(letters), len(standing(app))) == (500, 25)


def due(app, at):
    """How many e-mails have left by then."""
    with app.extensions["campaign"].database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).where(OutboxMessage.due_at <= at))


@on_sqlite
def test_what_leaves_later_says_so_with_one_sentence_for_everybody(app, somebody, strict):
    with time_machine.travel(NOON, tick=False):
        pages = [somebody.client.get(somebody.sign(email=f"a{place}@gmail.com").location).text for place in range(4)]

    hours = {"en": "the e-mail can take up to 6 hours", "ar": "قد تتأخر الرسالة 6 ساعات على الأكثر"}[somebody.language]
    assert [hours in page for page in pages] == [False, False, True, True]
    assert pages[2].replace("a2@", "a3@") == pages[3]


def test_the_time_that_is_stored_is_rounded_and_never_earlier():
    for seconds in (1, 36, 299, 300, 18_000):
        found = queue.delayed(NOON, timedelta(seconds=seconds))
        assert timedelta(seconds=seconds) <= found - NOON < timedelta(seconds=seconds + 300)
        assert (found.minute % 5, found.second, found.microsecond) == (0, 0, 0)
    assert queue.delayed(NOON + timedelta(seconds=7), timedelta(0)) == NOON + timedelta(seconds=7)


@on_sqlite
def test_whoever_sends_too_much_is_told_when_to_send_again_and_loses_nothing_typed(app, somebody, strict):
    typed = {"name": "ليلى Haddad", "email": "layla@example.org", "shown_as": "L.", "country": "SY"}
    with time_machine.travel(NOON, tick=False):
        for number in range(7):
            assert somebody.sign(email=f"{number}@example.org").status_code == 303

        answer = somebody.sign(**typed)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 1800
    assert answer.headers["Cache-Control"] == "no-store"
    for value in ("ليلى Haddad", "layla@example.org", "L."):
        assert f'value="{value}"' in answer.text
    assert '<option value="SY" selected>' in answer.text
    assert len(re.findall('type="checkbox"[^>]* checked', answer.text)) == 1
    assert len(rows(app, Submission)) == 7


@on_sqlite
def test_the_wait_is_said_in_whole_minutes_with_the_right_plural(visitor, reader, monkeypatch):
    def fill(seconds):
        def full(*_):
            raise TooManyWaiting(seconds)

        monkeypatch.setattr(RateLimiter, "reserve", full)

    sentences = {59: "دقيقة واحدة", 61: "دقيقتين", 200: "4 دقائق", 660: "11 دقيقة", 3599: "60 دقيقة"}
    for seconds, words in sentences.items():
        fill(seconds)
        assert words in reader.sign().text, seconds
    fill(60)
    assert "send the form again in 1 minute." in visitor.sign().text
    fill(61)
    assert "send the form again in 2 minutes." in visitor.sign().text


@on_sqlite
def test_the_forwarded_address_counts_only_behind_proxies_that_are_our_own(app, settings, visitor, strict):
    def later(somebody, *chains):
        typed = somebody.form() | {"name": "Layla", "email": "layla@gmail.com"}
        answers = [somebody.client.post("/en/sign", data=typed, headers={"X-Forwarded-For": chain}) for chain in chains]
        return ["later" in answer.location for answer in answers]

    assert later(visitor, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [False, False, True]

    proxied = create_app(settings.model_copy(update={"trusted_proxies": 1}))
    behind = Visitor(proxied.test_client())
    assert later(behind, "192.0.2.1", "192.0.2.2", "192.0.2.3") == [False, False, False]
    assert later(behind, "forged, 192.0.2.9", "192.0.2.7, 192.0.2.9", "forged too, 192.0.2.9") == [False, False, True]
    proxied.extensions["campaign"].database.close()


@on_sqlite
def test_limits_can_be_off_for_measuring(settings, strict):
    free = create_app(settings.model_copy(update={"limits": False}))
    visitor = Visitor(free.test_client())

    answers = [visitor.sign(email=f"{number}@example.org") for number in range(9)]
    assert {(answer.status_code, "later" in answer.location) for answer in answers} == {(303, False)}
    free.extensions["campaign"].database.close()


def test_web_workers_count_together(tmp_path):
    with Campaign(tmp_path / "instance", workers=2) as campaign:
        assert len(web_workers(campaign)) == 2
        answers = [talk(campaign, signing(campaign, f"layla{place}@gmail.com")) for place in range(130)]

    assert ["later=y" in str(answer) for answer in answers].count(True) == 10
