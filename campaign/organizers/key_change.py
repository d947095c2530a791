"""A change of the key that signatures are sealed to: asked for with its fingerprint, done when a second organizer agrees."""

from nacl.public import PublicKey
from sqlalchemy.orm import Session

from campaign import sealing
from campaign.database import now
from campaign.organizers import audit, four_eyes
from campaign.organizers.models import Account, Desk, Request
from campaign.petition import seal_keys

CHANGE = "key change"  # on the list of four eyes


def ask(session: Session, keys: sealing.Keys, key: PublicKey, by: Account) -> Request:
    """Asks for another key; raises KnownKey."""
    seal_keys.check_new(session, keys, key)
    facts = {"public": seal_keys.written(key), "fingerprint": sealing.fingerprint(key)}
    return four_eyes.ask(session, by, CHANGE, facts)


def change(session: Session, keys: sealing.Keys, key: PublicKey, *, by: str) -> None:
    """Seals to another key from now on, and notes it; raises KnownKey."""
    session.get_one(Desk, 1, with_for_update=True)  # two that change it take turns
    seal_keys.put_in_force(session, keys, key, now().date())
    audit.note(session, by, "key changed", fingerprint=sealing.fingerprint(key))


def dropped(session: Session, keys: sealing.Keys) -> list[str]:
    """Says when the audit knows more changes than the database has keys: somebody has taken the newest away."""
    known = sum(line.act == "key changed" for line in audit.lines(session))
    if known == len(seal_keys.later(session, keys)):
        return []
    return ["The audit knows another number of key changes than the database: signatures may be sealed to an old key."]
