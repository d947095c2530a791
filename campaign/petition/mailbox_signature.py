"""The one signature of a mailbox: looked up under tags of every version, and inserted where there is none.

New rows have the newest version. The database guards that one counts for each tag; those of before are looked up first.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.database import INSERTS, table
from campaign.petition.counting import standing
from campaign.petition.models import Signature, Submission

FIRST_LENGTH = 32  # bytes of a tag of version 1

_signature = table(Signature)
INSERT_SIGNATURE = {
    dialect: make(_signature)
    .on_conflict_do_nothing(index_elements=["tag"], index_where=_signature.c.removal_id.is_(None))
    .returning(_signature.c.id)
    for dialect, make in INSERTS.items()
}
SELECT_SIGNED = (  # what a mailbox has signed, locked so that an organizer who puts it back takes turns with who confirms
    sa.select(_signature.c.id, _signature.c.tag, _signature.c.address_tag, _signature.c.removal_id)
    .where(_signature.c.tag.in_(sa.bindparam("tags", expanding=True)))
    .with_for_update()
)


def signature_of(session: Session, waiting: Submission) -> Signature | None:
    """Return the signature that counts or is held of the mailbox of a submission, in any spelling."""
    found: Signature | None = session.scalar(standing().where(Signature.tag.in_([waiting.tag, waiting.first_tag])))
    return found


def is_same_spelling(signed: Signature, waiting: Submission) -> bool:
    """Whether a signature was made with the very spelling of a submission: of another one, a link must not open it.

    A signature of before has no tag of its spelling, and the tag of its mailbox in the first version stands for it.
    """
    if signed.address_tag is None:
        return len(signed.tag) == FIRST_LENGTH and signed.tag in (waiting.first_tag, waiting.tag)
    return signed.address_tag == waiting.address_tag


def insert_signature(session: Session, values: dict[str, Any], first_tag: bytes) -> bool:
    """Insert a signature; return False where its mailbox has one that counts, under a tag of any version."""
    signed = session.execute(SELECT_SIGNED, {"tags": [values["tag"], first_tag]}).all()
    if any(row.removal_id is None for row in signed):
        return False
    if old := [row.id for row in signed if row.tag == first_tag]:  # removed: put back, it is to meet the new one
        session.execute(sa.update(_signature).where(_signature.c.id.in_(old)).values(tag=values["tag"]))
    return session.execute(INSERT_SIGNATURE[session.get_bind().dialect.name], values).scalar() is not None


def delete_signatures(session: Session, tags: list[bytes]) -> bool:
    """Delete what a mailbox has signed, also what was removed or held; return whether any of it counted."""
    columns = _signature.c.removal_id, _signature.c.held_in
    gone = session.execute(sa.delete(_signature).where(_signature.c.tag.in_(tags)).returning(*columns))
    return (None, None) in [tuple(row) for row in gone]
