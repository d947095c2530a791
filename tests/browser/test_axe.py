"""axe-core finds nothing on any page: in both languages, in light and in dark, with and without mistakes in a form."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext

from tests.browser.axe import find_violations
from tests.browser.places import visit


def test_axe_finds_nothing_on_any_page(new_context: Callable[..., BrowserContext], all_places: dict, language: str) -> None:
    page, found = new_context(viewport={"width": 390, "height": 800}).new_page(), {}

    for name, address in all_places[language].items():
        visit(page, name, address)
        found[name] = find_violations(page)

    assert {name: violations for name, violations in found.items() if violations} == {}
