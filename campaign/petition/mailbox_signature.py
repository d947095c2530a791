"""The one signature of a mailbox: looked up under tags of every version, and inserted where there is none.

New rows have the newest version. The database ensures that one counts for each tag; look up older tags first.
"""

import hmac
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import INSERTS, table
from campaign.outbox.address import EmailAddress
from campaign.petition import forgotten
from campaign.petition.counting import standing
from campaign.petition.forgotten import Kind
from campaign.petition.links import LinkRequest, signed_by
from campaign.petition.models import Publication, Signature, Submission

FIRST_LENGTH = 32  # bytes of a tag of version 1

_signature, _publication = table(Signature), table(Publication)
INSERT_SIGNATURE = {
    dialect: make(_signature)
    .on_conflict_do_nothing(index_elements=["tag"], index_where=_signature.c.removal_id.is_(None))
    .returning(_signature.c.id)
    for dialect, make in INSERTS.items()
}
SELECT_STANDING = standing().where(Signature.tag.in_([sa.bindparam("tag"), sa.bindparam("first_tag")]))
SELECT_SIGNED = (  # what a mailbox has signed, locked so that an organizer who puts it back takes turns with who confirms
    sa.select(_signature.c.id, _signature.c.tag, _signature.c.address_tag, _signature.c.removal_id)
    .where(signed_by([sa.bindparam("tag"), sa.bindparam("first_tag")]))
    .with_for_update()
)


def signature_of(session: Session, waiting: Submission | LinkRequest) -> Signature | None:
    """Return the signature that counts or is held of the mailbox of a submission or request, in any spelling."""
    found: Signature | None = session.scalar(SELECT_STANDING, {"tag": waiting.tag, "first_tag": waiting.first_tag})
    return found


def removed_signature_of(session: Session, request: LinkRequest) -> Signature | None:
    """Return a signature of an address that an organizer removed, which its signer can still delete."""
    removed = Signature.tag.in_([request.tag, request.first_tag]), Signature.removal_id.is_not(None)
    return next((one for one in session.scalars(sa.select(Signature).where(*removed)) if is_same_spelling(one, request)), None)


def is_same_spelling(signed: Signature, waiting: Submission | LinkRequest) -> bool:
    """Return whether a signature was made with exactly the spelling of a submission: the link of another must not open it.

    An older signature has no tag of its spelling; its mailbox tag of the first version is used instead.
    """
    if signed.address_tag is None:
        return len(signed.tag) == FIRST_LENGTH and signed.tag in (waiting.first_tag, waiting.tag)
    return signed.address_tag == waiting.address_tag


def is_signed_with(key: bytes, signed: Signature, email: str) -> bool:
    """Return whether a signature was made with this very spelling of an address."""
    if signed.address_tag is None:
        return len(signed.tag) == FIRST_LENGTH and signed.tag in sealing.mailbox_tags(key, email)
    return hmac.compare_digest(signed.address_tag, sealing.address_tag(key, email))


def seal_anew(keys: Keys, signed: Signature, *, name: str, email: EmailAddress) -> None:
    """Replace the sealed record of a signature by one with another name, if this is the address that it was signed with."""
    person = sealing.Person(record=signed.id, text_sha256=signed.sealed_for or signed.text_sha256, name=name, email=email.text)
    sealed = sealing.seal(keys.public, person)
    if is_signed_with(keys.tag, signed, email.text):
        signed.sealed = sealed


def move_to_version(session: Session, signed: Signature, text_sha256: str) -> None:
    """Put a signature under a later version at its signer's wish. Its sealed record goes on saying which one was signed first."""
    first = signed.sealed_for or signed.text_sha256
    signed.text_sha256, signed.sealed_for = text_sha256, None if first == text_sha256 else first
    # No sum of a day shows it to the next publication. A number that only grows shows it to one that has counted already too.
    session.execute(sa.update(_publication).values(text_moves=_publication.c.text_moves + 1))


def insert_signature(connection: sa.Connection, values: dict[str, Any], first_tag: bytes) -> bool:
    """Insert a signature; return False where its mailbox has one that counts, under a tag of any version."""
    signed = connection.execute(SELECT_SIGNED, {"tag": values["tag"], "first_tag": first_tag}).all()
    if any(row.removal_id is None for row in signed):
        return False
    if old := [row.id for row in signed if row.tag == first_tag]:  # removed: put back, it is to meet the new one
        connection.execute(sa.update(_signature).where(_signature.c.id.in_(old)).values(tag=values["tag"]))
    return connection.execute(INSERT_SIGNATURE[connection.dialect.name], values).scalar() is not None


def delete_signatures(session: Session, tags: list[bytes]) -> bool:
    """Delete every signature of a mailbox, also removed or held ones; return whether any of them counted."""
    columns = _signature.c.id, _signature.c.removal_id, _signature.c.held_in
    gone = session.execute(sa.delete(_signature).where(signed_by(tags)).returning(*columns)).all()
    forgotten.remember(session, Kind.RECORD, [row.id for row in gone])
    return (None, None) in [(row.removal_id, row.held_in) for row in gone]
