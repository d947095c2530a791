"""The conditions of a campaign that runs, and what was found of each: fine, trouble, or unknown.

The worker looks at all of them and stores what it finds, so that a page costs no look. Whether it lives and can write, and how
the mail fares, is read from its own records at each asking. What lies on one machine is stored for each machine.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import Settings
from campaign.database import Base, Database, insert
from campaign.health.sentences import NOBODY_LOOKED, sentence_of
from campaign.languages import FIRST_ISOLATE, MESSAGES, POP_ISOLATE
from campaign.outbox import heartbeat, outage, purge_clock, queue
from campaign.outbox.quota import Quota
from campaign.petition.counting import SELECT_MAIL_STOPPED

OUTDATED_AFTER = timedelta(minutes=10)  # since the worker has looked; it does so twice a minute or oftener, but for the slow ones
KEPT_FOR = timedelta(days=1)  # what was found on a machine that looks no more
NO_ISOLATES = str.maketrans("", "", FIRST_ISOLATE + POP_ISOLATE)


class State(StrEnum):
    """What was found of a condition."""

    FINE = "fine"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"


# In the order in which they are shown: what keeps people from signing comes first.
NAMES = (
    *("database", "schema", "keys", "worker", "relay", "mail_server", "outbox"),
    *("disk", "integrity", "modes", "clock", "limits", "backup", "exports", "providers"),
)


class ConditionState(Base):
    """The last finding about one condition, on one machine or, if `machine` is empty, on all."""

    __tablename__ = "condition_state"

    name: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    machine: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(20))
    details: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # what its sentence names; never a path, an address or a person
    since: Mapped[datetime]
    looked_at: Mapped[datetime]


@dataclass(frozen=True)
class Site:
    """What is looked at."""

    settings: Settings
    database: Database


@dataclass(frozen=True)
class Finding:
    """What was found of one condition."""

    name: str
    state: State
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    machine: str = ""
    exact: tuple[str, ...] = ()  # what a terminal on this machine is told instead, with paths; it is stored nowhere

    @property
    def sentence(self) -> str:
        """Return what is wrong and what to do, in the reader's language; empty where nothing is."""
        if self.state == State.FINE:
            return ""
        return str(NOBODY_LOOKED) if self.state == State.UNKNOWN else sentence_of(self.name, self.reason, self.details)

    @property
    def plain_sentence(self) -> str:
        """Return the same without marks of direction, for logs and machines."""
        return self.sentence.translate(NO_ISOLATES)

    def is_same(self, other: "Finding | None") -> bool:
        """Return whether nothing has changed that somebody should hear of."""
        return other is not None and (self.state, self.reason) == (other.state, other.reason)


def fine(name: str) -> Finding:
    """Return that all is well with a condition."""
    return Finding(name, State.FINE)


def trouble(name: str, reason: str, **details: Any) -> Finding:
    """Return that something is wrong."""
    return Finding(name, State.TROUBLE, reason, details)


def unknown(name: str) -> Finding:
    """Return that nothing is known."""
    return Finding(name, State.UNKNOWN)


def is_in_trouble(finding: Finding) -> bool:
    """Return whether something is wrong with a condition."""
    return finding.state == State.TROUBLE


def store(session: Session, finding: Finding, at: datetime) -> None:
    """Store what was found; the moment since when it is so stays while nothing changes."""
    minute = at.replace(second=0, microsecond=0)
    values = {"state": finding.state.value, "reason": finding.reason, "details": finding.details, "looked_at": at}
    row = insert(session, ConditionState).values(name=finding.name, machine=finding.machine, since=minute, **values)
    was = sa.and_(ConditionState.state == row.excluded.state, ConditionState.reason == row.excluded.reason)
    since = sa.case((was, ConditionState.since), else_=row.excluded.since)
    session.execute(row.on_conflict_do_update(index_elements=["name", "machine"], set_=values | {"since": since}))


def forget(session: Session, at: datetime) -> None:
    """Forget what was found on machines that look no more."""
    session.execute(sa.delete(ConditionState).where(ConditionState.looked_at < at - KEPT_FOR))


