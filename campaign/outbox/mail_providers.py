"""The large mail providers, and how e-mails fare with each: so that one that swallows our mail shows at once.

Only these are ever named. Any other domain counts as `other`: a rare one would point at a person.
"""

from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from publicsuffixlist import PublicSuffixList
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import INSERTS, Base, table

# Who runs the mail, and the domains they run it under. What a domain brings that is not here can be held for review, so every
# domain belongs here under which hundreds of thousands of people have mailboxes, and none whose owner can make any number.
PROVIDER_DOMAINS = {
    "gmail.com": "gmail.com googlemail.com",
    "outlook.com": "outlook.com hotmail.com live.com windowslive.com msn.com hotmail.fr outlook.fr hotmail.de outlook.de live.de"
    " hotmail.co.uk live.co.uk live.fr hotmail.it hotmail.es outlook.es live.nl hotmail.se live.se",
    "yahoo.com": "yahoo.com yahoo.fr yahoo.co.uk yahoo.de yahoo.it yahoo.es yahoo.ca ymail.com rocketmail.com",
    "icloud.com": "icloud.com me.com mac.com",
    "proton.me": "proton.me protonmail.com pm.me",
    "gmx.net": "gmx.net gmx.de gmx.at gmx.ch gmx.com gmx.fr",
    "web.de": "web.de",
    "orange.fr": "orange.fr",
    "yandex.ru": "yandex.ru",
    "mail.ru": "mail.ru bk.ru inbox.ru list.ru",
    "aol.com": "aol.com",
    "mail.com": "mail.com email.com",
    "t-online.de": "t-online.de",
    "freenet.de": "freenet.de",
    "free.fr": "free.fr",
    "laposte.net": "laposte.net",
    "sfr.fr": "sfr.fr",
    "wanadoo.fr": "wanadoo.fr",
    "bluewin.ch": "bluewin.ch",
    "libero.it": "libero.it",
    "ziggo.nl": "ziggo.nl",
    "btinternet.com": "btinternet.com",
    "comcast.net": "comcast.net",
    "qq.com": "qq.com",
    "163.com": "163.com",
    "naver.com": "naver.com",
    "mynet.com": "mynet.com",
}
PROVIDERS = {domain: provider for provider, domains in PROVIDER_DOMAINS.items() for domain in domains.split()}
OTHER = "other"


class ProviderDay(Base):
    """The counts of what happened to the e-mails to one provider on one day."""

    __tablename__ = "provider_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    sent: Mapped[int]  # e-mails that ask to confirm, taken by the mail server; reminders do not count again
    refused: Mapped[int]  # refused for ever
    confirmed: Mapped[int]  # signatures confirmed


def _add_to_provider_day(dialect: str) -> Any:
    new = INSERTS[dialect](table(ProviderDay))
    sums = {name: table(ProviderDay).c[name] + new.excluded[name] for name in ("sent", "refused", "confirmed")}
    return new.on_conflict_do_update(index_elements=["day", "provider"], set_=sums)


ADD_COUNTS = {dialect: _add_to_provider_day(dialect) for dialect in INSERTS}  # made once: it runs for every e-mail


def provider_of(domain: str) -> str:
    """Return the large provider that runs a domain, or `other`."""
    return PROVIDERS.get(domain, OTHER)


def small_domain(domain: str) -> str | None:
    """Return the domain that a small provider has registered, so that its subdomains count together; None for a large one."""
    return None if domain in PROVIDERS else registrable_domain(domain)


def registrable_domain(domain: str) -> str:
    """Return the part of a domain that somebody registers, by the ICANN part of the Public Suffix List.

    The private part, such as github.io, is left out: anybody can have a line added there. A public suffix stays as it is.
    """
    return _public_suffixes().privatesuffix(domain) or domain


@cache
def _public_suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


def add_counts(session: Session, day: date, provider: str, *, sent: int = 0, refused: int = 0, confirmed: int = 0) -> None:
    """Add to the counts of a provider and day."""
    counts = {"day": day, "provider": provider, "sent": sent, "refused": refused, "confirmed": confirmed}
    session.execute(ADD_COUNTS[session.get_bind().dialect.name], counts)
