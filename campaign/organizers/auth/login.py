"""Who somebody is: passphrase and code together, counted before they are looked at, and one answer whatever is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaign.crypto.sealing import new_token
from campaign.database import Database
from campaign.organizers import accounts, audit
from campaign.organizers.actions import Action
from campaign.organizers.auth import passphrases, sessions, throttling
from campaign.organizers.auth.two_factor import use
from campaign.organizers.models import Account


@dataclass(frozen=True)
class Proof:
    """What somebody typed, and what their browser keeps of an earlier login."""

    passphrase: str
    code: str
    device: str | None


@dataclass(frozen=True)
class Entered:
    """What the browser keeps: of this login, and of having been here."""

    token: str
    device: str


def enter(database: Database, key: bytes, email: str, proof: Proof, moment: datetime) -> Entered | None:
    """Begins a login; None whatever was wrong, also where there is no such account."""
    with database.reading() as session:
        account = accounts.ready(session, email)
    begun: list[Entered] = []

    def begin(session: Session, found: Account) -> None:
        begun.append(_begin(session, found, proof, moment))

    prove(database, key, account, proof, moment, begin)
    return begun[0] if begun else None


def prove(
    database: Database,
    key: bytes,
    account: Account | None,
    proof: Proof,
    moment: datetime,
    then: Callable[[Session, Account], object],
) -> bool:
    """Whether passphrase and code are the account's; if so, does `then` in the transaction that uses the code up.

    The guess is on disk before it is looked at, and nobody waits for the disk while Argon2 works: so there are two transactions.
    """
    device = _counted(database, account, proof, moment)
    kept = account.passphrase_hash if account and device is not None else None
    if not passphrases.is_right(proof.passphrase, kept) or account is None or device is None:
        return False
    with database.writing() as session:
        found = session.get(Account, account.id)
        if not found or found.passphrase_hash != kept or not use(session, key, found, proof.code, moment):
            return False
        throttling.give_back(session, found, device, moment)
        then(session, found)
    return True


def _counted(database: Database, account: Account | None, proof: Proof, moment: datetime) -> bytes | None:
    """Counts the guess; None when it is not to be looked at."""
    with database.writing() as session:
        device = throttling.whose(session, account, proof.device, moment)
        return device if throttling.take(session, account, device, moment) else None


def _begin(session: Session, account: Account, proof: Proof, moment: datetime) -> Entered:
    """A new login under a new token; the browser is known from now on."""
    is_known = throttling.whose(session, account, proof.device, moment) != throttling.STRANGERS
    device = proof.device if is_known and proof.device else new_token()
    throttling.remember(session, account, device, moment)
    entered = Entered(sessions.begin(session, account, moment), device)
    wrong = throttling.wrong_today(session, account, moment)
    audit.note(session, account.email, Action.LOGGED_IN, **{"wrong_today": wrong} if wrong else {})
    return entered
