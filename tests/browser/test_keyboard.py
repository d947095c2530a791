"""Everything is done with the keyboard alone, and it is always seen where one is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Signer

FOCUSED = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), style = getComputedStyle(here);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
  return {
    name: here.outerHTML.slice(0, 90), tag: here.tagName, id: here.id,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && (here === top || here.contains(top) || top?.contains(here)),
  };
}"""


def presses(page: Page, most: int = 150) -> Iterator[dict]:
    """What has the focus after each press of Tab, until the end of the page."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["tag"] == "BODY":
            return
        yield here
    pytest.fail("the focus never leaves the page")


def go_to(page: Page, name: str) -> None:
    """Presses Tab until a field or link has the focus."""
    for here in presses(page):
        if here["id"] == name:
            return
    pytest.fail(f"{name} is not reached")


def test_the_first_link_leads_past_the_top_to_the_content(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.goto(f"/{language}/testimony")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport(ratio=1)

    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("place", ["home", "sign-mistakes", "beside", "signatures", "about", "yours", "not-found"])
def test_the_focus_is_always_seen(context: BrowserContext, all_places: dict, language: str, place: str) -> None:
    page = context.new_page()
    page.goto(all_places[language][place])

    reached = list(presses(page))

    assert len(reached) > 5
    assert [here["name"] for here in reached if here["outline"] < 2 or not here["seen"]] == []


def test_the_order_of_the_focus_is_the_order_of_reading(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/{language}/sign")
    tops = []
    for _ in presses(page):
        tops.append(page.evaluate("Math.round(document.activeElement.getBoundingClientRect().top + scrollY)"))

    assert tops[1:] == sorted(tops[1:])  # the skip link lies over the top


def test_somebody_signs_without_a_mouse(context: BrowserContext, signer: Signer) -> None:
    page = context.new_page()
    page.goto(f"/{signer.language}/")

    go_to(page, "name")
    page.keyboard.type(signer.name)
    page.keyboard.press("Tab")
    page.keyboard.type(signer.email)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/sign/sent$"))
    page.goto(signer.link())
    for _ in presses(page):
        if page.evaluate("document.activeElement.matches('main form button')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text({"en": "Thank you.", "ar": "شكرًا."}[signer.language])


def test_mistakes_have_the_focus_and_lead_to_their_fields(context: BrowserContext, language: str) -> None:
    page = context.new_page()
    page.goto(f"/{language}/sign")
    page.locator("#name").press("Enter")

    expect(page.locator("#errors")).to_be_focused()
    for field in ("name", "email", "consent"):
        page.locator(f"#errors a[href='#{field}']").press("Enter")
        expect(page.locator(f"#{field}")).to_be_focused()
        expect(page.locator(f"#{field}")).to_be_in_viewport()
