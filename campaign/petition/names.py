"""The names that their signers chose to show: by day, in the order of chance within a day, page by page by key."""

import re
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.petition.counting import confirmed
from campaign.petition.models import Signature

PAGE = 200


@dataclass(frozen=True)
class Names:
    """One page of names."""

    days: list[tuple[date, list[str]]]
    next: str | None  # the key of the next page


def names(session: Session, *, after: str, before: date | None) -> Names:
    """The names after a key, the newest day first; with `before`, only those of days before it."""
    shown = confirmed().where(Signature.shown_as.is_not(None))
    if before is not None:
        shown = shown.where(Signature.confirmed_on < before)
    key = _read_key(after)
    if key is not None:
        day, record = key
        later = sa.and_(Signature.confirmed_on == day, Signature.id > record)
        shown = shown.where(sa.or_(Signature.confirmed_on < day, later))
    ordered = shown.order_by(Signature.confirmed_on.desc(), Signature.id).limit(PAGE + 1)
    rows = session.execute(ordered.with_only_columns(Signature.confirmed_on, Signature.id, Signature.shown_as)).all()
    days: dict[date, list[str]] = {}
    for row in rows[:PAGE]:
        days.setdefault(row.confirmed_on, []).append(row.shown_as)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Names(list(days.items()), f"{last.confirmed_on}.{last.id.hex()}" if last else None)


def _read_key(text: str) -> tuple[date, bytes] | None:
    """A key as it stands in an address; None for anything else, which is the first page."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.([0-9a-f]{32})", text, re.ASCII)
    try:
        return (date.fromisoformat(found[1]), bytes.fromhex(found[2])) if found else None
    except ValueError:
        return None
