"""The switches of a campaign: end the signing, stop the mail, hide all names, hold new words. Each can be turned back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.organizers import audit
from campaign.petition.models import Publication


@dataclass(frozen=True)
class Switch:
    """What a switch changes, and what the audit calls turning it on and off."""

    since: InstrumentedAttribute[Any]  # the day on which it was turned on
    on: str
    off: str


SWITCHES = {
    "signing": Switch(Publication.closed_on, "signing closed", "signing resumed"),
    "mail": Switch(Publication.mail_stopped_on, "mail stopped", "mail resumed"),
    "names": Switch(Publication.names_hidden_on, "names hidden", "names shown"),
    "words": Switch(Publication.words_held_on, "words held", "words not held"),
}


def turn(session: Session, name: str, *, on: bool, by: str, today: date) -> None:
    """Turns a switch; turned the same way again, nothing changes and nothing is noted."""
    switch = SWITCHES[name]
    was_off = switch.since.is_(None)
    changing = sa.update(Publication).where(Publication.id == 1, was_off if on else sa.not_(was_off))
    changed = session.execute(changing.values({switch.since: today if on else None}).returning(Publication.id))
    if changed.scalar() is not None:
        audit.note(session, by, switch.on if on else switch.off)
