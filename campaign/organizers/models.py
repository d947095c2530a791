"""The records of the desk: the accounts and actions of organizers; nothing of a signer is in them."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from campaign.database import Base
from campaign.exports.format import FILLED_IN, Format
from campaign.exports.formats import FORMATS
from campaign.handover.archive import OFFICE_PACKAGE

ORGANIZER, MODERATOR = "organizer", "moderator"
DOCUMENTS = FORMATS | {OFFICE_PACKAGE.name: OFFICE_PACKAGE}  # that are prepared at the desk
FILE_LIFETIME = timedelta(hours=1)  # of an export
NOT_IN_A_NAME = re.compile("[^A-Za-z0-9-]+")  # of a file that is carried between systems
ROLES = (ORGANIZER, MODERATOR)  # a moderator sees no personal data


class Account(Base):
    """Somebody who works at the desk. Without a second factor the account is not ready and opens nothing."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    link_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), unique=True)  # of the link to set it up
    link_until: Mapped[datetime | None]
    passphrase_hash: Mapped[str | None] = mapped_column(sa.String(200))  # Argon2id
    factor_box: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # the TOTP secret, encrypted under the desk's key
    last_step: Mapped[int] = mapped_column(default=0)  # the newest time step of which a code was used
    ready_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]  # by another organizer: nobody gets in, and what waits for two still needs two
    daily_language: Mapped[str | None] = mapped_column(sa.String(8))  # of the daily e-mail; none: not wanted
    daily_sent_on: Mapped[date | None]

    @property
    def is_organizer(self) -> bool:
        """Return whether they may see personal data and agree to what waits for a second organizer."""
        return self.role == ORGANIZER

    @property
    def is_open(self) -> bool:
        """Return whether its owner gets in: it is set up, and not locked."""
        return self.ready_at is not None and self.locked_at is None


class RecoveryCode(Base):
    """A code on paper that replaces the second factor once."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)


class Login(Base):
    """One browser that is logged in; without its row its cookie opens nothing."""

    __tablename__ = "login"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # to the minute
    asked_at: Mapped[datetime]  # when passphrase and code were last given
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class KnownDevice(Base):
    """A browser that an organizer has logged in with before; guesses from it are counted apart."""

    __tablename__ = "known_device"

    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    used_at: Mapped[datetime]


class LoginAttempts(Base):
    """The number of wrong passphrases and codes of one day, from one known device or from all strangers together."""

    __tablename__ = "guesses"

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: addresses without an account
    day: Mapped[date] = mapped_column(primary_key=True)
    device: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)  # empty: strangers
    tried: Mapped[int] = mapped_column(default=0)  # not used any more
    wrong: Mapped[int]  # without those that came too early to be looked at
    next_at: Mapped[datetime]  # before this none is looked at


class AuditEntry(Base):
    """One action, chained to the line before it: `hash` is over `previous` and what the line says."""

    __tablename__ = "audit_line"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, without a gap
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(sa.String(320))  # the e-mail of an account; empty: a command on the server
    act: Mapped[str] = mapped_column(sa.String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    previous: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    mac: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))  # of the hash; none from before there was a ledger


class Request(Base):
    """An action that waits for a second organizer, or waited."""

    __tablename__ = "request"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(sa.String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    asked_by: Mapped[str] = mapped_column(sa.String(320))
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(sa.String(320))
    decided_at: Mapped[datetime | None] = mapped_column(index=True)
    done_at: Mapped[datetime | None]

    @property
    def is_done(self) -> bool:
        """Return whether it was agreed to, and done."""
        return self.done_at is not None


class Desk(Base):
    """The state of the desk; one row, which every writer of the audit locks."""

    __tablename__ = "desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    four_eyes_off_at: Mapped[datetime | None]  # by the only organizer there is
    last_line: Mapped[int]  # of the audit
    last_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    ledger: Mapped[str | None] = mapped_column(sa.Text, deferred=True)  # which rows this site has written; see ledger.py
    counter: Mapped[int] = mapped_column(server_default="0")  # its changes
    mac: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32))  # over both


class ExportJob(Base):
    """A file that an organizer requested: being made, kept for an hour or until the download, then listed for a day."""

    __tablename__ = "export"

    id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    document: Mapped[str] = mapped_column(sa.String(10))  # the name of its format
    wanted: Mapped[dict[str, str]] = mapped_column(sa.JSON)  # which signatures, as SignatureFilter.details
    language: Mapped[str] = mapped_column(sa.String(8))  # the reader's
    asked_at: Mapped[datetime] = mapped_column(index=True)
    begun_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)  # also the number of who prepares it: an older one changes nothing any more
    lease_until: Mapped[datetime | None]  # until then whoever prepares it is taken to live
    claimed_by: Mapped[bytes | None] = mapped_column(sa.LargeBinary(16))  # the process that prepares it
    expected: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    prepared_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of what is downloaded
    size: Mapped[int | None] = mapped_column(sa.BigInteger)  # bytes of it
    key_box: Mapped[bytes | None] = mapped_column(sa.LargeBinary)  # the file's key, encrypted; none: nothing to download
    failed_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(sa.String(20))  # why it failed, see FAILURE_MESSAGES in views/exports.py
    taken_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)

    @property
    def format(self) -> Format:
        """Return the format that was asked for."""
        return DOCUMENTS[self.document]

    @property
    def name(self) -> str:
        """Return the name of the file, which says when it was asked for, what is in it and in which language its headings are."""
        if self.document == OFFICE_PACKAGE.name:
            return f"{self.wanted['handed_to']}-{self.asked_at.date()}.zip"
        says = {"shown": "shown", "since": "from-{}", "until": "to-{}", "country": "{}", "language": "{}", "handed_to": "for-{}"}
        implied = {"shown"} if self.format.only_shown else set()
        which = [said.format(self.wanted[name]) for name, said in says.items() if name in self.wanted and name not in implied]
        whole = "-".join(["signatures", self.asked_at.date().isoformat(), *which])
        ending = f"{self.language}.{self.document}" if self.format.has_headings else self.document
        return f"{NOT_IN_A_NAME.sub('-', whole)}.{ending}"

    def is_waiting(self) -> bool:
        """Return whether it is still to be prepared, or is being."""
        return self.prepared_at is None and self.failed_at is None

    def is_ready(self, moment: datetime) -> bool:
        """Return whether it can be downloaded."""
        return self.key_box is not None and self.prepared_at is not None and self.prepared_at > moment - FILE_LIFETIME

    def details(self) -> dict[str, str | int]:
        """Return what the audit says about it."""
        return {"format": self.document, **self.asked_for(), "rows": self.done, "sha256": self.sha256 or ""}

    def asked_for(self) -> dict[str, str]:
        """Return what was asked for, without what is encrypted in it."""
        return {name: value for name, value in self.wanted.items() if name != FILLED_IN}


class ExportPart(Base):
    """A part of the encrypted file of an export. On PostgreSQL the table is unlogged: no archive, replica or backup has it."""

    __tablename__ = "export_part"

    export_id: Mapped[bytes] = mapped_column(sa.LargeBinary(16), sa.ForeignKey("export.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(sa.LargeBinary)
