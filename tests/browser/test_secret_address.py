"""Nobody outs themselves by sharing: the address of a signature leaves the bar, the history and everything that is shared."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Signer

OFFERS_SHARING = "navigator.share = (what) => { window.shared = what; return Promise.resolve(); }"
PLACES = """() => ({
  location: location.href, referrer: document.referrer, shared: JSON.stringify(window.shared || null),
  canonical: document.querySelector("link[rel=canonical]").href,
  offered: [...document.querySelectorAll(".share a, [data-share]")].map((one) => one.href || one.dataset.share).join(" "),
})"""


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a device that can share."""
    context = new_context()
    context.add_init_script(OFFERS_SHARING)
    return context.new_page()


def history(page: Page) -> list[str]:
    """Return the addresses that the history of this tab holds."""
    session = page.context.new_cdp_session(page)
    return [entry["url"] for entry in session.send("Page.getNavigationHistory")["entries"]]


def front(signer: Signer) -> str:
    """Return the address of the front page."""
    return f"{signer.campaign.url}/{signer.language}/"


def test_after_confirming_nothing_that_a_browser_could_share_holds_the_token(page: Page, signer: Signer) -> None:
    link = signer.sign().link()
    page.goto(link)
    page.locator("button[value=confirm]").click()
    expect(page.locator("h1")).to_contain_text({"en": "Thank you.", "ar": "شكرًا."}[signer.language])

    page.locator("[data-share]").click()

    found = page.evaluate(PLACES)
    token = link.rpartition("/")[2]
    assert [name for name, value in found.items() if token in unquote(value)] == []
    assert found["location"] == found["canonical"] == front(signer)
    assert found["referrer"] == ""
    assert [address for address in history(page) if token in address] == []
    tells = {"en": "I signed|my signature", "ar": "وقّعت|توقيعي"}[signer.language]
    assert not re.search(tells, unquote(found["offered"] + found["shared"]))


def test_the_signers_own_page_leaves_the_bar_and_the_history_and_still_works(page: Page, signer: Signer) -> None:
    link = signer.sign(shown_as="Layla").confirm().link()
    page.goto(f"/{signer.language}/")
    page.goto(link)
    expect(page).to_have_url(front(signer))

    page.locator("button[value=hide]").click()

    expect(page.get_by_role("status")).to_be_visible()
    expect(page).to_have_url(front(signer))
    page.locator("#shown_as").fill("=1")
    page.locator("button[value=show]").click()
    expect(page.locator("#errors")).to_be_visible()
    expect(page).to_have_url(front(signer))
    assert [address for address in history(page) if link in address] == []
    page.locator(".ways a").first.click()
    assert page.evaluate("document.referrer") == ""


def test_the_page_after_the_form_shows_the_address_and_does_not_carry_it(page: Page, signer: Signer) -> None:
    page.goto(f"/{signer.language}/")
    page.locator("#name").fill(signer.name)
    page.locator("#email").fill(signer.email)
    page.locator("#consent").check()

    page.locator("#sign .button").click()

    expect(page.locator("main .first")).to_contain_text(signer.email)
    expect(page).to_have_url(f"{front(signer)}sign/sent")
    assert [address for address in history(page) if "to=" in address] == []


def test_without_script_the_page_of_thanks_has_an_address_without_the_token(
    new_context: Callable[..., BrowserContext], signer: Signer
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(signer.sign().link())

    page.locator("button[value=confirm]").click()

    expect(page).to_have_url(f"{front(signer)}sign/thanks")


def test_copying_the_testimony_copies_its_exact_text(page: Page, language: str, all_places: dict) -> None:
    page.goto(f"/{language}/testimony.txt")
    file = page.evaluate("document.body.innerText").translate({0x2067: None, 0x2069: None})
    for place, selector in (
        ("testimony", ".text"),
        ("home", ".passages"),
        ("beside", f".pair > p[lang={language}], .pair > p:not([lang])"),
    ):
        page.goto(all_places[language][place])
        copied = page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].map((part) => {
              getSelection().selectAllChildren(part);
              return getSelection().toString();
            }).join("\\n\\n")""",
            selector,
        )
        paragraphs = [words.strip() for words in copied.split("\n") if words.strip()]
        assert len(paragraphs) >= 2, place
        assert [words for words in paragraphs if words not in file] == [], place
        if place == "testimony":
            assert len(paragraphs) == 6
