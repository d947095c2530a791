"""Right to left and left to right on one page: the bar, names in another script, and names that try to turn their neighbours."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from string import ascii_lowercase

import pytest
from playwright.sync_api import BrowserContext, Page

from campaign.crypto import sealing
from tests.browser.people import Signer
from tests.browser.pixels import colours
from tests.servers import LONG, Campaign

RLO, RLI, LRI, RLM = "\u202e", "\u2067", "\u2066", "\u200f"
# Nobody else in the tests has these names: the boxes that are left out of a picture are found by them.
NAMES = (
    *("شهرزاد 12:3)", "Qamar 12:3)", "(شهرزاد Qamar", f"{RLM}Qamar", f"{RLO}Qamar"),
    *(f"{RLI}Qamar", f"{LRI}Qamar{RLO}", f"Qamar {RLO}):1 2", f"شهرزاد {LRI}{RLO}12"),
)
PLACES_OF_LETTERS = """(here, words) => {
  const text = document.createTreeWalker(here, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (text.nextNode()) {
    const start = text.currentNode.data.indexOf(words);
    if (start < 0) continue;
    return [...words].map((_, place) => {
      range.setStart(text.currentNode, start + place);
      range.setEnd(text.currentNode, start + place + 1);
      return range.getBoundingClientRect().left;
    });
  }
}"""
CHANGE_WORDS = "UPDATE signature SET shown_as = ?, confirmed_on = date('now', '-1 day') WHERE token_hash = ?"


class Shown:
    """The words that one signature shows among the names and on its own page."""

    def __init__(self, signer: Signer) -> None:
        self.own_page = signer.link()
        self.file = next(signer.campaign.data.glob("*.db"))
        self.hash = sealing.token_hash(self.own_page.rpartition("/")[2])

    def write(self, words: str) -> None:
        """Takes any words at all."""
        with closing(sqlite3.connect(self.file, timeout=LONG)) as database, database:
            changed = database.execute(CHANGE_WORDS, (words, self.hash))
            assert changed.rowcount == 1


@pytest.fixture
def shown(signer: Signer) -> Iterator[Shown]:
    """A signature of yesterday whose shown words a test writes into the database itself, past all cleaning.

    Afterwards it shows words of its own again: the next test must find its own boxes alone.
    """
    own_words = "".join(secrets.choice(ascii_lowercase) for _ in range(16))  # hex digits can look like a phone number
    signer.sign(shown_as=own_words).confirm()
    made = Shown(signer)
    yield made
    made.write(own_words)


def without(page: Page, address: str, words: str) -> bytes:
    """A picture of a page, but for the boxes in which the words stand, and the count, which may move."""
    page.goto(address)
    boxes = page.locator("li, dd", has=page.locator("bdi", has_text=words)).or_(page.locator("#shown_as, .tally"))
    assert page.locator("bdi", has_text=words).count() == 1
    return page.screenshot(full_page=True, mask=[boxes], animations="disabled", caret="hide")


def test_the_bar_fills_from_where_lines_begin(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.goto(f"/{language}/")
    bar = page.locator(".call progress")
    filled, empty = (bar.evaluate(f"bar => getComputedStyle(bar).{what}") for what in ("color", "backgroundColor"))
    part = bar.evaluate("bar => bar.value / bar.max")
    assert 0.25 < part < 0.5
    inside, beyond = part - 0.05, part + 0.05

    found = colours(page, bar.screenshot(), (inside, 0.5), (beyond, 0.5), (1 - beyond, 0.5), (1 - inside, 0.5))

    left_to_right = [filled, empty, empty, empty]
    assert found == (left_to_right if language == "en" else left_to_right[::-1])


@pytest.mark.parametrize("page_of", ["names", "yours"])
def test_no_name_changes_a_pixel_outside_its_own_box(context: BrowserContext, shown: Shown, language: str, page_of: str) -> None:
    page = context.new_page()
    address = shown.own_page if page_of == "yours" else f"/{language}/signatures"

    def picture(words: str) -> bytes:
        shown.write(words)
        return without(page, address, words.strip(RLO + RLI + LRI + RLM))

    before = picture("Plain Name")
    different = [words for words in NAMES if picture(words) != before]

    # Once a minute the number of names above them moves, so a difference is looked at again.
    assert [words for words in different if picture(words) != picture("Plain Name")] == []


def test_a_latin_name_reads_from_the_left_and_an_arabic_one_from_the_right(
    context: BrowserContext, shown: Shown, language: str
) -> None:
    page = context.new_page()
    for words, in_order in (("Layla", sorted), ("ليلى", lambda places: sorted(places, reverse=True))):
        shown.write(words)
        page.goto(shown.own_page)
        places = page.locator("dd bdi").evaluate(PLACES_OF_LETTERS, words)
        assert places == in_order(places), words


def test_the_full_stop_after_a_latin_word_stands_where_the_sentence_ends(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.goto(f"/{language}/sign")
    page.locator("#name").fill("Layla")
    page.locator("#email").fill("layla@example.org")
    page.locator("#consent").check()
    page.locator("#name").press("Enter")

    letters = page.locator(".first").evaluate(PLACES_OF_LETTERS, "layla@example.org")
    last = page.locator(".first").evaluate(PLACES_OF_LETTERS, "layla@example.org\u2069.")[-1]

    assert letters == sorted(letters)
    assert last > letters[-1] if language == "en" else last < letters[0]


def test_the_arabic_plain_text_runs_from_right_to_left(context: BrowserContext, campaign: Campaign) -> None:
    page = context.new_page()
    page.goto(f"{campaign.url}/ar/testimony.txt")

    for words in ("هذا النص غير مؤرَّخ", "ويصف المكتبة كما كانت وقت كتابته."):
        places = page.locator("pre").evaluate(PLACES_OF_LETTERS, words)
        assert places[0] == max(places)
        assert places[-1] == min(places)
