"""A change of the key that signatures are sealed to: asked for with its fingerprint, done when a second organizer agrees."""

from typing import Any

import sqlalchemy as sa
from nacl.public import PublicKey
from sqlalchemy.orm import Session

from campaign.crypto.keys import Keys, fingerprint
from campaign.database import now
from campaign.organizers import audit, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, AuditEntry, Desk, Request
from campaign.petition import key_rotation, news_key


def request_key_change(session: Session, keys: Keys, key: PublicKey, by: Account, handlers: four_eyes.Handlers) -> Request:
    """Request another key; raise KeyAlreadyUsed, also for a key for news."""
    key_rotation.check_unused(session, keys, key)
    news_key.check_not_for_news(session, key)
    facts = {"public": key_rotation.encode_key(key), "fingerprint": fingerprint(key)}
    return four_eyes.request_approval(session, by, Action.KEY_CHANGE, facts, handlers)


def change_key(session: Session, keys: Keys, key: PublicKey, *, by: str) -> None:
    """Seal to another key from now on, and record it; raise KeyAlreadyUsed, also for a key for news."""
    session.get_one(Desk, 1, with_for_update=True)  # two that change it take turns
    news_key.check_not_for_news(session, key)
    key_rotation.activate_key(session, keys, key, now().date())
    audit.record(session, by, Action.KEY_CHANGED, fingerprint=fingerprint(key))


def change_news_key(session: Session, keys: Keys, key: PublicKey | None) -> None:
    """Seal addresses for news to another key from now on, or offer no news with None; raise KeyAlreadyUsed."""
    session.get_one(Desk, 1, with_for_update=True)  # two that change it take turns
    if news_key.set_news_key(session, keys, key, now().date()):
        record_news_key(session, key)


def record_news_key(session: Session, key: PublicKey | None) -> None:
    """Record that news is sealed to another key, or no longer offered."""
    if key:
        audit.record(session, "", Action.NEWS_KEY_CHANGED, fingerprint=fingerprint(key))
    else:
        audit.record(session, "", Action.NEWS_STOPPED)


def change_agreed(keys: Keys, session: Session, facts: dict[str, Any], by: str) -> None:
    """Seal to the key whose fingerprint the second organizer was shown; raise NotDecidable for another one, or a known one."""
    try:
        key = key_rotation.parse_key(facts["public"])
        if fingerprint(key) != facts["fingerprint"]:
            raise four_eyes.NotDecidable
        change_key(session, keys, key, by=by)
    except (key_rotation.KeyAlreadyUsed, key_rotation.InvalidKey):
        raise four_eyes.NotDecidable from None


def missing_key_problems(session: Session, keys: Keys) -> list[str]:
    """Say when the audit knows more changes than the database has keys: somebody has taken the newest away."""
    if _count_lines(session, Action.KEY_CHANGED) == len(key_rotation.rotated_keys(session, keys)):
        return []
    return ["The audit knows another number of key changes than the database: signatures may be sealed to an old key."]


def missing_news_key_problems(session: Session, keys: Keys) -> list[str]:
    """Say the same of the key for news."""
    if _count_lines(session, Action.NEWS_KEY_CHANGED, Action.NEWS_STOPPED) == len(news_key.news_keys(session, keys)):
        return []
    return [
        "The audit knows another number of changes of the key for news than the database: news may be sealed to an old key, or"
        " be offered although it was stopped."
    ]


def _count_lines(session: Session, *actions: Action) -> int:
    lines = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.act.in_([one.value for one in actions]))
    return session.scalar(lines) or 0
