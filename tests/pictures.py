"""`python -m tests.pictures [FOLDER]`: a picture of every page, in both languages, three widths, light and dark, and one sheet
with all of them, to look at while working on the design. Without a folder it writes into `build/pictures`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import product
from pathlib import Path

from nacl.public import PrivateKey
from playwright.sync_api import Browser, Page, sync_playwright

from campaign.petition.key_rotation import encode_key
from tests.browser import chromium
from tests.browser.organizers import PLACES, lay_on_the_desk, new_organizer
from tests.browser.places import places, publish_sample, visit
from tests.servers import Campaign

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
LANGUAGES = ("en", "ar")
SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pictures</title><style>
body { font: 14px system-ui; background: #777; margin: 1rem } h2 { margin: 1.5rem 0 .25rem; color: #fff }
div { display: flex; gap: .5rem; align-items: start; overflow-x: auto } img { display: block; max-height: 42rem; max-width: none }
</style>"""


def main() -> None:
    """Takes the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description="A picture of every page, and one sheet with all of them.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/pictures"))
    parser.add_argument("--only", metavar="PAGE", nargs="*", help="names of pages, such as home and sign-mistakes")
    asked = parser.parse_args()
    program = chromium.program()
    if not program:
        sys.exit("There is no Chromium here (on Debian: apt install chromium).")
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        made = Campaign(Path(data) / "instance", workers=1, CAMPAIGN_LIMITS="off")
        made.env["CAMPAIGN_BASE_URL"] = f"{made.url} http://second.localhost:{made.port}"
        made.run("sample", "30")
        publish_sample(made)
        made.run("keys", "add-news", encode_key(PrivateKey.generate().public_key))
        with made, playwright.chromium.launch(**chromium.start(program)) as browser:
            taken = [file for language in LANGUAGES for file in take(browser, made, language, asked.folder, asked.only)]
            taken += take_desk(browser, made, asked.folder, asked.only)
    sheet = asked.folder / "contact-sheet.html"
    sheet.write_text(contact_sheet(taken), "utf-8")
    print(f"{len(taken)} pictures; all of them: {sheet}")


def take(browser: Browser, campaign: Campaign, language: str, folder: Path, only: list[str] | None) -> Iterator[Path]:
    """The pictures of one language: whole pages, named PAGE-LANGUAGE-SCHEME-WIDTH.png."""
    found = places(campaign, language)
    for scheme in SCHEMES:
        page = browser.new_page(base_url=campaign.url, locale="de-DE", color_scheme=scheme)  # type: ignore[arg-type]
        for name, address in found.items():
            if only and name not in only:
                continue
            visit(page, name, address)
            yield from shoot(page, folder, f"{name}-{language}-{scheme}")
        page.close()


def take_desk(browser: Browser, campaign: Campaign, folder: Path, only: list[str] | None) -> Iterator[Path]:
    """The pictures of the organizers' desk, in both languages, named desk-PAGE-LANGUAGE-SCHEME-WIDTH.png."""
    omar = new_organizer(campaign)
    found = PLACES | lay_on_the_desk(campaign, omar.email)
    wanted = {name: path for name, path in found.items() if not only or f"desk-{name}" in only}
    for language, scheme in product(LANGUAGES, SCHEMES) if wanted else ():
        page = browser.new_page(base_url=campaign.url, locale="de-DE", color_scheme=scheme)  # type: ignore[arg-type]
        omar.enter(page, language)
        for name, path in wanted.items():
            page.goto(f"/{language}/organize/{path}")
            if name != "again":
                omar.prove(page)
            yield from shoot(page, folder, f"desk-{name.replace(' ', '-')}-{language}-{scheme}")
        page.close()


def shoot(page: Page, folder: Path, name: str) -> Iterator[Path]:
    """One page at every width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        file = folder / f"{name}-{width}.png"
        page.screenshot(path=file, full_page=True, animations="disabled")
        yield file


def contact_sheet(pictures: list[Path]) -> str:
    """One page with all pictures: a row for each page, the languages one after the other."""
    rows: dict[str, list[Path]] = {}
    for picture in pictures:
        rows.setdefault(picture.stem.rsplit("-", 3)[0], []).append(picture)
    images = {
        name: "".join(f'<img src="{one.name}" alt="{escape(one.stem)}" loading="lazy">' for one in row)
        for name, row in rows.items()
    }
    return SHEET + "".join(f"<h2>{escape(name)}</h2><div>{row}</div>" for name, row in images.items())


if __name__ == "__main__":
    main()
