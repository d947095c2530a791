"""What a request may bring: where a form comes from, and how old it is."""

from datetime import UTC, datetime

import time_machine

from campaign.petition.models import Submission
from campaign.web.request_checks import FormToken
from tests.people import rows
from tests.servers import on_sqlite

NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example:8000", "Sec-Fetch-Site": "same-origin"},
    {"Origin": "http://["},
    {"Origin": ""},
    {"Origin": "file://"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site"},
)
OWN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8000"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:8000"},
    {"Origin": "http://LOCALHOST.:8000"},
    {"Origin": "http://[::1]:8000"},
    {"Origin": "null"},  # a proxy, an extension or a page with a token in its address says `no-referrer`
    {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
)


@on_sqlite
def test_a_form_from_another_site_is_refused_and_one_from_here_or_from_who_knows_where_is_taken(app, somebody):
    for headers in FOREIGN:
        answer = somebody.client.post(
            f"/{somebody.language}/sign", data=somebody.form() | {"name": "Layla", "email": "layla@example.org"}, headers=headers
        )
        assert answer.status_code == 400, headers
        assert 'value="layla@example.org"' in answer.text, headers
    assert rows(app, Submission) == []

    for headers in OWN:
        answer = somebody.client.post(
            f"/{somebody.language}/sign", data=somebody.form() | {"name": "Layla", "email": "layla@example.org"}, headers=headers
        )
        assert answer.status_code == 303, headers


@on_sqlite
def test_a_page_with_a_token_takes_no_press_from_another_site(app, visitor, sami, layla):
    for headers in FOREIGN:
        for link in (sami, layla):
            assert visitor.client.post(link, data={"act": "confirm"}, headers=headers).status_code == 400, headers
        assert visitor.client.post(layla, data={"act": "withdraw"}, headers=headers).status_code == 400
    assert len(rows(app, Submission)) == 1

    for headers in OWN:
        assert visitor.client.post(sami, data={"act": "confirm"}, headers=headers).status_code == 303, headers


def test_the_stamp_is_one_for_all_within_the_hour_and_nobody_else_can_make_it():
    stamp = FormToken(b"key")
    with time_machine.travel(NOON, tick=False) as clock:
        made = stamp.make()
        clock.shift(3599)
        assert stamp.make() == made
        clock.shift(1)
        assert (stamp.make() == made, stamp.age(made)) == (False, 1)
        clock.shift(48 * 3600)
        assert stamp.age(made) == 49
    for other in ("", "x", made[:-1], FormToken(b"another").make(), f"9{made}", "\ud800", "ﺀ.x", "." * 9000):
        assert stamp.age(other) is None, other


@on_sqlite
def test_a_stamp_is_taken_for_48_hours_and_then_the_form_asks_to_be_sent_again(app, somebody):
    with time_machine.travel(NOON, tick=False) as clock:
        fields = somebody.form() | {"name": "Layla", "email": "layla@example.org"}
        clock.shift(47 * 3600)
        assert somebody.client.post(f"/{somebody.language}/sign", data=fields).status_code == 303
        clock.shift(3600)
        answer = somebody.client.post(f"/{somebody.language}/sign", data=fields)
        assert answer.status_code == 422
        again = somebody.client.post(f"/{somebody.language}/sign", data=somebody.form() | fields | somebody.form())
        assert again.status_code == 303

    assert 'value="layla@example.org"' in answer.text
    assert len(rows(app, Submission)) == 2
