"""What the tests in a browser stand on: Chromium, one campaign with made-up signatures, and a page in each language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from campaign.config import TRANSLATIONS
from campaign.petition.key_rotation import encode_key
from tests.browser.chromium import start
from tests.browser.people import Signer
from tests.browser.places import first_office, other_than, places, publish_sample
from tests.servers import Campaign

HERE = Path(__file__).parent
PATIENCE = 60_000  # milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)
SECOND = "second.localhost"  # the host of the other address of the site, which browsers find on this machine
MADE_UP = 30  # signatures, on the way to 100


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is tested here."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Return Chromium as Playwright drives it.

    It ends with the tests of this folder: as long as it is driven, no other test could run an event loop of its own.
    """
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**start(chromium))
        yield started
        started.close()


@pytest.fixture
def new_context(browser: Browser, campaign: Campaign) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers that nobody has used, in a language that the site does not have, so that only addresses choose."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        made.append(browser.new_context(base_url=campaign.url, locale="de-DE", **options))
        made[-1].set_default_timeout(PATIENCE)
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A campaign with 30 made-up signatures that offers news and writes its letters into files."""
    with served_sample(tmp_path_factory.mktemp("browser") / "instance", TRANSLATIONS) as made:
        yield made


@contextmanager
def served_sample(data: Path, texts: Path) -> Iterator[Campaign]:
    """The same for as long as the block, with the texts of a folder."""
    made = Campaign(
        data,
        workers=1,
        CAMPAIGN_CONTACT="The test campaign, test@example.org",
        CAMPAIGN_LIMITS="off",
        CAMPAIGN_TRANSLATIONS=str(texts),
    )
    made.env["CAMPAIGN_BASE_URL"] = f"{made.url} http://{SECOND}:{made.port}"
    filled = made.run("sample", str(MADE_UP))
    assert filled.returncode == 0, filled.stderr
    offered = made.run("keys", "add-news", encode_key(PrivateKey.generate().public_key))
    assert offered.returncode == 0, offered.stderr
    publish_sample(made, first_office(texts))
    with made:
        yield made


@pytest.fixture(params=["en", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language in its turn."""
    return str(request.param)


@pytest.fixture
def other(language: str) -> str:
    """The language that the page is not in."""
    return other_than(language)


@pytest.fixture
def signer(campaign: Campaign, language: str) -> Signer:
    """Somebody with a mailbox of their own."""
    return Signer(campaign, language)


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """A browser nobody has used."""
    return new_context()


@pytest.fixture
def telephone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on the narrowest telephone, which is also a wide screen at 400 percent."""
    return new_context(viewport={"width": 320, "height": 640}).new_page()


@pytest.fixture(scope="session")
def all_places(campaign: Campaign) -> dict[str, dict[str, str]]:
    """The address of every page in every state, by language and name."""
    return {language: places(campaign, language) for language in ("en", "ar")}
