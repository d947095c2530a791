"""A new organizer, as they would: invited by a command, on a telephone, all the way to a spreadsheet in LibreOffice."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from campaign.config import Settings
from campaign.exports.xlsx import SheetWords
from campaign.languages import LANGUAGES
from tests.browser.people import Signer
from tests.exports import terminal
from tests.exports.test_export_jsonl import NAMES
from tests.exports.test_formulas import ATTACKS
from tests.servers import LONG, Campaign

EMAIL, PASSPHRASE = "nour@example.org", "olives ripen in november"
SEARCHED = {"ar": "ليلي حداد", "en": "layla had"}  # as somebody types who has no marks at hand, or little time
SHOWN = {"ar": "ليلى حدّاد", "en": "Layla Haddad"}
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


@pytest.fixture
def campaign(tmp_path: Path, language: str) -> Iterator[Campaign]:
    """A campaign that nobody organizes yet, under which some have signed, with names of every kind."""
    with Campaign(tmp_path / "instance", workers=1, CAMPAIGN_LIMITS="off") as made:
        has = terminal.TerminalOrganizer(Settings(data=made.data), tmp_path).has
        for number, name in enumerate([*NAMES, *ATTACKS]):
            has(name, f"{number}@example.org", country="SY", shown_as=None)
        Signer(made, language, name=SHOWN[language]).sign(shown_as=SHOWN[language]).confirm()
        yield made


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A telephone of 360 pixels."""
    return new_context(viewport={"width": 360, "height": 740}).new_page()


def fits(page: Page) -> None:
    """Nothing is wider than the telephone, and axe has nothing to say."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == [], page.url


def press(page: Page, button: str = "main form .button") -> None:
    """Presses a button, and looks at the page that comes."""
    page.locator(button).last.click()
    page.wait_for_load_state()
    fits(page)


def go(page: Page, room: str) -> None:
    """Follows the desk's own way to a room."""
    page.locator(f".ways a[href$='/organize/{room}']").click()
    page.wait_for_url(f"**/organize/{room}")
    fits(page)


def set_up(page: Page, link: str) -> pyotp.TOTP:
    """Chooses a passphrase and adds the second factor."""
    page.goto(link)
    fits(page)
    for field in ("#new", "#again"):
        page.locator(field).fill(PASSPHRASE)
    press(page)
    app = pyotp.TOTP(re.sub(r"\s", "", page.locator(".secret").inner_text()).upper())
    page.locator("#code").fill(app.now())
    press(page)
    expect(page.locator(".codes li")).to_have_count(10)
    return app


def enter(page: Page, app: pyotp.TOTP) -> None:
    """Logs in with the next code; this one was used."""
    page.locator("main .act a.button").click()
    for field, typed in (("#email", EMAIL), ("#passphrase", PASSPHRASE), ("#code", app.at(time.time() + 30))):
        page.locator(field).fill(typed)
    press(page)


def find(page: Page, language: str) -> None:
    """Finds a signature by the name it is shown with."""
    go(page, "signatures")
    page.locator("#name").fill(SEARCHED[language])
    press(page, "form.search .button:not(.quiet)")
    expect(page.locator("main .rows bdi", has_text=SHOWN[language])).to_have_count(1)


def turn_the_rule_off(page: Page) -> None:
    """There is nobody else who could agree."""
    go(page, "accounts")
    press(page, "button[name=four_eyes]")


def export(page: Page, folder: Path) -> Path:
    """Asks for a spreadsheet, waits until it is prepared, and takes it."""
    go(page, "exports")
    page.locator("label[for=document-xlsx]").click()
    page.locator("#why").fill("for the hand-over")
    press(page)
    patience = time.monotonic() + LONG
    while not page.locator("button[name=export]").count():
        assert time.monotonic() < patience, "it was never prepared"
        time.sleep(0.5)
        page.locator("a.again").click()
    fits(page)
    with page.expect_download() as download:
        page.locator("button[name=export]").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def opened(soffice: str, file: Path) -> Any:
    """The spreadsheet as LibreOffice understands it, written as XML."""
    profile = f"-env:UserInstallation=file://{file.parent / 'profile'}"
    convert = [soffice, profile, "--headless", "--convert-to", "fods", "--outdir", str(file.parent), str(file)]
    subprocess.run(convert, check=True, capture_output=True, timeout=LONG)
    return ElementTree.parse(file.with_suffix(".fods")).getroot()


def cells(sheet: Any) -> list[list[Any]]:
    """The cells of each row that has some."""
    found = [[cell for cell in row.iter(f"{TABLE}table-cell") if len(cell)] for row in sheet.iter(f"{TABLE}table-row")]
    return [row for row in found if row]


def text(cell: Any) -> str:
    """What stands in a cell; several spaces and tabs are elements of their own."""
    return "\n".join("".join(_pieces(line)) for line in cell.iter(f"{TEXT}p"))


def _pieces(line: Any) -> Iterator[str]:
    yield {f"{TEXT}s": " " * int(line.get(f"{TEXT}c", 1)), f"{TEXT}tab": "\t"}.get(line.tag, line.text or "")
    for part in line:
        yield from _pieces(part)
        yield part.tail or ""


@pytest.mark.slow
def test_a_new_organizer_takes_a_spreadsheet_out_and_reads_it(
    campaign: Campaign, page: Page, language: str, tmp_path: Path, soffice: str
) -> None:
    link = campaign.run("organizers", "add", EMAIL, "--language", language).stdout.split()[-1]

    enter(page, set_up(page, link))
    find(page, language)
    turn_the_rule_off(page)
    document = opened(soffice, export(page, tmp_path))

    rows = cells(document)
    names = [text(row[2]) for row in rows[1:]]
    assert [text(cell) for cell in rows[0]] == list(SheetWords(LANGUAGES[language]).headings.values())
    assert sorted(names) == sorted([*NAMES, *ATTACKS, SHOWN[language]])
    typed = [cell for row in rows[1:] for cell in row[2:4]]
    assert {cell.get(f"{OFFICE}value-type") for cell in typed} == {"string"}
    assert {row[1].get(f"{OFFICE}value-type") for row in rows[1:]} == {"date"}
    assert not [cell for row in rows for cell in row if cell.get(f"{TABLE}formula")]
    modes = {one.get(f"{STYLE}writing-mode") for one in document.iter(f"{STYLE}table-properties")}
    assert modes == {"rl-tb" if language == "ar" else "lr-tb"}
