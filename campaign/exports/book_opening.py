"""How the book of names opens: how many signed, how many of them show a name, which names are in it, and the letter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from campaign.database import now
from campaign.exports.rows import SignatureFilter
from campaign.languages import LANGUAGES, Language, countries, day, number
from campaign.petition import counting
from campaign.petition.models import Publication
from campaign.petition.snapshot import shown_texts
from campaign.petition.versions import SignedVersions, count_versions
from campaign.prints.documents import plain_paragraphs
from campaign.state import state


@dataclass(frozen=True)
class Signed:
    """How many signed on the whole, whichever names are in the book."""

    number: int
    until: date
    shown: int | None  # of them show a name; none: not counted on that day
    versions: SignedVersions | None
    is_sample: bool


def read_signed(session: Session) -> Signed:
    """Return how many signatures there are now."""
    shown = SignatureFilter(shown=True).select(sa.func.count())
    return Signed(
        number=counting.count(session),
        shown=session.scalar(shown) or 0,
        versions=count_versions(state().snapshots.shown().versions, counting.count_by_text(session)),
        until=now().date(),
        is_sample=session.get_one(Publication, 1).is_sample,
    )


def signed_sentences(signed: Signed, say: Language) -> Iterator[str]:
    """Say how many signed and until which day, how many show their name, and which letter they signed."""
    if signed.is_sample:
        yield gettext("A sample: these signatures are made up.")
    yield ngettext(
        "%(count)s signature, as of %(day)s.",
        "%(count)s signatures, as of %(day)s.",
        signed.number,
        count=number(signed.number, say),
        day=day(signed.until, say),
    )
    if signed.shown is not None:
        yield ngettext(
            "%(count)s of them shows a name.", "%(count)s of them show a name.", signed.shown, count=number(signed.shown, say)
        )
    if signed.versions:
        yield from _version_sentences(signed.versions, say)


def _version_sentences(versions: SignedVersions, say: Language) -> Iterator[str]:
    if versions.earlier or versions.unknown:
        yield ngettext(
            "%(count)s signature is on this letter.",
            "%(count)s signatures are on this letter.",
            versions.current,
            count=number(versions.current, say),
        )
    if versions.earlier:
        yield ngettext(
            "%(count)s signature is on earlier versions.",
            "%(count)s signatures are on earlier versions.",
            versions.earlier_number,
            count=number(versions.earlier_number, say),
        )
    if versions.unknown:
        yield ngettext(
            "%(count)s signature is on a text that was not kept.",
            "%(count)s signatures are on a text that was not kept.",
            versions.unknown,
            count=number(versions.unknown, say),
        )


def filter_sentences(wanted: SignatureFilter, say: Language) -> Iterator[str]:
    """Say which names are in the book and which were left out."""
    yield gettext(
        "Only names that signers chose to make public appear here, as they wrote them. Within each day the order is random."
    )
    if wanted.since:
        yield gettext("Only signatures from %(day)s onwards.", day=day(wanted.since, say))
    if wanted.until:
        yield gettext("Only signatures until %(day)s.", day=day(wanted.until, say))
    for office in state().words.addressees:
        if office.key == wanted.handed_to:
            yield gettext("To be handed to: %(office)s.", office=office.name(say.code))
    if wanted.after:
        yield gettext(
            "Only signatures made after %(day)s: people who signed earlier were not told about this addressee.",
            day=day(wanted.after, say),
        )
    if wanted.country:
        yield gettext("Only signatures from this country: %(country)s.", country=dict(countries(say.code))[wanted.country])
    if wanted.language:
        language = LANGUAGES[wanted.language].name
        yield gettext("Only signatures under the letter in this language: %(language)s.", language=language)


def opening_letter(code: str) -> dict[str, Any]:
    """Return the public letter and its addressees."""
    letter = shown_texts()[code].petition
    return {
        "label": gettext("The letter"),
        "title": letter.title,
        "note": letter.standing,
        "paragraphs": plain_paragraphs(letter),
        "to": gettext("Who it is addressed to"),
        "addressees": [addressee["name"] for addressee in letter.meta["addressees"]],
    }
