"""The two conveniences of the script, and what stands in their place without it: leaving quickly, sharing from the device."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

NEUTRAL = "https://{language}.wikipedia.org/"
OFFERS_SHARING = "navigator.share = (what) => { window.shared = what; return Promise.resolve(); }"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def with_script(request: pytest.FixtureRequest) -> bool:
    """A browser with JavaScript, and one without."""
    return bool(request.param)


def test_leaving_takes_the_page_out_of_the_history_where_there_is_script(
    new_context: Callable[..., BrowserContext], language: str, with_script: bool
) -> None:
    context = new_context(java_script_enabled=with_script)
    neutral = NEUTRAL.format(language=language)
    context.route(f"{neutral}**", lambda route: route.fulfill(body="<title>elsewhere</title>", content_type="text/html"))
    page = context.new_page()
    page.goto(f"/{language}/")
    page.goto(f"/{language}/testimony")

    page.locator(".exit").click()
    page.wait_for_url(neutral)
    page.go_back()

    page.wait_for_url(f"**/{language}/" if with_script else f"**/{language}/testimony")


@pytest.mark.parametrize("place", ["home", "testimony", "sign-mistakes", "confirm", "yours", "not-found"])
def test_every_page_can_be_left_quickly(telephone: Page, all_places: dict, language: str, place: str) -> None:
    telephone.goto(all_places[language][place])

    expect(telephone.locator(".exit")).to_be_visible()
    expect(telephone.locator(".exit")).to_have_attribute("rel", "noopener noreferrer nofollow")


def test_sharing_from_the_device_is_offered_only_where_the_device_can(
    new_context: Callable[..., BrowserContext], all_places: dict, language: str
) -> None:
    able, unable = new_context(), new_context()
    able.add_init_script(OFFERS_SHARING)
    unable.add_init_script("delete Navigator.prototype.share")
    without, page = unable.new_page(), able.new_page()
    without.goto(all_places[language]["thanks"])
    expect(without.locator("[data-share]")).to_be_hidden()

    page.goto(all_places[language]["thanks"])
    page.locator("[data-share]").click()

    shared = page.evaluate("window.shared")
    assert shared["url"].endswith(f"/{language}/")
    assert set(shared) == {"text", "url"}


def test_the_links_for_sharing_need_no_script(
    new_context: Callable[..., BrowserContext], all_places: dict, language: str
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(all_places[language]["thanks"])

    expect(page.locator(".share a")).to_have_count(6)
    expect(page.locator("#address")).to_have_value(page.url.removesuffix("sign/thanks"))
