"""Sent: one more step, the e-mail, and for an hour the address that it goes to."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaign.database import now
from campaign.petition import sent_address
from tests.servers import on_sqlite

pytestmark = on_sqlite


def test_the_page_says_that_the_signature_does_not_count_yet(somebody):
    answer = somebody.read(f"/{somebody.language}/sign/sent")

    not_yet = {
        "en": "Your signature does not count until you confirm it with the link in the e-mail.",
        "ar": "لا يُحتسب التوقيع قبل تأكيده عبر الرابط الوارد في رسالة البريد الإلكتروني.",
    }
    assert answer.status_code == 200
    assert not_yet[somebody.language] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_page_says_for_an_hour_which_address_was_taken(somebody):
    sent = somebody.sign(email="\u200fNour١٢٣@Example.org،")

    assert "Nour" not in sent.location + sent.text
    assert "\u2068Nour123@example.org\u2069" in somebody.read(sent.location).text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert somebody.read(sent.location).text == somebody.read(f"/{somebody.language}/sign/sent").text


@pytest.mark.parametrize("changed", ["", "x", "x" * 736, "é", "=", "%00", "A" * 9000])
def test_an_address_that_is_not_ours_shows_the_general_sentence(visitor, changed):
    plain = visitor.read("/en/sign/sent").text

    assert visitor.read(f"/en/sign/sent?to={changed}").text == plain


def test_an_address_that_was_altered_is_not_shown(visitor):
    plain, there = visitor.read("/en/sign/sent").text, visitor.sign().location

    for place in range(len("/en/sign/sent?to="), len(there) - 1, 37):
        letter = "A" if there[place] != "A" else "B"
        assert visitor.read(there[:place] + letter + there[place + 1 :]).text == plain, place


def test_the_length_of_the_url_says_nothing_of_the_address(app):
    key = app.extensions["campaign"].keys.form

    assert len({len(sent_address.conceal_address(key, "a" * long + "@b.example", now())) for long in (1, 20, 64, 240)}) == 1
