"""Exports that organizers ask for at the desk: the worker prepares them, and each can be downloaded once within an hour.

The file is encrypted under a key of its own. The row has this key, encrypted under the desk's key file: neither the database
nor the folder opens anything alone. Once the row has lost the key, no copy of the file on any disk can be opened.

Any number of processes prepare: one claims an export by a lease, which it renews, and each claim counts as an attempt. What an
older attempt still does changes nothing.
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import decrypt, encrypt
from campaign.database import Database, now
from campaign.exports.format import FILLED_IN
from campaign.exports.rows import SignatureFilter
from campaign.organizers import accounts, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.export_store import Cancelled, NotAvailable
from campaign.organizers.models import DOCUMENTS, FILE_LIFETIME, Account, ExportJob, Request
from campaign.organizers.package_words import open_words
from campaign.state import state

JOB_LIFETIME = timedelta(days=1)
MAX_ATTEMPTS = 5  # workers that are killed over one export give up at last
EXPORT_LEASE = timedelta(seconds=150)  # longer than any step that says nothing, such as drawing a volume of names


def request_export(session: Session, by: Account, facts: dict[str, Any], handlers: four_eyes.Handlers) -> Request | None:
    """Ask for an export. `facts`: its format, reader and filter; of a file also what it is for and how many signatures there are.

    One with addresses, or with names for an office, is a request to a second organizer, done at once without the rule.

    Asking for the same again while it waits changes nothing.
    """
    needs_key = DOCUMENTS[facts["format"]].needs_key
    action = Action.EXPORT_WITH_ADDRESSES if needs_key else Action.NAMES_FOR_OFFICE
    wanted = SignatureFilter.of(facts)
    if not (needs_key or (wanted.handed_to and wanted.shown)):
        enqueue_export(session, facts, by.email)
        return None
    same = [one for one in pending_requests(session, by) if _opened(one.facts) == _opened(facts)]
    return same[0] if same else four_eyes.request_approval(session, by, action, facts, handlers)


def _opened(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what was asked for, however many signatures there were at that moment, with what is encrypted in it."""
    said = {name: value for name, value in facts.items() if name not in ("rows", FILLED_IN)}
    return said | open_words(state().keys.desk, facts)


def pending_requests(session: Session, by: Account) -> list[Request]:
    """Return the requests of an account that wait for a second organizer, the newest first."""
    acts = Action.EXPORT_WITH_ADDRESSES, Action.NAMES_FOR_OFFICE
    return [one for one in four_eyes.pending(session) if one.act in acts and one.asked_by == by.email]


def enqueue_export(session: Session, facts: dict[str, Any], by: str) -> None:
    """Store an export for the worker, unless the same one waits or the account of who asked is gone."""
    account = accounts.find_account(session, by)
    if account is None:
        return
    wanted = DOCUMENTS[facts["format"]].narrow(SignatureFilter.of(facts)).details()
    wanted |= {name: facts[name] for name in ("why", "arranged", "separator", FILLED_IN) if name in facts}
    job = ExportJob(document=facts["format"], wanted=wanted, language=facts["reader"])
    ledger.begin_change(session)
    if any(one.is_waiting() and _same(one, job) for one in list_jobs(session, account)):
        return
    job.id, job.account, job.asked_at = secrets.token_bytes(16), account, now()
    session.add(job)
    audit.record(session, by, Action.EXPORT_ASKED_FOR, format=job.document, **job.asked_for())


def _same(one: ExportJob, other: ExportJob) -> bool:
    names = (one.document, one.language), (other.document, other.language)
    return names[0] == names[1] and _opened(one.wanted) == _opened(other.wanted)


def list_jobs(session: Session, account: Account) -> list[ExportJob]:
    """Return the exports that an account asked for within a day, the newest first."""
    theirs = sa.select(ExportJob).where(ExportJob.account_id == account.id)
    return list(session.scalars(theirs.order_by(ExportJob.asked_at.desc(), ExportJob.id)))


