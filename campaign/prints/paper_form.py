"""The sheet for signatures on paper: what it says in one language, and the code that leads to the site.

It asks for a name and a signature and for nothing that finds a person; what is not asked for cannot fall into wrong hands.
"""

import io
from typing import Any

import segno
from flask_babel import gettext

from campaign.content.pages import MARKDOWN, Text
from campaign.languages import speaking
from campaign.petition.snapshot import shown_texts
from campaign.state import state


def address_qr_svg(address: str) -> str:
    """The address as a QR code (ISO/IEC 18004), drawn as SVG; a quarter of it may be smudged."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="q").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()


def form_texts(lang: str) -> dict[str, Any]:
    """Everything that stands on the sheet in one language."""
    texts, contact = shown_texts()[lang], state().settings.contact
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
            **form_labels(),
        }


def form_labels() -> dict[str, str]:
    """The short words and sentences on the sheet, in the language that is being spoken."""
    return {
        "campaign": gettext("A call from Idlib"),
        "sheet": gettext("Sheet for signatures on paper"),
        "overleaf": gettext("The letter is printed in full on the next page. Read it before you sign."),
        "consent": gettext(
            "By signing I explicitly agree that my signature under this letter is counted, although it shows a political opinion,"
            " and that the campaign keeps this sheet with my name. I can take this agreement back at any time."
        ),
        "name": gettext("Name or pen name"),
        "signature": gettext("Signature"),
        "shown": gettext("My name may be shown"),
        "online": gettext("Or sign on the site. Please sign only once."),
        "version": gettext("Fingerprint of the text (SHA-256)"),
        "to": gettext("To whom it goes"),
        "answers": gettext("Who answers for the campaign"),
        "happens": gettext("What happens with this sheet"),
    }


def promises() -> list[str]:
    """What happens with the sheet, a sentence or two for each thing that a signer should know."""
    return [
        gettext("Only a name with a mark in the last column may be published or handed over. All others are only counted."),
        gettext("Signatures on paper are counted apart from those on the site."),
        gettext("Whoever signs after you can read what you wrote. Ask for an empty sheet if you do not want that."),
        gettext("Whoever collects signatures lets nobody else read or photograph this sheet, and gives it to the campaign."),
        gettext("To take a signature back, strike out its line, or write to the campaign once the sheet has been handed in."),
    ]


def plain_paragraphs(letter: Text) -> list[str]:
    """The paragraphs of the letter without their Markdown."""
    blocks = [block for block in MARKDOWN.parse(letter.body) if block.type == "inline"]
    return ["".join(part.content or " " for part in block.children or []) for block in blocks]
