"""The files to take along: downloaded by a click, and the one for messengers opens from a disk without a connection."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.servers import Campaign


def download(page: Page, campaign: Campaign, language: str, name: str, folder: Path) -> Path:
    """Take a file from the page about copies, as a reader does."""
    page.goto(f"{campaign.url}/{language}/")
    page.locator(f".bottom a[href='/{language}/mirrors']").click()
    with page.expect_download() as taken:
        page.locator(f"a[href='/{language}/{name}']").click()
    assert taken.value.suggested_filename == name
    file = folder / name
    taken.value.save_as(file)
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_for_messengers_opens_offline_and_axe_finds_nothing(
    new_context: Callable[..., BrowserContext], campaign: Campaign, language: str, scheme: str, tmp_path: Path
) -> None:
    context = new_context(color_scheme=scheme, viewport={"width": 320, "height": 640})
    page = context.new_page()
    file = download(page, campaign, language, "copy.html", tmp_path)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    context.set_offline(True)

    page.goto(file.as_uri())

    assert asked == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    directions = {"en": "ltr", "ar": "rtl"}
    for code, direction in directions.items():
        assert page.locator(f"#{code}").evaluate("(one) => getComputedStyle(one).direction") == direction
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"][:120]) for one in violations for node in one["nodes"]] == []


def test_the_whole_site_is_downloaded_as_one_file(
    context: BrowserContext, campaign: Campaign, language: str, tmp_path: Path
) -> None:
    file = download(context.new_page(), campaign, language, "copy.zip", tmp_path)

    assert file.read_bytes().startswith(b"PK")


def test_the_checker_finds_no_error_in_the_file_for_messengers(
    context: BrowserContext, campaign: Campaign, language: str, vnu: str, tmp_path: Path
) -> None:
    file = download(context.new_page(), campaign, language, "copy.html", tmp_path)

    command = ["java", "-jar", vnu, "--format", "json", "--errors-only", "--exit-zero-always", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=250, check=True)

    assert json.loads(told.stderr)["messages"] == []
