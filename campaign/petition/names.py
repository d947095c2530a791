"""The names that their signers chose to show: by day, in the order of chance within a day, page by page by key."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from campaign.keyset import PageOrder, read_page
from campaign.petition.counting import confirmed
from campaign.petition.models import Signature

NAMES_PER_PAGE = 200
NEWEST_FIRST = PageOrder((Signature.confirmed_on, Signature.id), is_newest_first=True)


@dataclass(frozen=True)
class NamesPage:
    """One page of names."""

    days: list[tuple[date, list[str]]]
    next: str | None  # the key of the next page


def shown_names(session: Session, *, after: str, before: date | None) -> NamesPage:
    """Return the names after a key, the newest day first; with `before`, only those of days before it."""
    shown = confirmed().where(Signature.shown_as.is_not(None))
    if before is not None:
        shown = shown.where(Signature.confirmed_on < before)
    columns = (Signature.confirmed_on.label("key"), Signature.id.label("id"), Signature.shown_as)
    found = read_page(session, shown.with_only_columns(*columns), NEWEST_FIRST, size=NAMES_PER_PAGE, after=after)
    days: dict[date, list[str]] = {}
    for row in found.rows:
        days.setdefault(row.key, []).append(row.shown_as)
    return NamesPage(list(days.items()), found.next)
