"""axe-core finds nothing on any page: in both languages, in light and in dark, with and without mistakes in a form."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext

from tests.browser.places import visit


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    new_context: Callable[..., BrowserContext], all_places: dict, language: str, scheme: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": 390, "height": 800}).new_page()
    axe, found = Axe(), {}

    for name, address in all_places[language].items():
        visit(page, name, address)
        violations = axe.run(page).response["violations"]
        found[name] = [(one["id"], node["html"][:120]) for one in violations for node in one["nodes"]]

    assert {name: violations for name, violations in found.items() if violations} == {}
