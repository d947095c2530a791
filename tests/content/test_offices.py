"""What is known of an office besides its name is published with it, and nothing of it is guessed."""

import json
from datetime import date, timedelta

import pytest

from campaign import instance
from campaign.content.files import TextError
from campaign.database import now
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.offices import Details, Means
from campaign.petition.published import new_row
from tests.content.test_publish import campaign

KEY = 'key = "mayor"\n'
OPEN = {
    "country": "CH",
    "languages": ["fr", "en"],
    "channel": "secretary-general",
    "means": "email",
    "address": "office@example.org",
    "checked_on": date(2026, 11, 28),
}


def describe(files, **details):
    """Writes what is known of the first office beside its name."""
    said = "".join(f"{name} = {as_toml(value)}\n" for name, value in details.items() if value is not None)
    files.change("campaign.toml", KEY, KEY + said)


def as_toml(value):
    """A value as TOML writes it; nothing in these tests needs more."""
    if isinstance(value, date):
        return value.isoformat()
    return "{}" if isinstance(value, dict) else json.dumps(value)


def details_of(app):
    app.extensions["campaign"].snapshots.refresh()
    return app.extensions["campaign"].words.addressees[0].details


def test_what_the_files_say_of_an_office_is_published_with_it(start_site, files):
    describe(files, **OPEN)

    app = start_site()
    assert campaign("publish", "--yes").exit_code == 0

    assert details_of(app) == Details(**OPEN | {"languages": ("fr", "en")})


def test_it_can_change_and_the_difference_is_shown_before(start_site, files):
    app = start_site()
    describe(files, **OPEN)

    shown = campaign("publish", answer="n").output
    assert campaign("publish", "--yes").exit_code == 0

    assert "address: office@example.org" in shown
    assert details_of(app).address == "office@example.org"


def test_a_row_from_before_says_nothing_of_its_office():
    row = new_row(("addressee", "old"), {"names": {"en": "An old office"}}, date(2026, 1, 1))

    assert Details.of(row.value) == Details()
    assert not Details().is_reachable


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"country": "XX"}, "like FR: \u2068XX"),
        ({"country": False}, 'write "NO" in quotation marks'),
        ({"languages": ["klingon"]}, "like fr: \u2068klingon"),
        ({"channel": "pigeon"}, "no rules for this channel"),
        ({"means": "pigeon"}, "not a way to reach an office"),
        ({"checked_on": "yesterday"}, "checked_on: yesterday"),
        ({"is_endangering": "perhaps"}, "true or false"),
        ({"is_endangering": 1}, "true or false"),
        ({"languages": 5}, "is a list"),
        ({"languages": "de"}, "is a list"),
        ({"languages": [False]}, "is a list"),
        ({"address": 5}, "`address` is text"),
        ({"channel": {}}, "`channel` is text"),
        ({"channel": ["a"]}, "`channel` is text"),
        ({"country": []}, "`country` is text"),
        ({"means": ["post"]}, "`means` is text"),
        ({"checked_on": now().date() + timedelta(days=2)}, "is in the future"),
        ({"means": "post", "address": "Street \u202e1"}, "U+202E"),
        ({"means": "post", "address": "Street\r\n1"}, "U+000D"),
        ({"means": "post", "address": "Street\u00ad 1"}, "U+00AD"),
        ({"checked_on": None}, "the day it was checked"),
        ({"means": None}, "An address needs how to reach it"),
        ({"address": "office at example"}, "not an e-mail address"),
        *(
            ({"means": "web form", "address": address}, "not the address of a form")
            for address in (
                "http://example.org/",
                "https://a@example.org/",
                "https://[a.b",
                "https://example.org/a\nb",
                "https://example.org/\n",
                "https://evil.org\\.good.org",
                "https://evil.org\\@good.org",
                "https://good.org:80:90/",
                "https://127.0.0.1/",
                "https://example/",
                "https://ex%61mple.org/",
                "https://еxample.org/",  # its first letter is Cyrillic
                "https://-a.org/",
            )
        ),
        ({"means": "post", "address": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_so_is_refused_with_the_office_and_the_reason(files, settings, wrong, said):
    describe(files, **OPEN | wrong)

    with pytest.raises(TextError, match="The addressee mayor") as refused:
        instance.words_of_files(settings)
    assert said in str(refused.value)


def test_a_campaign_that_takes_its_words_out_and_in_keeps_what_is_known(start_site, files, tmp_path):
    describe(files, **OPEN)
    start_site()
    assert campaign("publish", "--yes").exit_code == 0
    folder = tmp_path / "words"

    assert campaign("texts", "export", str(folder)).exit_code == 0
    petition = folder / "en" / "petition.md"
    assert "address: office@example.org" in petition.read_text("utf-8")
    assert "office@example.org" not in (folder / "ar" / "petition.md").read_text("utf-8")
    petition.write_text(petition.read_text("utf-8").replace("office@example.org", "other@example.org"), "utf-8")
    assert "Changed drafts: 1." in campaign("texts", "import", str(folder)).output

    petition.write_text(petition.read_text("utf-8").replace("channel: secretary-general", "channel: pigeon"), "utf-8")
    refused = campaign("texts", "import", str(folder), "--over-newer")
    assert (refused.exit_code, "no rules for this channel" in refused.output) == (1, True)


def test_nothing_that_nobody_checked_is_in_the_first_values(settings):
    offices = [value for (kind, _), value in instance.words_of_files(settings).items() if kind == "addressee"]

    assert offices
    assert not any(Details.of(office).address for office in offices)
    assert {channel.checked_on for channel in CHANNELS.values()} == {None}


def test_there_are_ten_channels_with_a_source_each():
    assert len(CHANNELS) == 10
    assert all(channel.source for channel in CHANNELS.values())
    assert {code for channel in CHANNELS.values() for code in channel.demands} == set(Demand)
    assert len(Means) == 4


@pytest.mark.parametrize(
    "address", ["https://example.org/نموذج?a=1", "https://a-b.example.org", "https://xn--mgbaal8b0b9b2b.org:8443/#a"]
)
def test_an_address_of_a_form_may_have_any_path(address):
    assert list(Details(means="web form", address=address, checked_on=now().date()).faults()) == []


def test_an_address_may_have_several_lines_and_the_joiners_of_persian():
    assert list(Details(means="post", address="خیابان می\u200cخواهم ۱\nTown", checked_on=now().date()).faults()) == []
