"""Make the campaign's own words public: the first values at the first start, later ones by `campaign publish` alone."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.petition.models import Signature
from campaign.petition.offices import Details
from campaign.petition.published import LETTERS, Key, PublishedText, TextKind, Words, new_row, read_rows
from campaign.petition.word_values import value_faults

PUBLISH_WORDS_LOCK = b"words..."  # two that publish words at once take turns
KIND_NAMES = {
    TextKind.LETTER: "the letter",
    TextKind.LETTER_WITHOUT_TESTIMONY: "the letter without the testimony",
    TextKind.TITLE: "the title",
    TextKind.ADDRESSEE: "the addressee",
    TextKind.CONTACT: "the contact",
    TextKind.GOAL: "the goal",
    TextKind.DELIVERIES: "what was delivered",
    TextKind.UPDATE: "the update",
    TextKind.EVENT: "what became of the delivery",
    TextKind.ABOUT: "the page about the site",
    TextKind.PRIVACY: "the page about privacy",
}
DIFFER = (
    "The files and settings differ from what is published ({}). The site goes on showing what is published;"
    " `campaign publish` shows the difference and publishes it."
)


class CannotPublish(Exception):
    """Words that are not to be made public; the message is one sentence."""


def publish_first_values(session: Session, values: Mapping[Key, Any], today: date) -> None:
    """Publish all words that are not empty and have no row yet; raise CannotPublish. Leave published words alone."""
    known = {(row.kind, row.name) for row in read_rows(session)}
    has_addressees = any(kind == TextKind.ADDRESSEE for kind, _ in known)
    for (kind, name), value in values.items():
        is_new = (kind, name) not in known and value not in ("", None)
        if is_new and not (kind == TextKind.ADDRESSEE and has_addressees):  # a later one is published, and not found in a file
            for problem in _value_problems((kind, name), value):
                raise CannotPublish(problem)
            row = new_row((kind, name), value, today)
            row.day = _first_signed_on(session, row.sha256) or today
            session.add(row)


def _first_signed_on(session: Session, sha256: str | None) -> date | None:
    """Return the day since which a text is signed, where it was signed before its words were kept here."""
    if sha256 is None:
        return None
    # Rare, so no index of texts is kept for it: what counts is on an index, and the few that are held or removed are read.
    is_removed, is_held = Signature.removal_id.is_not(None), Signature.held_in.is_not(None)
    kinds = ((~is_removed, ~is_held), (~is_removed, is_held), (is_removed,))
    signed = sa.select(Signature.confirmed_on).where(Signature.text_sha256 == sha256).order_by(Signature.confirmed_on).limit(1)
    oldest = (signed.where(*kind) for kind in kinds)
    return min(filter(None, map(session.scalar, oldest)), default=None)


def differences(words: Words, values: Mapping[Key, Any]) -> dict[Key, tuple[Any, Any]]:
    """Return where files and settings differ from what is public: both values, by kind and name.

    An addressee that is no longer in the files is among them, with None. What was published at the desk is not: there it is
    changed from then on, so that an update of the files neither collides with it nor takes it back.
    """
    current = words.current
    gone = {key: None for key in current if key[0] == TextKind.ADDRESSEE and key not in values}
    wanted = {key: value for key, value in {**values, **gone}.items() if key not in words.of_the_desk}
    return {key: (current.get(key), value) for key, value in wanted.items() if (current.get(key) or None) != (value or None)}


def difference_sentence(found: Mapping[Key, object]) -> str:
    """Return in one sentence what differs; empty where nothing does."""
    names = [f"{KIND_NAMES[TextKind(kind)]} {name}".strip() for kind, name in found]
    return DIFFER.format(", ".join(names)) if names else ""


def publish_words(session: Session, words: Words, values: Mapping[Key, Any], today: date) -> list[PublishedText]:
    """Publish what differs and return the new rows; raise CannotPublish where an addressee would be taken back."""
    found = differences(words, values)
    for problem in publishing_problems(found):
        raise CannotPublish(problem)
    rows = [new_row(key, wanted, today) for key, (_, wanted) in found.items()]
    session.add_all(rows)
    return rows


def publishing_problems(found: Mapping[Key, tuple[Any, Any]]) -> Iterator[str]:
    """Say what must not be published, a sentence each."""
    for (kind, name), (was, wanted) in found.items():
        if wanted is not None:
            yield from _value_problems((kind, name), wanted)
        if kind == TextKind.ADDRESSEE and wanted is None:
            yield f"The addressee {name} is missing in the files: addressees are only added, so put it back."
        elif kind == TextKind.ADDRESSEE and was and was.get("within") != wanted.get("within"):
            yield f"The addressee {name} was published as it is: whether it belongs to another one cannot change any more."


def _value_problems(key: Key, value: Any) -> Iterator[str]:
    """Say what is not of the type that it has to be, a sentence each."""
    named = f"{KIND_NAMES[TextKind(key[0])]} {key[1]}".strip()
    yield from (f"{named}: {fault}" for fault in value_faults(key[0], value))


def as_lines(key: Key, value: Any) -> list[str]:
    """Return published words as lines to compare by eye."""
    if key[0] in LETTERS and value:
        front = [f"{name}: {said}" for name, said in value["meta"].items()]
        parts = (f"({part['note']}) {part['words']}" if part["note"] else part["words"] for part in value["paragraphs"])
        return [*front, *(line for words in parts for line in ("", *words.splitlines()))]
    if isinstance(value, dict):
        others = {"within": value.get("within", "")} | Details.of(value).as_value()
        return [f"{name}: {said}" for name, said in (value["names"] | others).items()]
    return [str(value)] if value else []
