"""What there is to print: each print's name, its template, and the words it is filled with."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from flask_babel import gettext

from campaign.languages import LANGUAGES, SOURCE, speaking
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.prints import paper_form
from campaign.state import state


@dataclass(frozen=True)
class Print:
    """One file to draw."""

    name: str
    template: str
    ending: str
    data: dict[str, Any]  # becomes JSON


def all_prints() -> Iterator[Print]:
    """All that the site gives out, in the order in which people ask for it."""
    latest = current_snapshot()
    if not latest.is_testimony_withdrawn:
        yield from map(card, LANGUAGES)
        yield from map(testimony, LANGUAGES)
        yield from (beside(code, other) for code, other in permutations(LANGUAGES, 2))
    if not (latest.is_testimony_withdrawn and latest.is_closed):
        yield from map(sheet, LANGUAGES)


def testimony(code: str) -> Print:
    """The testimony in one language, as the pages of a small book."""
    return Print(f"testimony.{code}", "testimony.typ", "pdf", _witness(code, f"/{code}/testimony"))


def beside(code: str, other: str) -> Print:
    """The testimony in two languages, paragraph by paragraph."""
    address = f"/{code}/testimony/beside/{other}"
    data = {"lang": code, "voices": [_witness(code, address), _witness(other, address)]}
    return Print(f"testimony.{code}.{other}", "beside.typ", "pdf", data)


def sheet(code: str) -> Print:
    """The sheet for signatures on paper, in two languages: the reader's and the source's, or the first other one."""
    codes = [code, SOURCE if code != SOURCE else next((other for other in LANGUAGES if other != code), code)]
    data = {
        "lang": code,
        "address": state().settings.base_url,
        "code": paper_form.address_qr_svg(state().settings.base_url),
        "voices": [paper_form.form_texts(one) for one in codes],
    }
    return Print(f"sheet.{code}", "sheet.typ", "pdf", data)


def card(code: str) -> Print:
    """The picture that stands beside a shared link: 1200 x 630, as the Open Graph protocol's readers want it."""
    texts = shown_texts()[code]
    with speaking(code):
        data = {
            "lang": code,
            "title": texts.testimony.title,
            "campaign": gettext("A call from Idlib"),
            "letter": texts.petition.title,
        }
    return Print(f"card.{code}", "card.typ", "png", data)


def _witness(code: str, path: str) -> dict[str, Any]:
    """The testimony with all that is to be said of it."""
    text = shown_texts()[code].testimony
    with speaking(code):
        name = gettext("A call from Idlib")
        noted = list(dict.fromkeys(str(paragraph.note) for paragraph in text.paragraphs if paragraph.note))
    return {
        "lang": code,
        "title": text.title,
        "byline": text.meta["byline"],
        "undated": text.meta["undated"],
        "notes": [*filter(None, (text.standing, text.meta["warning"])), *noted],
        "paragraphs": [paragraph.words for paragraph in text.paragraphs],
        "campaign": name,
        "address": state().settings.base_url + path,
    }
