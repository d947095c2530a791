"""A package for an office is recorded, and what becomes of a delivery is added; each with a line of the audit."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account
from campaign.petition.deliveries import Delivery
from campaign.petition.published import PublishedText, TextKind, new_row
from campaign.petition.timelines import BEGINNINGS, FROM_THE_OFFICE, Event, EventKind, Timeline, read_timelines
from campaign.petition.word_parts import new_key

NEEDS_WORDS = (EventKind.HANDED_OVER, EventKind.LEFT_OUT, EventKind.ADDED)
NEEDS_QUOTE = (EventKind.ANSWERED, EventKind.TRANSLATED)


class NotPossible(Exception):
    """What was typed cannot have happened, or not in this order; its arguments are the name of a field and a sentence."""


def record_delivery(session: Session, delivery: Delivery, *, by: str, with_names: bool) -> None:
    """Keep what was written for an office. `by` is the e-mail of an account, or empty for a command on the server."""
    ledger.begin_change(session)
    session.add(delivery)
    session.flush()
    facts = {"handed_to": delivery.office, "number": delivery.counts["confirmed"]} | ({"shown": "✓"} if with_names else {})
    audit.record(session, by, Action.DELIVERY_WRITTEN, **facts)


def add_event(session: Session, value: Mapping[str, Any], *, timeline: str, by: Account, today: date) -> str:
    """Publish what happened, and return the key of its delivery: `timeline`, or a new one where that is empty.

    The same once more changes nothing. Raise NotPossible.
    """
    ledger.begin_change(session)
    found = {one.key: one for one in read_timelines(session, is_withdrawn="without_testimony" in value)}
    if same := _same_row(session, value, timeline):
        return same.name
    row = event_row(found, value, timeline=timeline, by=str(by.id), today=today)
    session.add(row)
    facts = {"handed_to": value["office"], "happened": value["kind"], "day": value["day"].isoformat()}
    audit.record(session, by.email, Action.DELIVERY_EVENT, **facts)
    return row.name


def event_row(found: Mapping[str, Timeline], value: Mapping[str, Any], *, timeline: str, by: str, today: date) -> PublishedText:
    """Return the row by which an event becomes public beside the deliveries that there are; raise NotPossible."""
    for field, sentence in event_faults(value, found.get(timeline), today):
        raise NotPossible(field, sentence)
    key = timeline or new_key(value["office"], found, "office")
    return new_row((TextKind.EVENT, key), dict(value), today, set_by=by)


def _same_row(session: Session, value: Mapping[str, Any], timeline: str) -> PublishedText | None:
    """Return the row of an event that was published just before: the form was sent twice.

    Only the newest row of its delivery counts, as a plan may come back to an earlier day; to begin one, the only row of any.
    """
    rows = sa.select(PublishedText).where(PublishedText.kind == TextKind.EVENT.value).order_by(PublishedText.id)
    by_delivery: dict[str, list[PublishedText]] = {}
    for row in session.scalars(rows):
        by_delivery.setdefault(row.name, []).append(row)
    last = [found[-1] for key, found in by_delivery.items() if (key == timeline if timeline else len(found) == 1)]
    return next((row for row in last if row.value == value), None)


def event_faults(value: Mapping[str, Any], timeline: Timeline | None, today: date) -> Iterator[tuple[str, str]]:
    """Say what cannot be so: the field and a sentence each. `timeline` is what it is added to, None where it begins one."""
    kind, day = EventKind(value["kind"]), value["day"]
    if kind not in (timeline.allowed() if timeline else BEGINNINGS):
        yield "main", gettext("This cannot come next: someone has added to this delivery in the meantime. Look at it again.")
        return
    if kind != EventKind.PLANNED and day > today:
        yield "day", gettext("This day is in the future. Record what happened once it has happened.")
    if kind == EventKind.PLANNED and day < today:
        yield "day", gettext("This day has passed. Plan for today or a later day.")
    handed_on = timeline.handed_on if timeline else None
    if handed_on and kind in (*FROM_THE_OFFICE, EventKind.ASKED_AGAIN) and day < handed_on:
        yield "day", gettext("This day is before the handover.")
    if kind in NEEDS_WORDS and not value.get("words"):
        yield "words", gettext("Write it in at least one language.")
    if kind in NEEDS_QUOTE and not value.get("quote"):
        yield "quote", gettext("Copy the words here.")
    answers = {one.number: one for one in timeline.answers()} if timeline else {}
    yield from _answer_faults(value, answers)


def _answer_faults(value: Mapping[str, Any], answers: Mapping[int, Event]) -> Iterator[tuple[str, str]]:
    if value.get("quote") and not value.get("language"):
        yield "language", gettext("Choose the language of these words.")
    if "about" not in value:
        return
    if value["about"] not in answers:
        yield "about", gettext("Choose the answer this is about.")
    elif value["kind"] == EventKind.TRANSLATED and value["language"] == answers[value["about"]].language:
        yield "language", gettext("The answer is already in this language. Choose the language it was translated into.")
