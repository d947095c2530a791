"""How Arabic is set: as designed, in our own faces, never tracked, slanted, justified or made bold by the browser."""

import re

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

PAGES = ("home", "testimony", "beside", "petition", "sign-mistakes", "signatures", "privacy", "yours", "not-found")
BAD = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.closest("[lang]").lang === "ar" && one.innerText?.trim() && one.checkVisibility())
  .map((one) => [one, getComputedStyle(one)])
  .filter(([one, style]) => !["normal", "0px"].includes(style.letterSpacing) || style.fontStyle !== "normal"
    || style.textAlign === "justify" || style.textTransform !== "none"
    || parseFloat(style.fontSize) < 15
    || (/^H[12]$/.test(one.tagName) && parseFloat(style.lineHeight) < 1.35 * parseFloat(style.fontSize)))
  .map(([one]) => one.outerHTML.slice(0, 90))"""
LATIN = re.compile("[A-Za-z]")  # a Latin word in Arabic text is the system's
SHAPE = """(one) => {
  const style = getComputedStyle(one), size = parseFloat(style.fontSize);
  return [size, Math.round(100 * parseFloat(style.lineHeight) / size) / 100];
}"""
# The system's faces are meant for these: the other language's name, addresses, hashes, and what programs read.
OURS = """[...document.querySelectorAll("body *")].filter((one) =>
  [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
  && one.closest("[lang]").lang === document.documentElement.lang && one.checkVisibility()
  && !one.closest(".unseen, .switch, bdi[dir], [dir=auto], code, textarea, select, .printed"))"""


def faces(session: CDPSession, expression: str) -> list[tuple[str, float, list[dict]]]:
    """Which fonts the browser drew each of some elements with, beside its text and its weight."""
    session.send("DOM.enable")
    session.send("CSS.enable")
    session.send("DOM.getDocument")
    found = session.send("Runtime.evaluate", {"expression": expression})["result"]["objectId"]
    listed = session.send("Runtime.getProperties", {"objectId": found, "ownProperties": True})["result"]
    answer = []
    for one in (item["value"]["objectId"] for item in listed if item["name"].isdigit()):
        node = session.send("DOM.requestNode", {"objectId": one})["nodeId"]
        told = session.send(
            "Runtime.callFunctionOn",
            {
                "objectId": one,
                "returnByValue": True,
                "functionDeclaration": "function() { return [this.innerText, +getComputedStyle(this).fontWeight] }",
            },
        )["result"]["value"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        answer.append((told[0], told[1], fonts))
    return answer


@pytest.mark.parametrize("place", PAGES)
def test_arabic_is_never_tracked_slanted_justified_or_small(context: BrowserContext, all_places: dict, place: str) -> None:
    page = context.new_page()
    page.goto(all_places["ar"][place])

    assert page.evaluate(BAD) == []


def test_arabic_text_is_at_least_18_pixels_with_room_between_its_lines(telephone: Page) -> None:
    for address, text in (
        ("/ar/", ".passages p"),
        ("/ar/testimony", ".text p"),
        ("/ar/petition", ".body p"),
        ("/ar/about", ".prose > p"),
    ):
        telephone.goto(address)
        for words in ("body", text):
            size, leading = telephone.locator(words).last.evaluate(SHAPE)
            assert size >= 18, (address, words)
            assert leading >= 1.7, (address, words)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_letters_figures_and_marks_are_drawn_with_our_own_faces_and_bold_is_cut_not_made(
    context: BrowserContext, all_places: dict, language: str
) -> None:
    page = context.new_page()
    foreign, false_bold = [], []
    for place in PAGES:
        page.goto(all_places[language][place])
        page.evaluate("document.fonts.ready.then(() => true)")
        session = context.new_cdp_session(page)
        for text, weight, fonts in faces(session, OURS):
            from_others = sum(font["glyphCount"] for font in fonts if not font["isCustomFont"])
            is_address = text.isascii() and " " not in text  # a web address in Latin letters, its signs among them
            taken = len(text) if is_address else len(LATIN.findall(text))
            if from_others > (taken if language == "ar" else 0):
                foreign.append((place, text[:40], fonts))
            ours = [font["postScriptName"] for font in fonts if font["isCustomFont"]]
            false_bold += [(place, text[:40], face) for face in ours if weight > 500 and not face.endswith("strong")]
        session.detach()

    assert (foreign, false_bold) == ([], [])
