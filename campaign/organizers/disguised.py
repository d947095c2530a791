"""Signatures from before encoded words were refused in addresses, when one mailbox could sign once with each spelling of it."""

from collections.abc import Iterable, Iterator
from datetime import date

import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from campaign.crypto.keys import key_id
from campaign.crypto.sealing import CannotOpen, open_sealed
from campaign.database import Database
from campaign.exports import rows
from campaign.exports.rows import StoredSignature
from campaign.outbox.address import ENCODED_WORD
from campaign.petition.models import NameReview, Signature
from campaign.petition.name_flags import ADDRESS


def flag_disguised(database: Database, privates: Iterable[PrivateKey], today: date) -> int:
    """Put the signatures with such an address before the organizers, for review; return how many there are.

    Only what these private keys open can be looked at.
    """
    ring = {key_id(private.public_key): private for private in privates}
    found = [stored.id for page in rows.read_pages(database, rows.SignatureFilter()) for stored in _disguised(ring, page)]
    if found:
        with database.writing() as session:
            for signature in found:
                _flag(session, signature, today)
    return len(found)


def _disguised(ring: dict[bytes, PrivateKey], page: list[StoredSignature]) -> Iterator[StoredSignature]:
    for stored in page:
        private = ring.get(stored.sealed[1:9])
        try:
            if private and ENCODED_WORD.search(open_sealed(private, stored.sealed).email):
                yield stored
        except CannotOpen:  # an export says which record it is
            continue


def _flag(session: Session, signature: bytes, today: date) -> None:
    review = session.get(NameReview, signature)
    if review is not None:
        review.flags = " ".join(dict.fromkeys([*review.flags.split(), ADDRESS]))
        review.refused_on = None
    elif session.scalar(sa.select(Signature.id).where(Signature.id == signature)):
        session.add(NameReview(signature_id=signature, day=today, held=None, flags=ADDRESS, refused_on=None))
