"""The whole way at an address that is not the first: what Chromium sends with a form, and what it does with a cookie, count."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SECOND
from tests.browser.organizers import PASSPHRASE, new_organizer
from tests.browser.people import Signer
from tests.browser.test_signing import fill_in
from tests.servers import Campaign


@pytest.fixture
def other_address(campaign: Campaign) -> str:
    """Return the second address of the site."""
    return f"http://{SECOND}:{campaign.port}"


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page without JavaScript."""
    return new_context(java_script_enabled=False).new_page()


def test_somebody_signs_and_confirms_at_the_second_address(page: Page, signer: Signer, other_address: str) -> None:
    page.goto(f"{other_address}/{signer.language}/sign")
    fill_in(page, signer)
    page.locator("main form .button").click()

    expect(page.locator("main .first")).to_contain_text(signer.email)
    page.goto(other_address + signer.link())
    page.locator("button[value=confirm]").click()
    expect(page.locator("h1")).to_contain_text({"en": "Thank you.", "ar": "شكرًا."}[signer.language])
    assert page.url.startswith(other_address)


def test_an_organizer_is_logged_in_at_the_address_of_the_login_alone(page: Page, campaign: Campaign, other_address: str) -> None:
    omar = new_organizer(campaign)
    page.goto(f"{other_address}/en/organize/enter")
    page.locator("#email").fill(omar.email)
    page.locator("#passphrase").fill(PASSPHRASE)
    page.locator("#code").fill(omar.code())
    page.locator("main form .button").click()

    page.goto(f"{other_address}/en/organize/account")
    assert page.url.endswith("/organize/account")
    page.goto("/en/organize/account")
    assert "/organize/enter" in page.url
