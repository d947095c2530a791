"""A reader who knows none of this finds everything that matters within two clicks from the first page."""

import pytest
from playwright.sync_api import Page

VISIBLE_LINKS = """() => [...document.querySelectorAll("a[href]")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1 && one.origin === location.origin)
  .map((one) => one.pathname + one.hash)"""


def links(page: Page, address: str) -> set[str]:
    """Where the links lead that are seen on a page."""
    page.goto(address)
    return set(page.evaluate(VISIBLE_LINKS))


@pytest.mark.parametrize(
    "target",
    [
        "/{language}/testimony",
        "/{other}/testimony",
        "/{language}/testimony/beside/{other}",
        "/{language}/sign",
        "/{language}/privacy",
    ],
    ids=["the testimony", "in the other language", "side by side", "the form", "the privacy answer"],
)
def test_within_two_clicks_from_the_first_page_is(telephone: Page, language: str, other: str, target: str) -> None:
    wanted = target.format(language=language, other=other)
    first = links(telephone, f"/{language}/")

    assert wanted in first or any(wanted in links(telephone, address) for address in sorted(first) if "." not in address)


def test_from_the_page_of_two_languages_both_are_one_click_away(telephone: Page) -> None:
    assert {"/en/", "/ar/"} <= links(telephone, "/")
