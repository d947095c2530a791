"""Organisations and known people who support the campaign: entered at the desk with where their consent is kept.

They are counted apart from the signatures, and can be taken down or deleted at any time. What is kept is not in the rows of
published words, which nobody can delete.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.database import Base
from campaign.languages import LANGUAGES, SOURCE, Language
from campaign.petition.offices import WEB_ADDRESS

LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_CONSENT = 100, 160, 200  # characters
LONGEST_WEB_ADDRESS = 300


class SupporterKind(StrEnum):
    """Who supports, by the code that is stored."""

    ORGANISATION = "organisation"
    PERSON = "person"


class Supporter(Base):
    """An organisation or a known person who supports the campaign, whether shown or not."""

    __tablename__ = "supporter"
    __table_args__ = {"sqlite_autoincrement": True}  # the audit and the forgotten list name a number for good

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # one of SupporterKind
    names: Mapped[dict[str, str]] = mapped_column(sa.JSON)  # by language, without those in which it is missing
    descriptions: Mapped[dict[str, str]] = mapped_column(sa.JSON)  # the same
    web: Mapped[str] = mapped_column(sa.String(LONGEST_WEB_ADDRESS))  # https, or empty
    consent: Mapped[str] = mapped_column(sa.String(LONGEST_CONSENT))  # where it is kept in writing; for the desk alone
    shown_on: Mapped[date | None]  # since when everybody reads it

    def name(self, code: str) -> str:
        """Return the name for a list of the desk: in a language, or in one that there is."""
        return self.names.get(code) or self.names.get(SOURCE) or next(iter(self.names.values()))

    def is_in_any_language(self) -> bool:
        """Return whether the site still has a language in which there is a name."""
        return any(code in LANGUAGES for code in self.names)

    def digest(self, key: bytes) -> str:
        """Return 32 hex digits over all that was entered, so that nobody agrees to anything else.

        Requests keep them for good: without the key, which is that of the desk, nobody tests a guess of who was deleted.
        """
        said = [self.kind, self.names, self.descriptions, self.web, self.consent]
        return hmac.new(key, b"supporter:" + json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hexdigest()[:32]

    def as_shown(self) -> "ShownSupporter":
        """Return what everybody reads of it."""
        return ShownSupporter(self.id, SupporterKind(self.kind), self.names, self.descriptions, self.web, self.shown_on)


@dataclass(frozen=True)
class ShownSupporter:
    """What everybody reads of a supporter."""

    id: int
    kind: SupporterKind
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    web: str
    shown_on: date | None

    def without_retold(self, withdrawn_on: date | None) -> "ShownSupporter":
        """Return it without what may retell a testimony that is withdrawn, unless two have shown it since."""
        is_from_since = withdrawn_on and self.shown_on and self.shown_on > withdrawn_on
        return self if is_from_since else replace(self, descriptions={})

    def name_language(self, code: str) -> Language:
        """Return the language in which readers of a language see the name."""
        return _language_of(self.names, code)

    def description_language(self, code: str) -> Language | None:
        """Return the language in which they see the description; None where there is none."""
        return _language_of(self.descriptions, code) if any(one in LANGUAGES for one in self.descriptions) else None


def _language_of(words: Mapping[str, str], code: str) -> Language:
    return LANGUAGES[next((one for one in (code, SOURCE, *LANGUAGES) if one in words), SOURCE)]


def read_supporters(session: Session) -> list[Supporter]:
    """Return all that were entered, in the order in which they were."""
    return list(session.scalars(sa.select(Supporter).order_by(Supporter.id)))


def read_shown(session: Session) -> tuple[ShownSupporter, ...]:
    """Return those that everybody reads, in the order in which they were entered."""
    shown = sa.select(Supporter).where(Supporter.shown_on.is_not(None)).order_by(Supporter.id)
    return tuple(one.as_shown() for one in session.scalars(shown) if one.is_in_any_language())


def web_faults(address: str) -> Iterator[str]:
    """Say what is wrong with a web address, a sentence each."""
    if len(address) > LONGEST_WEB_ADDRESS or not WEB_ADDRESS.fullmatch(address):
        yield gettext("This is not a web address that begins with https://, such as https://example.org/.")
