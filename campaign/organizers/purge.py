"""What the desk forgets by itself: logins that are over, guesses of other days, browsers that were not used for a year."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign.database import Database
from campaign.organizers.auth import sessions, throttling
from campaign.organizers.models import Guesses, KnownDevice, Login

GUESSES_LIFE = timedelta(days=2)


def forget(database: Database, moment: datetime) -> None:
    """Deletes what is over. Accounts, requests and the audit stay."""
    over = (
        sa.delete(Login).where(sa.or_(Login.seen_at < moment - sessions.IDLE, Login.began_at < moment - sessions.LONGEST)),
        sa.delete(Guesses).where(Guesses.day < (moment - GUESSES_LIFE).date()),
        sa.delete(KnownDevice).where(KnownDevice.used_at < moment - throttling.DEVICE_LIFE),
    )
    with database.writing() as session:
        for statement in over:
            session.execute(statement)
