"""A copy for mirrors, opened from a disk: every page stands as it does on the site, and nothing fails to load."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.servers import Campaign


@pytest.fixture(scope="module")
def copy(campaign: Campaign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of the campaign."""
    folder = tmp_path_factory.mktemp("disk") / "a copy"
    taken = campaign.run("mirror", str(folder))
    assert taken.returncode == 0, taken.stderr
    return folder


def test_every_page_of_a_copy_opens_from_a_disk(new_context: Callable[..., BrowserContext], copy: Path) -> None:
    page = new_context().new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(f"{request.url} {request.failure}"))
    page.on("console", lambda message: failed.append(message.text))
    page.on("pageerror", lambda error: failed.append(str(error)))
    pages = sorted(copy.rglob("*.html"))

    unset = []
    for file in pages:
        page.goto(file.as_uri())
        faces = page.evaluate("document.fonts.ready.then((fonts) => [...fonts].map((face) => face.status))")
        if "loaded" not in faces or "error" in faces:
            unset.append(file)

    assert len(pages) >= 17
    # what the next page cut off has not failed: the icon comes last
    assert [words for words in failed if "ERR_ABORTED" not in words] == []
    assert unset == []


def test_a_reader_of_a_copy_walks_through_it_and_is_led_to_the_site_to_sign(
    new_context: Callable[..., BrowserContext], copy: Path, campaign: Campaign, language: str, other: str
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto((copy / "index.html").as_uri())
    page.locator(f".button[hreflang={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)

    page.locator(".onward a").last.click()
    page.locator(".switch a").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    page.locator(".top .site").click()
    page.locator(".call .button").click()
    page.locator("#sign .button").click()

    expect(page).to_have_url(f"{campaign.url}/{other}/sign")
