"""The plan of the campaign: when signatures are collected, when the letter is handed over, when the data is deleted.

Its rows are only added to, so that every change can be read with its day. A sooner day of deletion holds for everybody; a later
one only for those who sign after it was set, as each signature keeps the day that it was promised. Days are days in UTC.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base
from campaign.petition.models import DeletedCount, Publication, Signature, Submission

LINKS_LIVE = timedelta(days=8)  # after the last day of collecting: a link lives 7 days at most, so all were pressed or are over
COMMAND = "command"  # who set a plan on the server
Promising = type[Signature] | type[Submission]
PROMISING: tuple[Promising, ...] = (Signature, Submission)


@dataclass(frozen=True)
class Days:
    """The days of a plan; each may be open."""

    opens_on: date | None = None  # the first day on which signatures are collected
    closes_on: date | None = None  # the last one
    hand_over_on: date | None = None
    delete_on: date | None = None  # sealed records, fingerprints of addresses and of links

    def as_text(self) -> dict[str, str]:
        """Return the days by name as ISO 8601 has them; empty where one is open."""
        return {name: day.isoformat() if day else "" for name, day in asdict(self).items()}


class Plan(Base):
    """The plan as set on one day; the newest one counts."""

    __tablename__ = "plan"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1
    set_on: Mapped[date]
    set_by: Mapped[str] = mapped_column(sa.String(20))  # the number of an account, or COMMAND
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    hand_over_on: Mapped[date | None]
    delete_on: Mapped[date | None]

    @property
    def days(self) -> Days:
        """Return its days."""
        return Days(**{field.name: getattr(self, field.name) for field in fields(Days)})


SELECT_NEWEST = sa.select(Plan).order_by(Plan.number.desc()).limit(1)


@dataclass(frozen=True)
class PlanChange:
    """What everybody may know of a change of the plan: its day, and the days that held from then on."""

    set_on: date
    days: Days


class InvalidPlan(Exception):
    """The days do not fit together, or break a promise; its text is one sentence in the reader's language."""


def history(session: Session) -> list[PlanChange]:
    """Return every change of the plan, the newest first."""
    return [PlanChange(row.set_on, row.days) for row in session.scalars(sa.select(Plan).order_by(Plan.number.desc()))]


def current_days(session: Session) -> Days:
    """Return the days that hold now."""
    newest = session.scalar(SELECT_NEWEST)
    return newest.days if newest else Days()


def promised_day(changes: tuple[PlanChange, ...], shown: date | None) -> date | None:
    """Return the day of deletion to promise to somebody whose form showed one: the sooner of that and the one that holds now.

    A form can stay open for two days. The day that it shows counts only if it was once in the plan.
    """
    days = {change.days.delete_on for change in changes if change.days.delete_on}
    holds = changes[0].days.delete_on if changes else None
    return min(filter(None, (shown if shown in days else None, holds)), default=None)


def first_promised(session: Session) -> date | None:
    """Return the first day on which something is to be deleted by a promise; None where nobody was promised any."""
    firsts = [session.scalar(sa.select(sa.func.min(kind.delete_on)).where(kind.delete_on.is_not(None))) for kind in PROMISING]
    return min(filter(None, firsts), default=None)


def sooner_for(session: Session, delete_on: date | None) -> int:
    """Return for how many signatures, confirmed or waiting, a day of deletion comes sooner than what they were promised."""
    if delete_on is None:
        return 0
    counts = [sa.select(sa.func.count()).select_from(kind).where(_is_later(kind, delete_on)) for kind in PROMISING]
    return sum(session.scalar(number) or 0 for number in counts)


def check_plan(session: Session, days: Days, today: date) -> None:
    """Raise InvalidPlan unless the days fit together and break no promise."""
    before, promised = current_days(session), first_promised(session)
    if session.scalar(sa.select(Publication.deleted_on)):
        raise InvalidPlan(lazy_gettext("Names and addresses are deleted. The plan of this campaign is over."))
    if days.opens_on and days.closes_on and days.closes_on < days.opens_on:
        raise InvalidPlan(lazy_gettext("The last day of collecting is before the first one."))
    if days.delete_on is None:
        if before.delete_on:
            raise InvalidPlan(lazy_gettext("A published day of deletion can be moved but not removed."))
        return
    if days.closes_on is None:
        raise InvalidPlan(lazy_gettext("A day of deletion needs a last day of collecting."))
    if days.delete_on < days.closes_on + LINKS_LIVE:
        raise InvalidPlan(
            lazy_gettext(
                "The day of deletion must be 8 days or more after the last day of collecting, because links work until then."
            )
        )
    if days.hand_over_on and days.delete_on <= days.hand_over_on:
        raise InvalidPlan(lazy_gettext("The day of deletion must be after the day of handing over."))
    if days.delete_on <= today and days.delete_on != before.delete_on:
        raise InvalidPlan(lazy_gettext("The day of deletion must be in the future."))
    is_later = before.closes_on is None or days.closes_on > before.closes_on
    if (promised and days.closes_on + LINKS_LIVE > promised) or (is_later and _was_deleted(session)):
        raise InvalidPlan(
            lazy_gettext(
                "Collecting must end at least 8 days before the first day of deletion promised to a signer. "
                "Otherwise someone could sign again after that day and be counted twice."
            )
        )


def set_plan(session: Session, days: Days, *, by: str, today: date) -> bool:
    """Have other days hold from now on; return False where they hold already. Raise InvalidPlan."""
    if days == current_days(session):
        return False
    check_plan(session, days, today)
    number = (session.scalar(sa.select(sa.func.max(Plan.number))) or 0) + 1
    session.add(Plan(number=number, set_on=today, set_by=by, **asdict(days)))
    session.flush()
    if days.delete_on:
        bring_forward(session, days.delete_on)
    return True


def bring_forward(session: Session, delete_on: date) -> None:
    """Have a day of deletion hold for everybody who was promised a later one, or none."""
    for kind in PROMISING:
        session.execute(sa.update(kind).where(_is_later(kind, delete_on)).values(delete_on=delete_on))


def _was_deleted(session: Session) -> bool:
    """Return whether signatures were deleted already, so that their signers could sign again and be counted twice."""
    return session.scalar(sa.select(DeletedCount.number).limit(1)) is not None


def _is_later(kind: Promising, day: date) -> sa.ColumnElement[bool]:
    """Return whether a row was promised a later day, or none."""
    return sa.or_(kind.delete_on.is_(None), kind.delete_on > day)
