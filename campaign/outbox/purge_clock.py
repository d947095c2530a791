"""When to delete expired data for good: once the timed work has run for 24 hours after a long stop or a jump of the clock.

So if you start an old machine, or one whose clock is wrong, you can check the clock and export before anything is deleted. If the
machine itself shows that its clock went more than a day ahead of the time that has passed, nothing is deleted until somebody has
confirmed the clock. After a restart of the machine a jump looks like a long stop.
"""

import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, Database, insert

LONG_STOP = timedelta(days=1)  # without a tick, after which deleting waits
RUN_FIRST = timedelta(hours=24)  # of running
LONGEST_STEP = timedelta(minutes=10)  # between two ticks of work that runs; what is longer was a stop and does not count
CLOCK_BACK, CLOCK_JUMP = timedelta(minutes=5), timedelta(hours=1)  # how far machines differ, and what is more than a correction
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # of Linux: another one after each start of the machine


class PurgeClock(Base):
    """The time that the timed work has run since deleting began to wait; one row, none before the first tick."""

    __tablename__ = "purge_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticked_at: Mapped[datetime]
    waits_since: Mapped[datetime | None]  # none: what is over is deleted
    ran_for: Mapped[int] = mapped_column(default=0)  # seconds since then
    is_to_wipe: Mapped[bool] = mapped_column(default=False)  # rows were deleted whose traces are still in the files
    has_jumped: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)  # deleting waits until it is confirmed
    boot: Mapped[str | None] = mapped_column(sa.String(36))  # the start of the machine that ticked last
    uptime: Mapped[int | None]  # seconds between that start and the tick

    def left(self) -> timedelta:
        """Return how long the timed work has still to run before anything is deleted; nothing if it does not wait."""
        if self.has_jumped:
            return RUN_FIRST
        return max(timedelta(0), RUN_FIRST - timedelta(seconds=self.ran_for)) if self.waits_since else timedelta(0)


class PurgeGate:
    """Tick with the timed work of one process, and say whether expired data may be deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: tuple[datetime, int] | None = None

    def tick(self, at: datetime) -> timedelta:
        """Note that the timed work runs; return how long it has still to run before anything is deleted."""
        boot, uptime = boot_id(), machine_uptime()
        with self._database.writing() as session:
            session.execute(insert(session, PurgeClock).values(id=1, ticked_at=at).on_conflict_do_nothing(index_elements=["id"]))
            clock = session.get_one(PurgeClock, 1, with_for_update=True)
            jump, step = self._jump(at, clock, boot, uptime), at - clock.ticked_at
            clock.has_jumped = clock.has_jumped or jump > LONG_STOP
            if step > LONG_STOP or step < -CLOCK_BACK or abs(jump) > CLOCK_JUMP:
                clock.waits_since, clock.ran_for = at, 0
            elif clock.waits_since and timedelta(0) < step <= LONGEST_STEP:
                clock.ran_for += round(step.total_seconds())
            if not clock.left():
                clock.waits_since = None
            clock.ticked_at = at if abs(jump) > CLOCK_JUMP or step < -CLOCK_BACK else max(at, clock.ticked_at)
            clock.boot, clock.uptime, self._last = boot, uptime, (at, uptime)
            return clock.left()

    def _jump(self, at: datetime, clock: PurgeClock, boot: str | None, uptime: int) -> timedelta:
        """Return by how much more the clock has moved than time has passed, as far as this machine can tell."""
        if self._last:
            return at - self._last[0] - timedelta(seconds=uptime - self._last[1])
        if boot and clock.boot == boot and clock.uptime is not None:
            return at - clock.ticked_at - timedelta(seconds=uptime - clock.uptime)
        return timedelta(0)


def boot_id() -> str | None:
    """Return the name of this start of the machine; None where the system has none."""
    with suppress(OSError):
        return BOOT_ID.read_text("ascii").strip()[:36]
    return None


def machine_uptime() -> int:
    """Return the seconds since the machine was started, its sleep among them on Linux; setting the clock moves none."""
    return round(time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))


def waits_for_confirmation(session: Session) -> bool:
    """Return whether deleting waits until somebody has confirmed the clock."""
    return bool(session.scalar(sa.select(PurgeClock.has_jumped)))


def trust_clock(session: Session) -> bool:
    """Note that the clock is right, so that expired data is deleted again; return False if nothing waited."""
    waiting = sa.or_(PurgeClock.waits_since.is_not(None), PurgeClock.has_jumped)
    confirmed = sa.update(PurgeClock).where(waiting).values(waits_since=None, ran_for=0, has_jumped=False)
    return session.execute(confirmed.returning(PurgeClock.id)).scalar() is not None


def hours_left(session: Session) -> int:
    """Return how many hours the timed work must still run before anything is deleted; 0 when it does not wait."""
    clock = session.scalar(sa.select(PurgeClock))
    return -(-clock.left() // timedelta(hours=1)) if clock else 0


def note_wiping(session: Session, *, is_to_wipe: bool) -> None:
    """Note whether traces of deleted rows are still in the files."""
    session.execute(sa.update(PurgeClock).values(is_to_wipe=is_to_wipe))


def is_to_wipe(session: Session) -> bool:
    """Return whether they are."""
    return bool(session.scalar(sa.select(PurgeClock.is_to_wipe)))
