"""The switches of a campaign: end the signing, stop the mail, hide all names, hold new words. Each can be turned back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.petition.models import Publication


@dataclass(frozen=True)
class Switch:
    """What a switch changes, and what the audit calls turning it on and off."""

    since: InstrumentedAttribute[Any]  # the day on which it was turned on
    on: Action
    off: Action


SWITCHES = {
    "signing": Switch(Publication.closed_on, Action.SIGNING_CLOSED, Action.SIGNING_RESUMED),
    "mail": Switch(Publication.mail_stopped_on, Action.MAIL_STOPPED, Action.MAIL_RESUMED),
    "names": Switch(Publication.names_hidden_on, Action.NAMES_HIDDEN, Action.NAMES_SHOWN),
    "words": Switch(Publication.words_held_on, Action.WORDS_HELD, Action.WORDS_NOT_HELD),
}


def set_switch(session: Session, name: str, *, on: bool, by: str, today: date) -> None:
    """Turn a switch; do and record nothing if it is turned that way already."""
    switch = SWITCHES[name]
    was_off = switch.since.is_(None)
    changing = sa.update(Publication).where(Publication.id == 1, was_off if on else sa.not_(was_off))
    changed = session.execute(changing.values({switch.since: today if on else None}).returning(Publication.id))
    if changed.scalar() is not None:
        audit.record(session, by, switch.on if on else switch.off)
