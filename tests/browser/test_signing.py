"""Somebody signs, the whole way, as a person does: by looking at pages and pressing what stands there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Signer
from tests.servers import wait_until


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(new_context: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Page:
    """A page in a browser with JavaScript, and in one without."""
    return new_context(java_script_enabled=request.param).new_page()


def fill_in(page: Page, signer: Signer) -> None:
    """The two lines and the tick that every form has."""
    page.locator("#name").fill(signer.name)
    page.locator("#email").fill(signer.email)
    page.locator("#consent").check()


def test_a_reader_signs_on_the_first_page_and_confirms_from_the_letter(page: Page, signer: Signer) -> None:
    page.goto(f"/{signer.language}/")
    page.locator(".call .button").click()
    fill_in(page, signer)

    page.locator("#sign .button").click()

    expect(page.locator("main .first")).to_contain_text(signer.email)
    page.goto(signer.link())
    page.locator("button[value=confirm]").click()
    expect(page.locator("h1")).to_contain_text({"en": "Thank you.", "ar": "شكرًا."}[signer.language])
    expect(page.locator("main h2").first).to_have_attribute("id", "share")  # the next thing offered


def test_a_signer_shows_a_name_hides_it_and_withdraws(page: Page, signer: Signer) -> None:
    page.goto(f"/{signer.language}/sign")
    fill_in(page, signer)
    shown = f"Layla {in_letters(signer.email[6:14])}"
    page.locator("#shown_as").fill(shown)
    page.locator("#country").select_option("SY")
    page.locator("main form .button").click()
    page.goto(signer.link())
    page.locator("button[value=confirm]").click()

    signer.campaign.pass_a_day()
    page.goto(f"/{signer.language}/signatures")
    expect(page.locator("bdi", has_text=shown)).to_have_count(1)

    page.goto(signer.link())
    page.locator("button[value=hide]").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.goto(f"/{signer.language}/signatures")
    expect(page.locator("bdi", has_text=shown)).to_have_count(0)

    page.goto(signer.link())
    page.locator("a[href$='?ask=withdraw']").click()
    page.locator("button[name=act][value=withdraw]").click()
    expect(page.locator("h1")).to_have_text({"en": "The signature was withdrawn", "ar": "سُحب التوقيع"}[signer.language])
    assert page.goto(signer.link()).status == 410  # type: ignore[union-attr]


def test_a_signer_asks_for_news_ends_it_and_asks_again(page: Page, signer: Signer) -> None:
    page.goto(f"/{signer.language}/sign")
    fill_in(page, signer)
    page.locator("#news").check()
    page.locator("main form .button").click()
    page.goto(signer.link())
    page.locator("button[value=confirm]").click()

    page.goto(signer.link())
    page.locator("button[value=news]").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.locator("#news_email").fill("somebody.else@example.org")
    page.locator("button[value=ask]").click()
    expect(page.locator("#errors")).to_be_visible()
    page.locator("#news_email").fill(signer.email)
    page.locator("button[value=ask]").click()
    expect(page.locator("button[value=news]")).to_be_visible()
    expect(page.locator("button[value=ask]")).to_have_count(0)


def test_somebody_whose_address_a_stranger_used_sees_the_words_and_deletes_them(page: Page, signer: Signer) -> None:
    link = signer.sign(shown_as="Words of a stranger").link()
    page.goto(link)
    expect(page.locator("dd bdi")).to_have_text("Words of a stranger")

    page.locator("button[value=delete]").click()

    expect(page.locator("h1")).to_have_text({"en": "The request was deleted", "ar": "حُذف الطلب"}[signer.language])
    assert page.goto(link).status == 404  # type: ignore[union-attr]


def in_letters(digits: str) -> str:
    """Return hexadecimal digits as letters: a name with many digits waits until an organizer has looked at it."""
    return digits.translate(str.maketrans("0123456789", "ghijklmnop"))


def test_somebody_whose_name_is_shown_and_who_did_not_sign_reports_it(page: Page, signer: Signer) -> None:
    shown = f"Sami {in_letters(signer.email[6:14])}"
    signer.sign(shown_as=shown).confirm()
    signer.campaign.pass_a_day()
    page.goto(f"/{signer.language}/signatures")
    page.locator("main a[href$='/signatures/report']").click()
    page.locator("#shown_as").fill(shown)

    page.locator("main form .button").click()

    expect(page).to_have_url(re.compile("/signatures/reported$"))


def test_what_was_typed_stays_when_something_is_missing(page: Page, signer: Signer) -> None:
    page.goto(f"/{signer.language}/")
    page.locator("#name").fill(signer.name)

    page.locator("#sign .button").click()

    expect(page.locator("#errors li")).to_have_count(2)
    expect(page).to_have_title(re.compile({"en": "^Error: ", "ar": "^خطأ: "}[signer.language]))
    expect(page.locator("#name")).to_have_value(signer.name)
    expect(page.locator("#email-error")).to_have_text(page.locator("#errors a[href='#email']").inner_text())


def test_a_page_left_open_confirms_nothing_by_itself(context: BrowserContext, signer: Signer) -> None:
    page = context.new_page()
    link = signer.sign().link()
    page.goto(link)

    page.wait_for_timeout(5000)

    expect(page.locator("button[value=confirm]")).to_be_visible()
    page.goto(link)
    expect(page.locator("button[value=confirm]")).to_be_visible()  # still the page that asks


def test_somebody_who_lost_the_letter_gets_the_link_again(page: Page, signer: Signer) -> None:
    signer.sign(shown_as="Layla").confirm()
    first = signer.link()
    page.goto(f"/{signer.language}/sign")
    page.locator(f"a[href='/{signer.language}/link']").first.click()
    page.locator("#email").fill(signer.email)

    page.locator("main form .button").click()

    expect(page.locator("main .first")).to_contain_text(signer.email)
    wait_until(lambda: len(signer.letters()) == 2)
    assert signer.link() != first
    page.goto(signer.link())
    expect(page.locator("dd bdi")).to_have_text("Layla")


def test_a_reader_searches_the_names(page: Page, signer: Signer) -> None:
    shown = f"Nour {in_letters(signer.email[6:14])}"
    signer.sign(shown_as=shown).confirm()
    signer.campaign.pass_a_day()
    page.goto(f"/{signer.language}/")
    page.locator(".call .asof a").click()
    page.locator("#sought").fill(shown.upper())

    page.locator("main form .button").click()

    expect(page.locator("main li bdi")).to_have_text([shown])
    expect(page).to_have_url(re.compile("/signatures$"))
