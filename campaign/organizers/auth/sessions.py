"""Logins: a row for each browser that is logged in, so that any of them can be ended."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.sealing import new_token, token_hash
from campaign.organizers import ledger
from campaign.organizers.models import Account, Login

IDLE_TIMEOUT = timedelta(minutes=30)
ABSOLUTE_TIMEOUT = timedelta(hours=12)
REAUTHENTICATION_PERIOD = timedelta(minutes=10)  # for what shows or moves personal data
SEEN_INTERVAL = timedelta(minutes=1)


def begin_session(session: Session, account: Account, moment: datetime) -> str:
    """Begin a login and return the token that the browser keeps."""
    ledger.begin_change(session)
    token = new_token()
    session.add(Login(token_hash=token_hash(token), account=account, began_at=moment, seen_at=moment, asked_at=moment))
    return token


def find_session(session: Session, token: str, moment: datetime) -> Login | None:
    """Return the login of a token, unless it is over, its account is not open, or this site has not written both."""
    living = sa.select(Login).where(Login.token_hash == token_hash(token), *_living(moment))
    login = session.scalar(living)
    if login is None or not login.account.is_open:
        return None
    return login if ledger.is_ours(session, login) and ledger.is_ours(session, login.account) else None


def mark_seen(session: Session, login: Login, moment: datetime) -> None:
    """Record activity, so that the idle time begins again."""
    ledger.begin_change(session)
    session.execute(sa.update(Login).where(Login.id == login.id).values(seen_at=moment))


def mark_reauthenticated(session: Session, login: Login, moment: datetime) -> None:
    """Record that passphrase and code were given just now."""
    ledger.begin_change(session)
    session.execute(sa.update(Login).where(Login.id == login.id).values(asked_at=moment))


def is_recently_authenticated(login: Login, moment: datetime) -> bool:
    """Return whether passphrase and code were given within the last minutes."""
    return moment - login.asked_at < REAUTHENTICATION_PERIOD


def list_sessions(session: Session, account: Account, moment: datetime) -> list[Login]:
    """Return the logins of an account, the newest first."""
    living = sa.select(Login).where(Login.account_id == account.id, *_living(moment))
    return list(session.scalars(living.order_by(Login.began_at.desc())))


def end_sessions(session: Session, account: Account, *ids: int) -> None:
    """End some logins of an account, or all if none is named."""
    ledger.begin_change(session)
    which = [Login.id.in_(ids)] if ids else []
    session.execute(sa.delete(Login).where(Login.account_id == account.id, *which))


def _living(moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return Login.seen_at > moment - IDLE_TIMEOUT, Login.began_at > moment - ABSOLUTE_TIMEOUT
