"""axe-core on a page: what it finds wrong, in light and in dark."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# All rules run; only what breaks one comes back, as the long list of what is right takes a third of the time.
RUN = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def find_violations(page: Page) -> list[tuple[str, str, str]]:
    """Return each violation on a page as it stands: the scheme, the rule, and the element, cut to 120 characters.

    The page is opened once: of the two schemes only the colors differ, and axe counts what it sees at that moment.
    """
    page.evaluate(Axe().axe_script)
    found: list[tuple[str, str, str]] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [(scheme, one["id"], node["html"][:120]) for one in page.evaluate(RUN) for node in one["nodes"]]
    return found
