"""What there is to print: each print's name, its template, and the words it is filled with.

The sheet for signatures on paper asks for a name and a signature and for nothing that finds a person: what is not asked for
cannot fall into wrong hands.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import segno
from flask_babel import gettext

from campaign.content.pages import MARKDOWN, Text
from campaign.languages import LANGUAGES, SOURCE, speaking
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.state import state


@dataclass(frozen=True)
class Print:
    """One file to draw."""

    name: str
    template: str
    ending: str
    data: dict[str, Any]  # becomes JSON


def all_prints() -> Iterator[Print]:
    """Yield all that the site gives out, in the order in which people ask for it."""
    latest = current_snapshot()
    if not latest.is_testimony_withdrawn:
        yield from map(card, LANGUAGES)
        yield from map(testimony, LANGUAGES)
        yield from (beside(code, other) for code, other in permutations(LANGUAGES, 2))
    if not (latest.is_testimony_withdrawn and latest.is_closed):
        yield from map(sheet, LANGUAGES)


def testimony(code: str) -> Print:
    """Return the testimony in one language, as the pages of a small book."""
    data = _testimony_data(code, f"/{code}/testimony") | {"pages": page_count(code)}
    return Print(f"testimony.{code}", "testimony.typ", "pdf", data)


def beside(code: str, other: str) -> Print:
    """Return the testimony in two languages, paragraph by paragraph."""
    address = f"/{code}/testimony/beside/{other}"
    voices = [_testimony_data(code, address), _testimony_data(other, address)]
    data = {"lang": code, "pages": page_count(code), "voices": voices}
    return Print(f"testimony.{code}.{other}", "beside.typ", "pdf", data)


def sheet(code: str) -> Print:
    """Return the sheet for signatures on paper, in two languages: the reader's and the source's, or the first other one."""
    codes = [code, SOURCE if code != SOURCE else next((other for other in LANGUAGES if other != code), code)]
    data = {
        "lang": code,
        "pages": page_count(code),
        "address": state().settings.origin,
        "code": address_qr_svg(state().settings.origin),
        "voices": [form_texts(one) for one in codes],
    }
    return Print(f"sheet.{code}", "sheet.typ", "pdf", data)


def card(code: str) -> Print:
    """Return the picture for a shared link: 1200 x 630, the size for Open Graph."""
    texts = shown_texts()[code]
    with speaking(code):
        data = {
            "lang": code,
            "title": texts.testimony.title,
            "campaign": state().words.title(code),
            "letter": texts.petition.title,
        }
    return Print(f"card.{code}", "card.typ", "png", data)


def page_count(code: str) -> str:
    """Return the footer of a page; the typesetter adds the numbers."""
    with speaking(code):
        return str(gettext("%(page)s of %(pages)s", page="{page}", pages="{pages}"))


def _testimony_data(code: str, path: str) -> dict[str, Any]:
    """Return the testimony and what is said about it."""
    text = shown_texts()[code].testimony
    with speaking(code):
        name = state().words.title(code)
        noted = list(dict.fromkeys(str(paragraph.note) for paragraph in text.paragraphs if paragraph.note))
    return {
        "lang": code,
        "title": text.title,
        "byline": text.meta["byline"],
        "undated": text.meta["undated"],
        "notes": [*filter(None, (text.standing, text.meta["warning"])), *noted],
        "paragraphs": [paragraph.words for paragraph in text.paragraphs],
        "campaign": name,
        "address": state().settings.origin + path,
    }


def address_qr_svg(address: str) -> str:
    """Return the address as a QR code (ISO/IEC 18004), drawn as SVG; a quarter of it may be smudged."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="q").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def form_texts(lang: str) -> dict[str, Any]:
    """Return all words of the sheet in one language."""
    texts, contact = shown_texts()[lang], state().words.contact
    letter = texts.petition
    with speaking(lang):
        return {
            "lang": lang,
            "title": letter.title,
            "call": letter.meta["call"],
            "addressees": [addressee["name"] for addressee in letter.meta["addressees"]],
            "letter": plain_paragraphs(letter),
            "note": letter.standing,
            "sha256": state().texts[lang].consent_hash,
            "promises": promises(),
            "contact": contact,
            "campaign": state().words.title(lang),
            "sheet": gettext("Sheet for signatures on paper"),
            "overleaf": gettext("The letter is printed in full on the next page. Read it before you sign."),
            "consent": gettext(
                "By signing I explicitly agree that my signature under this letter is counted, although it shows a political"
                " opinion, and that the campaign keeps this sheet with my name. I can take this agreement back at any time."
            ),
            "name": gettext("Name or pen name"),
            "signature": gettext("Signature"),
            "shown": gettext("My name may be shown"),
            "online": gettext("Or sign on the site. Please sign only once."),
            "version": gettext("Fingerprint of the text (SHA-256)"),
            "to": gettext("Who it is addressed to"),
            "answers": gettext("Who is responsible for the campaign"),
            "happens": gettext("What happens to this sheet"),
        }


def promises() -> list[str]:
    """Return what happens with the sheet, a sentence or two for each thing that a signer should know."""
    return [
        gettext("Only a name with a mark in the last column may be published or handed over. All others are only counted."),
        gettext("Signatures on paper are counted separately from those on the site."),
        gettext("People who sign after you can read what you wrote. Ask for an empty sheet if you do not want that."),
        gettext("If you collect signatures, let nobody else read or photograph this sheet, and give it to the campaign."),
        gettext("To withdraw your signature, cross out its line, or write to the campaign once the sheet has been handed in."),
    ]


def plain_paragraphs(letter: Text) -> list[str]:
    """Return the paragraphs of the letter without their Markdown."""
    blocks = [block for block in MARKDOWN.parse(letter.body) if block.type == "inline"]
    return ["".join(part.content or " " for part in block.children or []) for block in blocks]
