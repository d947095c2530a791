"""The prints of a package, each in one language: the page for the leader's desk, the letter, and what goes with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from campaign.handover.numbers import country_sentences, number_sentence, proof_sentences, supporter_sentences
from campaign.languages import LANGUAGES, day, isolate, number, speaking
from campaign.petition.deliveries import FrozenCount
from campaign.petition.offices import Addressee
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.prints import documents
from campaign.prints.documents import Print, plain_paragraphs
from campaign.state import state


@dataclass(frozen=True)
class Handover:
    """What a package is filled with."""

    office: Addressee
    count: FrozenCount
    day: date
    person: str = ""  # one person who answers, where one is named
    postal: str = ""  # the postal address of the campaign
    is_testimony_withdrawn: bool = False


def prints_of(handover: Handover, code: str) -> Iterator[Print]:
    """Yield the prints of a package in one language, in the order of its folder."""
    with speaking(code):
        yield _print("1-page", code, "handover-page.typ", page_for_the_desk(handover, code))
        yield _print("2-letter", code, "handover-text.typ", letter(handover, code))
    if not handover.is_testimony_withdrawn:
        found = documents.testimony(code)
        yield Print(f"3-testimony.{code}", found.template, found.ending, found.data)
    with speaking(code):
        yield _print("4-press", code, "handover-text.typ", press(handover, code))
        yield _print("5-points", code, "handover-text.typ", talking_points(handover, code))
        yield _print("6-count", code, "handover-count.typ", count_sheet(handover, code))
        yield _print("7-slip", code, "handover-slip.typ", slip(handover, code))


def _print(name: str, code: str, template: str, data: dict[str, Any]) -> Print:
    sample = gettext("A sample: these signatures are made up.") if current_snapshot().is_sample else ""
    shared = {
        "lang": code,
        "campaign": state().words.title(code),
        "address": state().settings.origin,
        "sample": sample,
        "pages": documents.page_count(code),
    }
    return Print(f"{name}.{code}", template, "pdf", shared | data)


def page_for_the_desk(handover: Handover, code: str) -> dict[str, Any]:
    """Return the words of the one page that a leader gets."""
    own = shown_texts()[code].petition
    hashes = "  ".join(f"{one} {sha256}" for one, sha256 in handover.count.text_sha256.items())
    return {
        "title": own.title,
        "to": handover.office.name(code),
        "day": day(handover.day, LANGUAGES[code]),
        "ask_label": gettext("What we ask"),
        "ask": str(own.meta["call"]),
        "number": number(handover.count.confirmed, LANGUAGES[code]),
        "count": [
            number_sentence(handover.count, code),
            *country_sentences(handover.count, handover.office, code),
            *supporter_sentences(code),
        ],
        "proof_label": gettext("What this number means"),
        "proof": proof_sentences(),
        "who_label": gettext("Who is responsible for the campaign"),
        "who": state().words.contact,
        "fields": [
            {"label": gettext("A contact person"), "words": handover.person},
            {"label": gettext("Postal address"), "words": handover.postal},
        ],
        "hash_label": gettext("Fingerprints of the letter (SHA-256)"),
        "hashes": hashes,
    }


def letter(handover: Handover, code: str) -> dict[str, Any]:
    """Return the letter, with its addressees and a line for a handwritten signature."""
    own = shown_texts()[code].petition
    return {
        "title": own.title,
        "lead": handover.office.name(code),
        "note": own.standing,
        "paragraphs": plain_paragraphs(own),
        "points": [],
        "closing": [gettext("For the campaign, signed by hand:")],
        "line": True,
    }


def press(handover: Handover, code: str) -> dict[str, Any]:
    """Return a notice for the press: nothing in it that the campaign does not know."""
    own = shown_texts()[code].petition
    paragraphs = [
        gettext(
            "The campaign “%(campaign)s” delivers its letter “%(title)s” to this office: %(office)s.",
            campaign=isolate(state().words.title(code)),
            title=isolate(own.title),
            office=isolate(handover.office.name(code)),
        ),
        str(own.meta["call"]),
        " ".join(
            [
                number_sentence(handover.count, code),
                *country_sentences(handover.count, handover.office, code),
                *supporter_sentences(code),
            ]
        ),
        " ".join(proof_sentences()),
        gettext("You can read the full letter at the address below, in each language of the site."),
    ]
    answers = gettext("Who is responsible for the campaign: %(contact)s", contact=isolate(state().words.contact))
    return {
        "title": gettext("Notice for the press"),
        "lead": day(handover.day, LANGUAGES[code]),
        "note": "",
        "paragraphs": paragraphs,
        "points": [],
        "closing": [
            *([answers] if state().words.contact else []),
            *([gettext("Contact person: %(person)s", person=isolate(handover.person))] if handover.person else []),
        ],
        "line": False,
    }


def talking_points(handover: Handover, code: str) -> dict[str, Any]:
    """Return what to say at the handover, and what not to say."""
    text = shown_texts()[code].write
    return {
        "title": gettext("What to say at the handover"),
        "lead": handover.office.name(code),
        "note": "",
        "paragraphs": [
            " ".join([number_sentence(handover.count, code), *country_sentences(handover.count, handover.office, code)])
        ],
        "points": [part.words for id_, part in text.parts.items() if id_.startswith("point-")],
        "closing": [
            gettext("Ask one question that the office can answer, and ask when it will answer."),
            gettext("Do not name any signer. Add nothing to the letter: no number, year or place that is not in it."),
            gettext(
                "Have the slip filled in, and photograph it and the sheet with the number. Ask people before you photograph them."
            ),
        ],
        "line": False,
    }


def count_sheet(handover: Handover, code: str) -> dict[str, Any]:
    """Return the sheet with the number, to be photographed with."""
    return {
        "title": shown_texts()[code].petition.title,
        "number": number(handover.count.confirmed, LANGUAGES[code]),
        "count": number_sentence(handover.count, code),
    }


def slip(handover: Handover, code: str) -> dict[str, Any]:
    """Return the slip on which the receiver says that it came."""
    own = shown_texts()[code].petition
    return {
        "title": gettext("Received"),
        "what": gettext(
            "The letter “%(title)s”, and the number of its signatures: %(count)s.",
            title=isolate(own.title),
            count=number(handover.count.confirmed, LANGUAGES[code]),
        ),
        "to": handover.office.name(code),
        "fields": [gettext("Name"), gettext("Day"), gettext("Signature"), gettext("Stamp")],
    }


def languages_of(office: Addressee, wanted: str | None, source: str) -> list[str]:
    """Return the languages of a package: one that was asked for, or that the office reads, or the source's; then the others."""
    reads = [code for code in office.details.languages if code in LANGUAGES]
    first = wanted or (reads[0] if reads else source)
    return [first, *(code for code in LANGUAGES if code != first)]