def read_findings(session: Session, settings: Settings, at: datetime) -> dict[str, Finding]:
    """Return what is known of each condition, in order; of several machines, of the one that is worst off."""
    stored = _stored(session, at)
    worst = {one.name: one for one in sorted(stored, key=lambda one: (is_in_trouble(one), one.machine))}  # the last one stays
    found = {name: fine(name) if one.reason == "overdue" else one for name, one in worst.items()}  # it is looked for at once
    found |= {one.name: one for one in _with_since(look_quickly(session, settings, at), stored)}
    return _with_machine({name: found.get(name, unknown(name)) for name in NAMES}, stored)


def with_history(session: Session, found: Iterable[Finding], at: datetime) -> dict[str, Finding]:
    """Return what a command has found, with the moment since when the worker has found the same."""
    stored = _stored(session, at)
    return _with_machine({one.name: one for one in _with_since(found, stored)}, stored)


def _stored(session: Session, at: datetime) -> list[Finding]:
    fresh = session.scalars(sa.select(ConditionState).where(ConditionState.looked_at > at - OUTDATED_AFTER))
    return [Finding(row.name, state_of(row.state), row.reason, row.details, row.since, row.machine) for row in fresh]


def _with_machine(found: dict[str, Finding], stored: list[Finding]) -> dict[str, Finding]:
    """Return findings with the name of their machine where there are several."""
    are_several = len({one.machine for one in (*stored, *found.values())} - {""}) > 1
    return found if are_several else {name: replace(one, machine="") for name, one in found.items()}


def _with_since(found: Iterable[Finding], stored: list[Finding]) -> list[Finding]:
    """Return findings with the moment since when it is so, where that is known."""
    known = {(one.name, one.machine): one for one in stored}
    return [
        replace(one, since=same.since)
        if one.since is None and (same := known.get((one.name, one.machine))) and one.is_same(same)
        else one
        for one in found
    ]


def state_of(word: str) -> State:
    """Return the state that is stored as a word; one of a newer version is not known here."""
    return State(word) if word in [*State] else State.UNKNOWN


def look_quickly(session: Session, settings: Settings, at: datetime) -> Iterator[Finding]:
    """Look at what a reading session can tell at once: the worker, and what it can write; the mail; the clock."""
    is_fresh = heartbeat.is_fresh(session, at)
    is_here = is_fresh or heartbeat.is_worker_here(settings.data, at)
    if not is_here:
        yield trouble("worker", "gone")
    elif heartbeat.was_ever_started(session):
        yield fine("worker")
    if is_here and not is_fresh:
        yield trouble("database", "not_written")
    yield look_at_relay(session, at)
    yield from look_for_overdue(session, settings, at)
    yield look_at_clock(session)


def look_at_relay(session: Session, at: datetime) -> Finding:
    """Look whether the mail server takes e-mails of ours."""
    lasting = outage.current_outage(session, at)
    if lasting is None:
        return fine("relay")
    return replace(trouble("relay", "refusing", category=lasting.category, answer=lasting.answer), since=lasting.since)


def look_for_overdue(session: Session, settings: Settings, at: datetime) -> list[Finding]:
    """Look for e-mails that no worker has sent although they fell due long ago; return nothing where there is none."""
    is_stopped = session.scalar(SELECT_MAIL_STOPPED) is not None
    overdue = sa.select(queue.OutboxMessage.id).where(queue.is_overdue(session, at, Quota.of(settings.mail_url))).limit(1)
    if is_stopped or session.scalar(overdue) is None:
        return []
    return [trouble("outbox", "overdue")]


def look_at_clock(session: Session) -> Finding:
    """Look whether the clock has jumped, or the timed work was away for long, so that nothing is deleted."""
    if purge_clock.waits_for_confirmation(session):
        return trouble("clock", "jumped")
    hours = purge_clock.hours_left(session)
    return trouble("clock", "waits", hours=hours) if hours else fine("clock")


def in_english(findings: Iterable[Finding]) -> dict[str, str]:
    """Return the sentence of each condition that is in trouble, in English, for machines."""
    with force_locale(MESSAGES):
        return {one.name: one.plain_sentence for one in findings if is_in_trouble(one)}
