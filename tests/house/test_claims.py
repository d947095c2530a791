"""What the privacy page and docs/ say in numbers and lists of the program is what the program does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from campaign.database import now
from campaign.organizers.actions import Action
from campaign.organizers.allowances import ALONE_PER_DAY
from campaign.organizers.models import Account, Desk, ExportJob, KnownDevice, Login, RecoveryCode, Request
from campaign.organizers.protected_rows import PROTECTED
from campaign.organizers.views.requests import approval_handlers
from campaign.organizers.views.word_edit import LONGEST_WORDS
from campaign.outbox import quota
from campaign.outbox.queue import MessageCounts
from campaign.petition.counting import Snapshot
from campaign.petition.display_names import REFUSED_FOR
from campaign.petition.models import Publication
from campaign.petition.plan import Plan
from campaign.public.metrics import CampaignMetrics
from campaign.public.readiness import NEEDED
from campaign.web.rate_limits import (
    BURST,
    EMAILS_AN_HOUR,
    LONGEST_DELAY,
    REPORTS,
    REPORTS_AN_HOUR,
    SECONDS_AN_HOUR,
    SLOTS,
    SharedMemory,
)
from tests.own_texts import OWN_TEXTS, own_texts

TOP = Path(__file__).resolve().parents[2]
IPV4_ADDRESSES = 2**32
SAID = {  # of networks, and of refused words
    "en": {
        "p14": ["for 7 days after it has decided not to show them"],
        "p22": [
            "thousands of networks share",
            "new whenever the site starts",
            "last six hours and a quarter",
            "several machines",
        ],
        "p44": ["last six hours and a quarter", "several machines"],
    },
    "ar": {
        "p14": ["ولمدة 7 أيام بعد أن تقرّر الحملة عدم إظهارها"],
        "p22": ["تشترك آلاف الشبكات", "يتجدد كلما بدأ الموقع بالعمل", "آخر ست ساعات وربع", "عدة أجهزة"],
        "p44": ["آخر ست ساعات وربع", "عدة أجهزة"],
    },
}


WITH_A_CODE = {
    Account: "Accounts with their roles, locks, passphrases and links",
    RecoveryCode: "recovery codes",
    Login: "sessions",
    KnownDevice: "known browsers",
    Request: "requests that wait",
    ExportJob: "orders of exports",
    Desk: "the rule of two",
    Publication: "the switches",
    Plan: "The plan",
}
NEEDS_TWO = {
    Action.BULK_REMOVAL: "to remove several signatures",
    Action.EXPORT_WITH_ADDRESSES: "an export with names and addresses",
    Action.NAMES_FOR_OFFICE: "the shown names for one office",
    Action.KEY_CHANGE: "another key for signatures",
    Action.SIGNED_WORDS: "other words of the letter or of the consent",
    Action.NEWS_MAILING: "an update to be sent as news",
    Action.SOONER_DELETION: "a sooner day of deletion",
    Action.UNLOCKING: "to unlock an account",
    Action.NAMING_AUTHOR: "to name the author again",
    Action.SHOWING_SUPPORTER: "to show a supporter",
    Action.MORE_ALONE: "more of what one does alone in a day",
}
ALONE = {
    Action.REMOVED: "5 single removals",
    Action.SEALED_SHOWN: "20 openings of a name",
    Action.ADDRESS_LOOKED_FOR: "10 look-ups of an address",
    Action.ACCOUNT_LOCKED: "1 account to lock",
    Action.ERASED: "5 addresses to erase",
}


def page(name):
    """Return a page of docs/ with each run of white space as one space."""
    return " ".join((TOP / "docs" / name).read_text("utf-8").split())


def privacy(language, part):
    """Return a paragraph of the privacy page."""
    text = (OWN_TEXTS / language / "privacy.md").read_text("utf-8")
    return re.search(rf"<!-- {part}\b[^>]*-->\n(.*?)(?=\n\n<!--|\Z)", text, re.DOTALL)[1]


@own_texts
@pytest.mark.parametrize("language", SAID)
def test_the_privacy_page_says_how_long_counts_of_networks_and_refused_words_are_kept(language):
    longest = timedelta(seconds=LONGEST_DELAY + BURST * SECONDS_AN_HOUR / EMAILS_AN_HOUR)

    assert timedelta(hours=6) < longest <= timedelta(hours=6, minutes=15)
    assert timedelta(days=7) == REFUSED_FOR
    assert IPV4_ADDRESSES // SLOTS in range(2_000, 100_000)
    for part, said in SAID[language].items():
        assert [words for words in said if words not in privacy(language, part)] == []


@own_texts
@pytest.mark.parametrize(("language", "said"), [("en", "within an hour after"), ("ar", "خلال ساعة من انقضاء")])
def test_the_privacy_page_says_how_long_the_moments_of_a_quota_are_kept(language, said):
    longest = quota.Quota.of("smtp://relay.example.org?rate=30/d")

    assert longest.window + quota.LATELY < timedelta(days=1, hours=1)
    assert said in privacy(language, "p21")


@own_texts
@pytest.mark.parametrize(
    ("language", "said"), [("en", "The random number of the record stays too"), ("ar", "ويبقى كذلك الرقم العشوائي للسجل")]
)
def test_the_privacy_page_says_which_number_stays_of_a_signature(language, said):
    assert said in privacy(language, "p33") + privacy(language, "p34")


def test_the_key_of_the_counts_in_memory_lasts_for_hours():
    memory, found = SharedMemory(), []
    memory.update(["network"], lambda _: [1.0])

    with time_machine.travel(now() + timedelta(hours=5)):
        memory.update(["network"], lambda moments: found.extend(moments) or moments)

    assert found == [1.0]


def test_security_names_every_kind_of_row_that_carries_a_code():
    said = page("SECURITY.md").partition("**Whoever can write into the database**")[2].partition("- **")[0]

    assert set(WITH_A_CODE) == set(PROTECTED)
    assert [words for words in WITH_A_CODE.values() if words not in said] == []


def test_security_names_all_that_needs_two_organizers_and_how_often_one_acts_alone():
    two, _, rest = page("SECURITY.md").partition("**What needs two organizers:**")[2].partition("- **")
    one = rest.partition("- **")[0]

    assert set(NEEDS_TWO) == set(approval_handlers(None))
    assert [words for words in NEEDS_TWO.values() if words not in two] == []
    assert {action: int(words.split()[0]) for action, words in ALONE.items()} == ALONE_PER_DAY
    assert [words for words in ALONE.values() if words not in one] == []


def test_hosts_names_every_figure_of_the_metrics_and_no_other():
    figures = CampaignMetrics(dict.fromkeys(NEEDED, True), MessageCounts(0, 0, 0), Snapshot(), now())

    named = re.findall(r"^\| `(campaign_\w+)[{`]", (TOP / "docs/hosts.md").read_text("utf-8"), re.MULTILINE)

    assert named == [family.name for family in figures.collect()]


def test_organizers_are_told_how_long_a_part_is_and_how_often_a_name_is_reported():
    said = page("organizers.md")

    assert (LONGEST_WORDS, REPORTS, REPORTS_AN_HOUR) == (5_000, 10, 10)
    assert "at most 5,000 characters in all languages together" in said
    assert "from one network ten times at once and then ten times an hour" in said


def test_each_test_that_security_names_by_words_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)`: ([^`();]+)[;)]", page("SECURITY.md"))
    wanted = [(file, re.sub(r"\W+", "_", words.strip().lower())) for file, all_words in named for words in all_words.split(",")]

    assert len(wanted) > len(NEEDS_TWO)
    assert [both for both in wanted if not re.search(rf"def test_\w*{both[1]}", (TOP / both[0]).read_text("utf-8"))] == []