def claim_download(session: Session, key: bytes, export: bytes, by: Account, moment: datetime) -> tuple[ExportJob, bytes]:
    """Claim the file of an export, which only its organizer can and only once; return it and the key of its file.

    Raise NotAvailable. The statement that decides who gets the file also takes the key out of the row.
    """
    found = session.get(ExportJob, export)
    if found is None or found.account_id != by.id or found.key_box is None or not found.is_ready(moment):
        raise NotAvailable
    if not ledger.is_ours(session, found):
        raise NotAvailable
    box, ours = found.key_box, sa.update(ExportJob).where(ExportJob.id == export, ExportJob.key_box.is_not(None))
    claimed = session.execute(ours.values(key_box=None, taken_at=moment))
    if not cast("sa.CursorResult[object]", claimed).rowcount:
        raise NotAvailable
    audit.record(session, by.email, Action.EXPORT_TAKEN, **found.details())
    return found, bytes.fromhex(decrypt(key, box))


def claimable(database: Database, moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for a waiting export, including one whose process was killed.

    With SQLite, the caller holds the lock of the only machine, so no other process is preparing an export.
    """
    waits = ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None)
    is_free = sa.or_(ExportJob.lease_until.is_(None), ExportJob.lease_until < moment)
    return waits if database.is_sqlite else (*waits, is_free)


def claim_job(session: Session, claims: tuple[sa.ColumnElement[bool], ...], by: bytes) -> ExportJob | None:
    """Return the oldest export that waits, claimed by a process; after some attempts it has failed.

    One that nobody asked for at the desk has failed at once.
    """
    hopeless = sa.update(ExportJob).where(*claims, ExportJob.attempts >= MAX_ATTEMPTS)
    session.execute(hopeless.values(failed_at=now(), trouble="failed"))
    oldest = sa.select(ExportJob).where(*claims).order_by(ExportJob.asked_at, ExportJob.id).limit(1)
    export = session.scalar(oldest.with_for_update(of=ExportJob, skip_locked=True))
    if export and not ledger.is_ours(session, export):
        export.failed_at, export.trouble = now(), "failed"
        return None
    if export:
        export.begun_at, export.attempts, export.done = now(), export.attempts + 1, 0
        export.lease_until, export.claimed_by = now() + EXPORT_LEASE, by
    return export


def update_claimed(session: Session, export: ExportJob, **values: object) -> None:
    """Change the row of an export as the process that prepares it; raise Cancelled unless that is still this one."""
    ours = ExportJob.id == export.id, ExportJob.attempts == export.attempts
    waits = ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None)
    updated = session.execute(sa.update(ExportJob).where(*ours, *waits).values(**values))
    if not cast("sa.CursorResult[object]", updated).rowcount:
        raise Cancelled


def release_claims(session: Session, by: bytes) -> None:
    """Let others prepare at once what a process had claimed that has ended."""
    claimed = sa.update(ExportJob).where(ExportJob.claimed_by == by)
    session.execute(claimed.values(lease_until=None, claimed_by=None))


def new_file_key(key: bytes) -> tuple[bytes, bytes]:
    """Return a new key for one file, and the same encrypted under the desk's key."""
    made = secrets.token_bytes(32)
    return made, encrypt(key, made.hex())


def purge(session: Session, moment: datetime) -> None:
    """Delete the keys whose hour is over, what was filled in for requests that are over, and what was asked for a day ago."""
    with suppress(ledger.NotOurs):  # what is over goes, whatever is wrong with the desk
        ledger.begin_change(session)
    four_eyes.forget_expired(session, moment)
    over = sa.update(ExportJob).where(ExportJob.key_box.is_not(None), ExportJob.prepared_at < moment - FILE_LIFETIME)
    session.execute(over.values(key_box=None))
    session.execute(sa.delete(ExportJob).where(ExportJob.asked_at < moment - JOB_LIFETIME))
