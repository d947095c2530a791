"""320 pixels, which is also 1280 at 400 percent (WCAG 1.4.10), wider text (1.4.12), and targets for a thumb (2.5.8)."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.browser.places import visit

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth, out = (box) => box.left < -1 || box.right > wide + 1;
  const hidden = (one) => one.closest(".unseen, .skip, select, textarea") || !one.getClientRects().length;
  const found = [...document.querySelectorAll("body *")].filter((one) => !hidden(one) && out(one.getBoundingClientRect()));
  const scrolls = document.scrollingElement.scrollWidth > wide;
  return found.map((one) => one.outerHTML.slice(0, 90)).concat(scrolls ? ["the page scrolls sideways"] : []);
}"""

SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""

CLIPPED = """() => [...document.querySelectorAll("body *")]
  .filter((one) => !one.closest(".unseen, .skip, textarea, input, progress, select") && one.getClientRects().length)
  .filter((one) => getComputedStyle(one).display !== "inline")
  .filter((one) => getComputedStyle(one).overflow !== "visible" || getComputedStyle(one).maxHeight !== "none")
  .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 90))"""

OVERLAPPING = """() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), lines = [], found = [];
  while (words.nextNode()) {
    const one = words.currentNode.parentElement, range = document.createRange();
    if (!words.currentNode.data.trim() || one.closest(".unseen, .skip, select, textarea") || !one.checkVisibility()) continue;
    range.selectNodeContents(words.currentNode);
    const block = one.closest("a, p, li, h1, h2, dt, dd, label, summary, button, progress");
    for (const box of range.getClientRects()) lines.push([block, box, box.height / 4]);  // letters fill half of a line
  }
  for (const [place, [one, a, trim]] of lines.entries()) for (const [two, b, cut] of lines.slice(place + 1)) {
    if (one === two || one?.contains(two) || two?.contains(one)) continue;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom - trim, b.bottom - cut) - Math.max(a.top + trim, b.top + cut);
    if (wide > 1 && high > 1) found.push(`${one?.outerHTML.slice(0, 60)} / ${two?.outerHTML.slice(0, 60)}`);
  }
  return found;
}"""

SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((one) => !one.closest(".unseen, .skip") && one.getClientRects().length)
  .filter((one) => getComputedStyle(one).display !== "inline")  // within a sentence
  .map((one) => [one, one.getBoundingClientRect(), ["checkbox", "radio"].includes(one.type) || one.matches(".place") ? 24 : 44])
  .filter(([one, box, least]) => box.height < least - .5 || box.width < Math.min(least, 44) - .5)
  .map(([one, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${one.outerHTML.slice(0, 90)}`)"""


def look(page: Page, places: dict[str, str], question: str) -> dict[str, list[str]]:
    """What a question finds on every page, by the page's name."""
    found = {}
    for name, address in places.items():
        visit(page, name, address)
        found[name] = page.evaluate(question)
    return {name: answer for name, answer in found.items() if answer}


def test_no_page_scrolls_sideways_at_320_pixels(telephone: Page, all_places: dict, language: str) -> None:
    assert look(telephone, all_places[language], TOO_WIDE) == {}


def test_what_is_pressed_is_44_pixels_high(telephone: Page, all_places: dict, language: str) -> None:
    assert look(telephone, all_places[language], SMALL) == {}


def test_text_as_it_is_and_wider_is_neither_cut_off_nor_laid_over_other_text(
    context: BrowserContext, all_places: dict, language: str
) -> None:
    page = context.new_page()
    question = f"() => [...({TOO_WIDE})(), ...({CLIPPED})(), ...({OVERLAPPING})()]"
    found = {}

    for name, address in all_places[language].items():
        visit(page, name, address)
        for spacing in ("as it is", "wider"):
            if spacing == "wider":
                page.evaluate(SPACED)
            for width in (320, 768, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                found[f"{name}, {spacing}, {width}"] = page.evaluate(question)

    assert {place: answer for place, answer in found.items() if answer} == {}


def test_who_speaks_what_is_asked_how_many_and_the_button_fit_a_small_old_phone(
    new_context: Callable[..., BrowserContext], language: str
) -> None:
    page = new_context(viewport={"width": 360, "height": 560}).new_page()
    page.goto(f"/{language}/")
    page.locator(".sample").evaluate("(banner) => banner.remove()")  # which a real campaign does not have

    for part in ("h1", ".byline", ".ask", ".total", ".call .button"):
        box = page.locator(part).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 560, part
