"""What is handed over by the rules of each channel: each demand is met or named as missing, and nobody's address is in it."""

import json
import re

import pypdfium2
import pytest

from campaign.database import now
from campaign.handover.demands import check_demands
from campaign.handover.documents import prints_of
from campaign.handover.offer import fill, offer
from campaign.handover.readme import readme
from campaign.languages import LANGUAGES
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.published import TextKind, new_row
from campaign.prints.render import get_or_render
from tests.people import publish
from tests.servers import on_sqlite

pytestmark = on_sqlite
EMAIL = re.compile(r"[^\s@\"]+@[^\s@\"]+\.\w+")
POSTAL = re.compile(r"\b\d{4,5} [A-Z][a-z]|P\. ?O\. ?Box|\b(Street|Avenue|Rue|Platz|Straße)\b|شارع|ص\. ?ب")


@pytest.fixture
def package(app, layla):
    """Make the package for an office of a channel: the words of each file by its name."""
    publish(app)
    site = app.extensions["campaign"]

    def make(channel, **said):
        names = dict.fromkeys(LANGUAGES, f"An office of {channel}")
        details = {"channel": channel, "means": "email", "address": "office@example.org", "checked_on": now().date()}
        with site.database.writing() as session:
            session.add(new_row((TextKind.ADDRESSEE, channel), {"names": names} | details, now().date(), set_by="1"))
        site.snapshots.refresh()
        with app.test_request_context("/en/"):
            office = next(one for one in site.words.addressees if one.key == channel)
            handover = fill(office, **said)
            offered = offer(handover)
            found = check_demands(CHANNELS[channel], offered)
            words = {
                one.name: json.dumps(one.data, ensure_ascii=False) for code in LANGUAGES for one in prints_of(handover, code)
            }
            return words | {f"README.{code}": readme(handover, code, found, offered, with_names=False) for code in LANGUAGES}

    return make


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_each_demand_of_a_channel_is_met_or_named_as_missing_in_both_languages(app, package, channel):
    files = package(channel, person="A Sample Person")

    texts = app.extensions["campaign"].texts
    for code in LANGUAGES:
        rules = texts[code].channels.parts
        lines = files[f"README.{code}"].splitlines()
        named = [demand for demand in Demand if any(rules[f"demand-{demand}"].words in line for line in lines)]
        assert set(named) == set(CHANNELS[channel].demands)
        assert rules[channel].words in files[f"README.{code}"]
        assert {"en": "Who may write: ", "ar": "من يحق له أن يكتب: "}[code] in files[f"README.{code}"]


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_what_asks_for_nothing_is_said_to_and_lists_nothing(package, channel):
    words = package(channel)["README.en"]

    is_said = "Nothing else needs arranging." in words
    assert (is_said, "Missing:" in words) == (not CHANNELS[channel].demands, bool(CHANNELS[channel].demands))


def test_the_notice_for_the_press_says_who_the_person_is(package):
    press = json.loads(package("bundestag", person="A Sample Person")["4-press.en"])

    assert press["closing"][-1] == "Contact person: \u2068A Sample Person\u2069"


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_no_file_holds_an_address_but_the_campaign_s_own(app, package, channel):
    files = package(channel)

    assert len(files) == 16
    for name, words in files.items():
        if not name.startswith("README"):  # which tells the organizers how the office is reached
            assert "office@example.org" not in words, name
            assert not POSTAL.search(words), name  # a README names guides, such as that of Downing Street
        left = words.replace("office@example.org", "").replace(app.extensions["campaign"].words.contact, "")
        assert not EMAIL.search(left), name


def test_an_address_in_latin_letters_keeps_its_order_on_the_arabic_page(app, tmp_path):
    office = app.extensions["campaign"].words.addressees[0]
    with app.test_request_context("/ar/"):
        page = next(prints_of(fill(office, postal="1 Sample Street, 12345 Sampletown"), "ar"))
        drawn = pypdfium2.PdfDocument(get_or_render(page, tmp_path))[0].get_textpage()

    lefts = [drawn.get_charbox(drawn.search(words).get_next()[0])[0] for words in ("Street", "12345", "Sampletown")]

    assert lefts == sorted(lefts)
