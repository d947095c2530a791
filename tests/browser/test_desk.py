"""The organizers' desk in a browser: axe finds nothing, a telephone and a keyboard are enough, plots run as the page is read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from campaign import create_app
from campaign.config import Settings
from tests.browser.axe import find_violations
from tests.browser.organizers import PASSPHRASE, PLACES, BrowserOrganizer, invited, lay_on_the_desk, new_organizer
from tests.browser.places import publish_sample
from tests.browser.test_keyboard import go_to, presses
from tests.browser.test_narrow import OVERLAPPING, SMALL, TOO_WIDE
from tests.servers import Campaign

OUTSIDE = {"enter", "set_up"}
NO_PAGES = {"audit_file", "return_to_exports", "return_to_office", "return_to_supporters", "trends_file"}


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A campaign of our own: what is done at the desk is nobody else's."""
    made = Campaign(tmp_path_factory.mktemp("desk") / "instance", workers=1, CAMPAIGN_LIMITS="off")
    made.run("sample", "120")
    publish_sample(made)
    with made:
        yield made


@pytest.fixture(scope="module")
def omar(campaign: Campaign) -> BrowserOrganizer:
    """Omar organizes."""
    return new_organizer(campaign)


@pytest.fixture(scope="module")
def places(campaign: Campaign, omar: BrowserOrganizer) -> dict[str, str]:
    """Every page of the desk by its name, behind the language."""
    return PLACES | lay_on_the_desk(campaign, omar.email)


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], omar: BrowserOrganizer, language: str) -> Callable[..., Page]:
    """Omar logs in with a browser of some kind."""
    return lambda **options: omar.enter(new_context(**options).new_page(), language)


def look(
    page: Page, omar: BrowserOrganizer, places: dict[str, str], language: str, question: Callable[[Page], Any]
) -> dict[str, Any]:
    """What a question finds on every page, by the page's name."""
    found = {}
    for name, path in places.items():
        answer = page.goto(f"/{language}/organize/{path}")
        assert answer
        assert answer.status == 200, name
        if name != "again":
            omar.prove(page)
        found[name] = question(page)
    return {name: answer for name, answer in found.items() if answer}


def test_every_page_of_the_desk_is_among_those_that_are_looked_at(campaign: Campaign, places: dict[str, str]) -> None:
    rules = create_app(Settings(data=campaign.data)).url_map.iter_rules()
    there = {
        rule.endpoint.partition(".")[2]
        for rule in rules
        if rule.endpoint.startswith("organizers.") and "GET" in (rule.methods or ())
    }

    assert there - NO_PAGES - OUTSIDE == {name.partition(" ")[0] for name in places}


def test_axe_finds_nothing_at_the_desk(enter, omar: BrowserOrganizer, places: dict[str, str], language: str) -> None:
    page = enter(viewport={"width": 390, "height": 800})

    assert look(page, omar, places, language, find_violations) == {}


def test_axe_finds_nothing_on_the_way_in(campaign: Campaign, new_context: Callable[..., BrowserContext], language: str) -> None:
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    found = {}
    for name, path in {"enter": "enter", "set up": f"set-up/{invited(campaign)}", "over": "set-up/of-nobody"}.items():
        page.goto(f"/{language}/organize/{path}")
        found[name] = find_violations(page)
        if name != "over":
            page.locator("main form .button").click()
            page.locator("#errors").wait_for()
            found[f"{name} with mistakes"] = find_violations(page)

    assert {name: answer for name, answer in found.items() if answer} == {}


def test_no_page_of_the_desk_scrolls_sideways_at_320_pixels_and_each_button_fits_a_thumb(
    enter, omar: BrowserOrganizer, places: dict[str, str], language: str
) -> None:
    page = enter(viewport={"width": 320, "height": 640})
    question = f"() => [...({TOO_WIDE})(), ...({SMALL})(), ...({OVERLAPPING})()]"

    assert look(page, omar, places, language, lambda page: page.evaluate(question)) == {}


def test_an_organizer_logs_in_and_finds_a_signature_without_a_mouse(
    new_context: Callable[..., BrowserContext], omar: BrowserOrganizer, places: dict[str, str], language: str
) -> None:
    page = new_context().new_page()
    page.goto(f"/{language}/organize/")
    for field, typed in (("email", omar.email), ("passphrase", PASSPHRASE), ("code", omar.code())):
        go_to(page, field) if field == "email" else page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.locator("#numbers")).to_be_visible()

    page.goto(f"/{language}/organize/signatures")
    go_to(page, "name")
    page.keyboard.type("Sample 9")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Sample 9")
    for _ in presses(page):
        if page.evaluate("document.activeElement.matches('main a[href*=\"/signatures/\"]')"):
            break
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Sample 9")
    assert "/organize/signatures/" in page.url


@pytest.mark.parametrize("place", ["overview", "review", "signatures", "wave"])
def test_at_the_desk_the_focus_is_always_seen(enter, places: dict[str, str], language: str, place: str) -> None:
    page = enter()
    page.goto(f"/{language}/organize/{places[place]}")

    reached = list(presses(page))

    assert len(reached) > 8
    assert [here["name"] for here in reached if here["outline"] < 2 or not here["seen"]] == []


def test_time_and_lengths_run_as_the_page_is_read(enter, places: dict[str, str], language: str) -> None:
    page = enter()
    page.goto(f"/{language}/organize/")

    plot = page.locator("svg.columns").bounding_box()
    edges = [one.bounding_box() for one in page.locator("svg.columns rect").all()]
    assert plot
    begins = [box["x"] - plot["x"] for box in edges if box]
    assert begins == sorted(begins, reverse=language == "ar")
    first, last = page.locator(".plot figcaption span").all()
    assert (first.bounding_box()["x"] > last.bounding_box()["x"]) == (language == "ar")
    for bar in page.locator("svg.bar").all():
        whole, drawn = bar.bounding_box(), bar.locator("rect").bounding_box()
        gap = whole["x"] + whole["width"] - drawn["x"] - drawn["width"] if language == "ar" else drawn["x"] - whole["x"]
        assert abs(gap) < 1


def test_the_days_of_the_plan_are_set_with_a_keyboard_on_a_telephone_and_everybody_reads_them(
    enter: Callable[..., Page], omar: BrowserOrganizer, language: str
):
    page = enter(viewport={"width": 320, "height": 640})
    page.goto(f"/{language}/organize/plan")
    omar.prove(page)
    page.locator("#closes_on").fill("2027-03-01")
    page.locator("#hand_over_on").fill("2027-03-09" if language == "en" else "2027-03-10")
    page.locator("main form .button").press("Enter")

    expect(page.locator(".done")).to_be_visible()
    page.wait_for_timeout(2000)  # the pages know of a change within a second
    page.goto(f"/{language}/petition")
    expect(page.locator("#plan + ul")).to_contain_text(
        {"en": "The last day to sign is 1 March 2027.", "ar": "1 آذار 2027"}[language]
    )
