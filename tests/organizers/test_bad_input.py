"""What no page of the desk sends: numbers that no row has, days beyond the calendar, NUL, searches without end."""

import pytest

from tests.organizers.conftest import Organizer

HUGE = ("9" * 30, "9999999999", "2147483648", "-1", "1e9", "٣٣٣٣٣٣٣٣٣٣٣")
READ = ("audit?before={}", "removals?before={}", "removals/{}", "review/wave/{}", "signatures?after={}", "review?after={}")


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_no_row_has_is_no_fault_of_ours(omar, number):
    for path in READ:
        assert omar.read(path.format(number)).status_code in (200, 404), path

    for path, fields in (
        ("requests", {"request": number, "deed": "agree"}),
        ("account", {"login": number}),
        (f"removals/{number}", {"deed": "remove", "reason": "abuse"}),
        (f"review/wave/{number}", {"deed": "accept"}),
    ):
        assert omar.send(path, **fields).status_code in (303, 400, 404), path


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_the_calendar_is_refused(omar, day):
    for state in ("standing", "waiting", "removed"):
        for name in ("since", "until"):
            assert omar.read(f"signatures?{name}={day}&state={state}").status_code == 422


def test_a_nul_reaches_no_database(omar):
    assert omar.read("signatures?name=a%00b").status_code == 422
    assert omar.send("address", email="a\0b@example.org").status_code == 422
    stranger = Organizer(omar.app, "a\0b@example.org", secret="JBSWY3DPEHPK3PXP")
    assert stranger.enter(code="123456").status_code == 422


def test_a_search_for_two_thousand_words_looks_for_the_first_few(omar):
    answer = omar.read("signatures?name=" + "+".join(f"w{number}" for number in range(2000)))

    assert answer.status_code == 200
