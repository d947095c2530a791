"""The campaign's own words changed on a telephone in Arabic, with script and without: drafted, looked at, agreed to, public."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.organizers import new_organizer
from tests.servers import Campaign, wait_until

OLD, NEW = "افتحوا المكتبة", "أعيدوا فتح المكتبة"


@pytest.fixture
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A campaign whose words are nobody else's."""
    with Campaign(tmp_path_factory.mktemp("words") / "instance", workers=1, CAMPAIGN_LIMITS="off") as made:
        yield made


def follow(page: Page, words: str) -> None:
    """Follows a link or presses a button of the page by its words, as a finger does."""
    page.locator("main").get_by_text(words, exact=True).first.click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_word_of_the_letter_is_changed_on_a_telephone_in_arabic(
    new_context: Callable[..., BrowserContext], campaign: Campaign, script: bool
) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": script}
    omar, nour = new_organizer(campaign), new_organizer(campaign)
    page = omar.enter(new_context(**phone).new_page(), "ar")
    page.locator(".ways").get_by_text("النصوص").click()
    follow(page, "الرسالة")
    page.locator("#part-p3").get_by_text("تغيير").click()
    field = page.locator("textarea[lang=ar]")
    assert (field.get_attribute("dir"), page.locator("textarea[lang=en]").get_attribute("dir")) == ("rtl", "ltr")
    field.fill(field.input_value().replace(OLD, NEW))
    follow(page, "حفظ المسوّدة")
    follow(page, "معاينة")
    expect(page.locator("main")).to_contain_text(NEW)
    assert page.locator("main [href]").count() == 0
    page.get_by_text("العودة إلى النصوص").click()
    page.wait_for_load_state()
    page.locator("main").get_by_text("عرض التغييرات والنشر").click()
    page.wait_for_load_state()
    omar.prove(page)
    expect(page.locator("main ins").last).to_be_visible()
    follow(page, "أطلب موافقة شخص ثانٍ من فريق الحملة")

    second = nour.enter(new_context(**phone).new_page(), "ar")
    second.locator(".ways a[href$='/requests']").click()
    second.wait_for_load_state()
    second.locator("main").get_by_text("عرض ما سيُنشر").click()
    nour.prove(second)
    expect(second.locator("main ins").last).to_be_visible()
    follow(second, "أوافق على التنفيذ")

    def shows_the_new_words() -> bool:
        reader = new_context().new_page()  # somebody new each time: a browser keeps a page that it has seen for a minute
        reader.goto("/ar/petition")
        return NEW in reader.locator(".letter").inner_text()

    wait_until(shows_the_new_words)  # within seconds: what is public is read again once a second
