"""What an organizer who leaves passes on to another one: what the site knows of it, as it is now."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from campaign.crypto.keys import Keys, fingerprint
from campaign.health.backup_record import last_backup
from campaign.organizers import accounts, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, AuditEntry
from campaign.petition import inquiries, key_rotation, news_key, plan
from campaign.petition.inquiries import Inquiry
from campaign.petition.plan import Days
from campaign.petition.published import Draft


@dataclass(frozen=True)
class Belongings:
    """What there is to pass on."""

    others: list[Account]  # who has an account and gets in
    keys: list[tuple[str, date | None]]  # fingerprints, the newest first; the first key has no day
    news_key: str  # its fingerprint; empty: no news is offered
    last_backup: datetime | None
    days: Days
    inquiries: list[Inquiry]  # open ones, the nearest last day first
    drafts: int  # words that are not published yet
    asked: int  # requests of this account, which end with it
    to_decide: int  # requests of others
    files: int  # that this account has taken in all

    @property
    def organizers(self) -> list[Account]:
        """Return those of the others who can decide together with somebody."""
        return [account for account in self.others if account.is_organizer]


def find_belongings(session: Session, keys: Keys, account: Account) -> Belongings:
    """Return what the owner of an account passes on."""
    rotated = [(fingerprint(row.key), row.since) for row in key_rotation.rotated_keys(session, keys)]
    for_news, requests = news_key.newest_news_key(session, keys), four_eyes.pending(session)
    taken = sa.select(sa.func.count()).where(AuditEntry.by == account.email, AuditEntry.act == Action.EXPORT_TAKEN)
    return Belongings(
        others=[one for one in accounts.list_accounts(session) if one.is_open and one.id != account.id],
        keys=[*reversed(rotated), (fingerprint(keys.public), None)],
        news_key=fingerprint(for_news) if for_news else "",
        last_backup=last_backup(session),
        days=plan.current_days(session),
        inquiries=list(inquiries.open_inquiries(session)),
        drafts=session.scalar(sa.select(sa.func.count()).select_from(Draft)) or 0,
        asked=sum(request.asked_by == account.email for request in requests),
        to_decide=sum(request.asked_by != account.email for request in requests),
        files=session.scalar(taken) or 0,
    )
