"""What was written to be handed over to an office: the frozen numbers and the hash of every file, in rows that are only added."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from campaign.database import Base
from campaign.petition.counting import Snapshot


class Delivery(Base):
    """A package that was written for one office. It is never changed or deleted; later events get their own rows."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(sa.String(60))  # the key of the addressee
    day: Mapped[date]
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)  # as FrozenCount has them
    files: Mapped[dict[str, str]] = mapped_column(sa.JSON)  # the SHA-256 of each by its name
    by: Mapped[str] = mapped_column(sa.String(20))  # the number of an account, or plan.COMMAND


@dataclass(frozen=True)
class FrozenCount:
    """The published numbers at the moment of a delivery."""

    confirmed: int
    as_of: str  # the minute of their publication, in UTC
    countries: int  # whose number is published, so that no two deliveries tell of a single signer
    theirs: int | None  # from the country of the office, as the public cells have it; None: fewer than are published
    text_sha256: dict[str, str]  # of the letter, by language
    is_sample: bool

    @property
    def day(self) -> date:
        """Return the day on which it was published."""
        return date.fromisoformat(self.as_of[:10])

    def as_value(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return asdict(self)


def freeze_count(latest: Snapshot, country: str, hashes: dict[str, str]) -> FrozenCount:
    """Return the numbers that were last published, for an office of a country."""
    return FrozenCount(
        confirmed=latest.confirmed,
        as_of=latest.as_of.strftime("%Y-%m-%dT%H:%MZ"),
        countries=len(latest.countries),
        theirs=dict(latest.countries).get(country),
        text_sha256=hashes,
        is_sample=latest.is_sample,
    )
