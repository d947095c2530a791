"""Take the list into a database that was loaded from a backup, in one transaction: nobody who left is in it afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.backup.forgotten_list import Entries, ForgottenList
from campaign.crypto.keys import Keys, fingerprint
from campaign.database import insert, now, table
from campaign.organizers import audit, key_change
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, ExportJob, KnownDevice, Login, RecoveryCode, Request
from campaign.outbox.queue import OutboxMessage
from campaign.petition import key_rotation, name_index, news_key
from campaign.petition.forgotten import ID_SIZE, ForgottenEntry, Kind
from campaign.petition.inquiries import Inquiry
from campaign.petition.key_rotation import SealKey
from campaign.petition.models import Burst, NameReview, Publication, Removal, Signature, Tally
from campaign.petition.news import NewsAgreement
from campaign.petition.plan import Plan, bring_forward
from campaign.petition.published import Draft, PublishedText
from campaign.petition.supporters import Supporter

CHUNK = 500  # rows in one statement
_signature = table(Signature)


@dataclass
class Report:
    """What a restore has done, in numbers."""

    left_out: int = 0  # signatures that were deleted since
    waiting_left_out: int = 0
    removed: int = 0  # signatures that organizers removed since
    put_back: int = 0
    hidden: int = 0  # names
    supporters: int = 0  # taken down or deleted
    accounts: int = 0  # removed
    locked: list[str] = field(default_factory=list)  # the accounts whose owners need a new link
    keys: int = 0
    news_keys: int = 0
    plans: int = 0
    published: int = 0
    switched: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


def newer(found: Entries, own: Entries, kind: Kind) -> list[dict[str, Any]]:
    """Return the entries of a kind that the loaded database does not know yet."""
    return [
        row
        for name, row in found.items()
        if row["kind"] == kind.value and (name not in own or own[name]["number"] < row["number"])
    ]


def apply_removals(session: Session, found: ForgottenList, own: Entries, report: Report) -> None:
    """Remove what organizers removed since, and put back what they put back."""
    for row in found.removals:
        upsert = insert(session, Removal).values(row | {"by": "", "proposed_at": row["done_at"], "ids": b""})
        kept = {name: upsert.excluded[name] for name in row if name != "id"} | {"ids": upsert.excluded.ids}
        session.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=kept))
    known = set(session.scalars(sa.select(Removal.id)))
    for row in newer(found.entries, own, Kind.REMOVAL):
        theirs = sa.update(_signature).where(_signature.c.id == row["id"])
        if row["value"] in known:
            out = theirs.where(_signature.c.removal_id.is_(None)).values(removal_id=row["value"])
            report.removed += _count(session, out)
        elif row["value"] == 0:
            other = _signature.alias()
            signed_anew = sa.exists().where(other.c.tag == _signature.c.tag, other.c.removal_id.is_(None))
            back = theirs.where(_signature.c.removal_id.is_not(None), ~signed_anew).values(removal_id=None)
            report.put_back += _count(session, back)


def apply_deletions(session: Session, found: ForgottenList, report: Report) -> None:
    """Delete the records of people who withdrew or were erased or deleted since, and what waits for people who have signed."""
    ids = [row["id"] for row in found.entries.values() if row["kind"] == Kind.RECORD.value]
    for some in _chunks(ids):
        whose = sa.delete(NewsAgreement).where(NewsAgreement.id.in_(some)).returning(NewsAgreement.signature_id)
        stopped = session.scalars(whose).all()  # whoever wanted no more news
        session.execute(sa.update(_signature).where(_signature.c.id.in_(stopped)).values(news=False))
        report.left_out += _count(session, sa.delete(_signature).where(_signature.c.id.in_(some)))
        report.waiting_left_out += _count(session, sa.delete(OutboxMessage).where(OutboxMessage.id.in_(some)))
    session.execute(sa.delete(OutboxMessage).where(OutboxMessage.id.in_(sa.select(_signature.c.id))))
    session.execute(sa.update(OutboxMessage).values(lease_until=None, claimed_by=None))


def apply_names(session: Session, found: ForgottenList, own: Entries, report: Report) -> None:
    """Hide the names that were hidden or changed since, and rebuild the index of the others."""
    for some in _chunks([row["id"] for row in newer(found.entries, own, Kind.NAME)]):
        shown = _signature.c.id.in_(some), _signature.c.shown_as.is_not(None)
        report.hidden += _count(session, sa.update(_signature).where(*shown).values(shown_as=None, shown_from=None))
        session.execute(sa.delete(NameReview).where(NameReview.signature_id.in_(some)))
    name_index.make_all_anew(session)


def apply_accounts(session: Session, found: ForgottenList, own: Entries, report: Report) -> None:
    """Remove the accounts that were removed since, and lock those whose owners get in otherwise by now.

    Every session ends, and what waited for a second organizer is over: it may have been decided since.
    """
    gone, changed = (_numbers(newer(found.entries, own, kind)) for kind in (Kind.ACCOUNT, Kind.ACCESS))
    report.accounts = _count(session, sa.delete(Account).where(Account.id.in_(gone)))
    for account in session.scalars(sa.select(Account).where(Account.id.in_(changed))):
        account.passphrase_hash = account.factor_box = account.ready_at = account.link_hash = account.link_until = None
        report.locked.append(account.email)
    session.flush()
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id.in_(changed)))
    used = {row["id"] for row in newer(found.entries, own, Kind.CODE)}
    for code in session.scalars(sa.select(RecoveryCode)):
        if code.code_hash[:ID_SIZE] in used:
            session.delete(code)
    for kind in (Login, KnownDevice, ExportJob):
        session.execute(sa.delete(kind))
    session.execute(sa.update(Request).where(Request.decided_at.is_(None)).values(decided_at=now(), decided_by=""))


def apply_supporters(session: Session, found: ForgottenList, own: Entries, report: Report) -> None:
    """Take down who was taken down since, even if two have agreed to show them again, and delete who was deleted."""
    for row in newer(found.entries, own, Kind.SUPPORTER):
        theirs = Supporter.id == int.from_bytes(row["id"], "big")
        if row["value"]:
            hidden = sa.update(Supporter).where(theirs, Supporter.shown_on.is_not(None)).values(shown_on=None)
            report.supporters += _count(session, hidden)
        else:
            report.supporters += _count(session, sa.delete(Supporter).where(theirs))


def apply_switches(session: Session, found: ForgottenList, report: Report) -> None:
    """Set the switches, the keys and the numbers of those who left as the list says they are now."""
    publication = session.get_one(Publication, 1)
    for name, day in found.switches.items():
        if name == "testimony_withdrawn_on":
            day = publication.testimony_withdrawn_on or day  # for good  # noqa: PLW2901  # the day that counts
        if getattr(publication, name) != day:
            setattr(publication, name, day)
            report.switched.append(name)
    if publication.testimony_withdrawn_on and publication.closed_on is None:
        publication.closed_on = publication.testimony_withdrawn_on
    session.flush()
    session.execute(sa.delete(Tally))
    if found.tally:
        session.execute(sa.insert(table(Tally)), list(found.tally))


def apply_keys(session: Session, keys: Keys, found: ForgottenList, report: Report) -> None:
    """Seal to the keys that came into force since, and record them in the audit, which does not know them."""
    known = set(session.scalars(sa.select(SealKey.public)))
    for row in found.seal_keys:
        if row["public"] in known:
            continue
        session.execute(sa.insert(table(SealKey)).values(row))
        report.keys += 1
        if any(one.public == row["public"] for one in key_rotation.rotated_keys(session, keys)):
            audit.record(session, "", Action.KEY_CHANGED, fingerprint=fingerprint(SealKey(**row).key))
    for missing in news_key.put_back(session, keys, found.news_keys):
        report.news_keys += 1
        key_change.record_news_key(session, missing.key)


def apply_plan(session: Session, found: ForgottenList, report: Report) -> None:
    """Have the plan hold that was set since, and a sooner day of deletion for everybody who is in the backup."""
    known = set(session.scalars(sa.select(Plan.number)))
    for row in found.plan:
        if row["number"] not in known:
            session.execute(sa.insert(table(Plan)).values(row))
            report.plans += 1
            if row["delete_on"]:
                bring_forward(session, row["delete_on"])


def apply_published(session: Session, found: ForgottenList, report: Report) -> None:
    """Show the words that were published since; a draft of the same words is older than they are."""
    known = set(session.scalars(sa.select(PublishedText.id)))
    rows = [row for row in found.published if row["id"] not in known]
    if rows:
        session.execute(sa.insert(table(PublishedText)), rows)
    for kind, name in {(row["kind"], row["name"]) for row in rows}:
        session.execute(sa.delete(Draft).where(Draft.kind == kind, Draft.name == name))
    report.published = len(rows)


def apply_inquiries(session: Session, found: ForgottenList) -> None:
    """Note what people asked since, and what was answered; a note of what was closed since does not come back."""
    notes = {row.id: row.note for row in session.execute(sa.select(Inquiry.id, Inquiry.note))}
    for row in found.inquiries:
        note = notes.get(row["id"], "") if row["closed_on"] is None else ""
        upsert = insert(session, Inquiry).values(row | {"note": note})
        changed = {name: upsert.excluded[name] for name in (*row, "note") if name != "id"}
        session.execute(upsert.on_conflict_do_update(index_elements=["id"], set_=changed))


def raise_sequences(session: Session) -> None:
    """Let PostgreSQL number new rows after those that were taken over with their numbers."""
    if session.get_bind().dialect.name == "postgresql":
        for record in (Removal, Burst, PublishedText, Inquiry, Supporter):
            name = table(record).name
            highest = f"SELECT setval('{name}_id_seq', GREATEST(max(id), (SELECT last_value FROM {name}_id_seq))) FROM {name}"  # noqa: S608  # our own names
            session.execute(sa.text(f"{highest} HAVING max(id) IS NOT NULL"))


def keep_entries(session: Session, entries: Entries, since: date) -> None:
    """Go on remembering what the list remembers."""
    session.execute(sa.delete(ForgottenEntry))
    rows = [*entries.values(), {"kind": Kind.SINCE.value, "id": bytes(ID_SIZE), "number": 0, "value": 0, "day": since}]
    session.execute(sa.insert(table(ForgottenEntry)), rows)
    session.execute(sa.update(Publication).values(counted_at=None))  # so that everything is counted anew


def _numbers(rows: Iterable[dict[str, Any]]) -> list[int]:
    return [int.from_bytes(row["id"], "big") for row in rows]


def _chunks(ids: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (ids[place : place + CHUNK] for place in range(0, len(ids), CHUNK))


def _count(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]  # what DELETE and UPDATE return has it
