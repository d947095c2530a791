"""Exports that organizers ask for at the desk: the worker prepares them, and each can be downloaded once within an hour.

The file is encrypted under a key of its own. The row has this key, encrypted under the desk's key file: neither the database
nor the folder opens anything alone. Once the row has lost the key, no copy of the file on any disk can be opened.
"""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import decrypt, encrypt
from campaign.database import now
from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.organizers import accounts, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import FILE_LIFETIME, Account, ExportJob, Request

JOB_LIFETIME = timedelta(days=1)
MAX_ATTEMPTS = 3  # a worker that is killed over one export gives up at last
EXPORT_FOLDER = "exports"


class NotAvailable(Exception):
    """There is nothing to download: it was downloaded before, is over, is not prepared yet, or is somebody else's."""


def request_export(
    session: Session, by: Account, document: str, wanted: SignatureFilter, language: str, handlers: four_eyes.Handlers
) -> Request | None:
    """Ask for an export. One with addresses is a request to a second organizer, done at once where the rule is off.

    Asking for the same again while it waits changes nothing.
    """
    facts = {"format": document, "reader": language, **wanted.details()}
    if not FORMATS[document].needs_key:
        enqueue_export(session, facts, by.email)
        return None
    same = [one for one in pending_requests(session, by) if one.facts == facts]
    return same[0] if same else four_eyes.request_approval(session, by, Action.EXPORT_WITH_ADDRESSES, facts, handlers)


def pending_requests(session: Session, by: Account) -> list[Request]:
    """Return the requests of an account that wait for a second organizer, the newest first."""
    mine = Action.EXPORT_WITH_ADDRESSES, by.email
    return [one for one in four_eyes.pending(session) if (one.act, one.asked_by) == mine]


def enqueue_export(session: Session, facts: dict[str, Any], by: str) -> None:
    """Store an export for the worker, unless the same one waits or the account of who asked is gone."""
    account = accounts.find_account(session, by)
    if account is None:
        return
    wanted = FORMATS[facts["format"]].narrow(SignatureFilter.of(facts)).details()
    same = {"document": facts["format"], "wanted": wanted, "language": facts["reader"]}
    ledger.begin_change(session)
    if any(
        one.is_waiting() and all(getattr(one, name) == value for name, value in same.items())
        for one in list_jobs(session, account)
    ):
        return
    job = ExportJob(id=secrets.token_bytes(16), account=account, asked_at=now(), **same)
    session.add(job)
    audit.record(session, by, Action.EXPORT_ASKED_FOR, format=job.document, **job.wanted)


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


def new_file_key(key: bytes) -> tuple[bytes, bytes]:
    """Return a new key for one file, and the same encrypted under the desk's key."""
    made = secrets.token_bytes(32)
    return made, encrypt(key, made.hex())


def export_file(folder: Path, export: bytes) -> Path:
    """Return the path of an export's encrypted file; `folder` is the data folder."""
    return folder / EXPORT_FOLDER / export.hex()


def purge(session: Session, moment: datetime) -> None:
    """Delete the keys whose hour is over, and everything that was asked for a day ago."""
    with suppress(ledger.NotOurs):  # what is over goes, whatever is wrong with the desk
        ledger.begin_change(session)
    over = sa.update(ExportJob).where(ExportJob.key_box.is_not(None), ExportJob.prepared_at < moment - FILE_LIFETIME)
    session.execute(over.values(key_box=None))
    session.execute(sa.delete(ExportJob).where(ExportJob.asked_at < moment - JOB_LIFETIME))


def delete_unneeded_files(session: Session, folder: Path) -> None:
    """Delete every file that is neither in the making nor still to be downloaded."""
    in_the_making = sa.and_(ExportJob.begun_at.is_not(None), ExportJob.prepared_at.is_(None), ExportJob.failed_at.is_(None))
    needed = session.scalars(sa.select(ExportJob.id).where(sa.or_(ExportJob.key_box.is_not(None), in_the_making)))
    names = {export.hex() for export in needed}
    for file in (folder / EXPORT_FOLDER).glob("*"):
        if file.name.lstrip(".").partition(".")[0] not in names:
            file.unlink(missing_ok=True)
