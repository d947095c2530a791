"""A change of the key that signatures are sealed to: asked for with its fingerprint, done when a second organizer agrees."""

from typing import Any

import sqlalchemy as sa
from nacl.public import PublicKey
from sqlalchemy.orm import Session

from campaign.crypto import sealing
from campaign.database import now
from campaign.organizers import audit, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, AuditLine, Desk, Request
from campaign.petition import key_rotation


def ask(session: Session, keys: sealing.Keys, key: PublicKey, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Ask for another key; raise KnownKey."""
    key_rotation.check_new(session, keys, key)
    facts = {"public": key_rotation.written(key), "fingerprint": sealing.fingerprint(key)}
    return four_eyes.ask(session, by, Action.KEY_CHANGE, facts, handlers)


def change(session: Session, keys: sealing.Keys, key: PublicKey, *, by: str) -> None:
    """Seals to another key from now on, and notes it; raises KnownKey."""
    session.get_one(Desk, 1, with_for_update=True)  # two that change it take turns
    key_rotation.put_in_force(session, keys, key, now().date())
    audit.note(session, by, Action.KEY_CHANGED, fingerprint=sealing.fingerprint(key))


def change_agreed(keys: sealing.Keys, session: Session, facts: dict[str, Any], by: str) -> None:
    """Seal to the key whose fingerprint the second organizer was shown; raise NotPossible for another one, or a known one."""
    try:
        key = key_rotation.parse(facts["public"])
        if sealing.fingerprint(key) != facts["fingerprint"]:
            raise four_eyes.NotPossible
        change(session, keys, key, by=by)
    except (key_rotation.KnownKey, key_rotation.NotAKey):
        raise four_eyes.NotPossible from None


def dropped(session: Session, keys: sealing.Keys) -> list[str]:
    """Says when the audit knows more changes than the database has keys: somebody has taken the newest away."""
    changes = sa.select(sa.func.count()).select_from(AuditLine).where(AuditLine.act == Action.KEY_CHANGED.value)
    if session.scalar(changes) == len(key_rotation.later(session, keys)):
        return []
    return ["The audit knows another number of key changes than the database: signatures may be sealed to an old key."]
