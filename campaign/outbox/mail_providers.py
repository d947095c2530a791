"""The large mail providers, and how e-mails fare with each: so that one that swallows our mail shows at once.

Only these are ever named. Any other domain counts as `other`: a rare one would point at a person.
"""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base, insert

# Who runs the mail, and the domains they run it under.
PROVIDER_DOMAINS = {
    "gmail.com": "gmail.com googlemail.com",
    "outlook.com": "outlook.com hotmail.com live.com windowslive.com msn.com hotmail.fr outlook.fr",
    "yahoo.com": "yahoo.com yahoo.fr",
    "icloud.com": "icloud.com me.com",
    "proton.me": "proton.me protonmail.com",
    "gmx.net": "gmx.net gmx.de",
    "web.de": "web.de",
    "orange.fr": "orange.fr",
    "yandex.ru": "yandex.ru",
    "mail.ru": "mail.ru",
    "aol.com": "aol.com",
}
PROVIDERS = {domain: provider for provider, domains in PROVIDER_DOMAINS.items() for domain in domains.split()}
OTHER = "other"


class ProviderDay(Base):
    """What became of the e-mails to one provider on one day: counts and nothing else."""

    __tablename__ = "provider_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    sent: Mapped[int]  # e-mails that ask to confirm, taken by the mail server; reminders do not count again
    refused: Mapped[int]  # refused for ever
    confirmed: Mapped[int]  # signatures confirmed


def provider_of(domain: str) -> str:
    """Return the large provider that runs a domain, or `other`."""
    return PROVIDERS.get(domain, OTHER)


def add_counts(session: Session, day: date, provider: str, *, sent: int = 0, refused: int = 0, confirmed: int = 0) -> None:
    """Adds to the counts of a provider and day."""
    more = {"sent": sent, "refused": refused, "confirmed": confirmed}
    new = insert(session, ProviderDay).values(day=day, provider=provider, **more)
    sums = {name: getattr(ProviderDay, name) + number for name, number in more.items()}
    session.execute(new.on_conflict_do_update(index_elements=["day", "provider"], set_=sums))
