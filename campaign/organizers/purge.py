"""What the desk forgets by itself: logins that are over, guesses of other days, browsers that were not used for a year."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from campaign.database import Database
from campaign.organizers.auth import sessions, throttling
from campaign.organizers.models import KnownDevice, Login, LoginAttempts

ATTEMPTS_LIFETIME = timedelta(days=2)


def purge(database: Database, moment: datetime) -> None:
    """Deletes what is over. Accounts, requests and the audit stay."""
    over = (
        sa.delete(Login).where(
            sa.or_(Login.seen_at < moment - sessions.IDLE_TIMEOUT, Login.began_at < moment - sessions.ABSOLUTE_TIMEOUT)
        ),
        sa.delete(LoginAttempts).where(LoginAttempts.day < (moment - ATTEMPTS_LIFETIME).date()),
        sa.delete(KnownDevice).where(KnownDevice.used_at < moment - throttling.DEVICE_LIFETIME),
    )
    with database.writing() as session:
        for statement in over:
            session.execute(statement)
