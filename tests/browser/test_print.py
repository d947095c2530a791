"""On paper there are the words, black on white, both languages in two columns, and where the page is found; no form."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

PAPER: ViewportSize = {"width": 626, "height": 987}  # A4 without its margins, in CSS pixels
PAGES = ("home", "testimony", "beside", "petition", "sign", "about", "signatures", "yours")
NOT_PRINTED = "form, .button, nav a, .exit, .skip, progress, input, select"
GROUNDS = """() => [...document.querySelectorAll("body, body *")].filter((one) => one.checkVisibility())
  .map((one) => [one, getComputedStyle(one)])
  .filter(([one, style]) => !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(style.backgroundColor)
    || !["rgb(0, 0, 0)", "rgb(51, 51, 51)"].includes(style.color))
  .map(([one, style]) => [one.outerHTML.slice(0, 90), style.color, style.backgroundColor])"""


@pytest.fixture(params=["light", "dark"])
def paper(context: BrowserContext, request: pytest.FixtureRequest) -> Page:
    """A page as it is printed, by somebody who reads in light and by somebody who reads in the dark."""
    page = context.new_page()
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print", color_scheme=request.param)
    return page


@pytest.mark.parametrize("place", PAGES)
def test_paper_is_black_on_white_without_a_form(paper: Page, all_places: dict, language: str, place: str) -> None:
    paper.goto(all_places[language][place])

    assert paper.evaluate(GROUNDS) == []
    assert [one.evaluate("one => one.outerHTML") for one in paper.locator(NOT_PRINTED).all() if one.is_visible()] == []


def test_paper_says_where_the_page_is_found_and_keeps_the_notes(paper: Page, language: str) -> None:
    paper.goto(f"/{language}/testimony")

    expect(paper.locator(".printed")).to_have_text(paper.url)
    for note in (".standing", ".notes .note"):
        expect(paper.locator(note).first).to_be_visible()


def test_the_page_to_sign_says_on_paper_where_the_sheet_is(paper: Page, language: str) -> None:
    paper.goto(f"/{language}/sign")

    expect(paper.locator(".printed.hand")).to_contain_text(f"/{language}/sheet.pdf")
    expect(paper.locator("#promises")).to_be_visible()
    paper.emulate_media(media="screen")
    expect(paper.locator(".printed.hand")).to_be_hidden()


def test_names_stand_in_three_columns_on_paper(paper: Page, language: str) -> None:
    paper.goto(f"/{language}/signatures")

    columns = paper.locator(".names section > ul").first.evaluate("one => getComputedStyle(one).columnCount")
    assert columns == "3"


def test_a_page_with_a_secret_address_does_not_print_it(paper: Page, all_places: dict, language: str) -> None:
    secret = all_places[language]["yours"]
    paper.goto(secret)

    token = secret.rpartition("/")[2]
    expect(paper.locator(".printed")).to_have_text(re.compile(rf"/{language}/$"))
    assert token not in paper.locator("body").inner_text()


def test_both_languages_stand_in_two_columns_on_paper(paper: Page, language: str, other: str) -> None:
    paper.goto(f"/{language}/testimony/beside/{other}")

    for pair in paper.locator(".pair:not(.opening)").all():
        here, there = (one.evaluate("one => one.getBoundingClientRect().toJSON()") for one in pair.locator("> *").all())
        assert here["top"] == there["top"]
        assert here["right"] < there["left"] or there["right"] < here["left"]


def test_the_testimony_takes_two_sheets_at_most(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.goto(f"/{language}/testimony")

    sheets = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")

    assert 1 <= sheets <= 2
