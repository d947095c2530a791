"""The relay: the mail server that e-mails are handed to, or a folder in its place; and what the server said of itself.

What an answer means is judged in smtp_answers.py.
"""

import secrets
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.config import Settings
from campaign.database import Base, Database, insert, now
from campaign.outbox.address import EmailAddress
from campaign.outbox.smtp_answers import (
    PermanentFailure,
    RelayTrouble,
    TransientFailure,
    Trouble,
    judge_connection,
    judge_recipient,
    judge_sender,
)

SMTP_TIMEOUT = 30  # seconds for one step of the conversation with the mail server


class MailServer(Base):
    """What the mail server said about itself at the last connection; one row."""

    __tablename__ = "relay"

    id: Mapped[int] = mapped_column(primary_key=True)
    smtputf8: Mapped[bool]  # takes addresses with letters beyond ASCII before the @ (RFC 6531)


class Transport(Protocol):
    """A way out for e-mails."""

    takes_utf8: bool | None  # addresses with letters beyond ASCII before the @; unknown until the server was spoken to

    def open(self) -> bool:
        """Get ready to send; return whether that is possible."""

    def close(self) -> None:
        """End what `open` or `send` began."""

    def send(self, message: EmailMessage, to: EmailAddress) -> None:
        """Send one; raise PermanentFailure, TransientFailure or RelayTrouble."""


def make_transport(settings: Settings, show: Callable[[str], None]) -> Transport:
    """Return the transport that the settings name; it tells `show` where it wrote an e-mail, without the address."""
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "file":
        return FileTransport(settings.data / "mail", show)
    return SmtpTransport(parts)


class FileTransport:
    """Writes each e-mail as an `.eml` file, for trying the site out on one machine."""

    takes_utf8: bool | None = True

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.folder, self.show = folder, show

    def open(self) -> bool:
        """Return True: a folder is always there."""
        return True

    def close(self) -> None:
        """Do nothing: nothing was begun."""

    def send(self, message: EmailMessage, to: EmailAddress) -> None:
        """Write the e-mail whole or not at all, and show where."""
        name = f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.eml"
        text = message.get_content()
        message.set_content(text, cte="8bit")  # so that it can be read in any editor
        draft = self.folder / f".{name}"
        draft.write_bytes(message.as_bytes(policy=MAIL_POLICY.clone(utf8=True)))
        draft.rename(self.folder / name)
        links = [word for word in text.split() if "://" in word]
        self.show(f"An e-mail in {self.folder / name}" + (f": {links[0]}" if links else ""))


class SmtpTransport:
    """Sends e-mails through a mail server, over TLS unless told otherwise; one conversation serves several e-mails."""

    def __init__(self, parts: SplitResult) -> None:
        self.parts = parts
        self.must_encrypt = parse_qs(parts.query).get("starttls", ["required"])[0] != "off"
        self.server: smtplib.SMTP | None = None
        self.takes_utf8: bool | None = None

    def send(self, message: EmailMessage, to: EmailAddress) -> None:
        """Hand one e-mail over; raise PermanentFailure, TransientFailure or RelayTrouble, by what the server answers."""
        is_begun = self.server is not None
        try:
            self._send(message, to)
        except RelayTrouble as trouble:
            self.close()
            if not (is_begun and trouble.is_closing):
                raise
            self.send(message, to)
        except (PermanentFailure, TransientFailure):
            raise  # the conversation goes on
        except Exception:  # of any kind: the conversation may be in the middle of the message
            self.close()
            raise

    def _send(self, message: EmailMessage, to: EmailAddress) -> None:
        server = self.server or self._connect()
        try:
            server.send_message(message, to_addrs=[to.recipient])
        except smtplib.SMTPSenderRefused as error:
            raise judge_sender(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPRecipientsRefused as error:
            raise judge_recipient(*next(iter(error.recipients.values()))) from None
        except smtplib.SMTPDataError as error:
            raise judge_recipient(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPNotSupportedError as error:
            raise PermanentFailure(str(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise RelayTrouble(str(error), Trouble.BUSY, is_closing=True) from None

    def open(self) -> bool:
        """Begin a conversation; return whether the server takes part in one more."""
        try:
            return bool(self.server or self._connect())
        except RelayTrouble:
            self.close()
            return False

    def _connect(self) -> smtplib.SMTP:
        try:
            return self.connect()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise judge_connection(error) from None

    def connect(self) -> smtplib.SMTP:
        """Open a connection: TLS from the start or by STARTTLS, then the login."""
        host = self.parts.hostname or "localhost"
        if self.parts.scheme == "smtps":
            context = ssl.create_default_context()
            self.server = smtplib.SMTP_SSL(host, self.parts.port or 465, timeout=SMTP_TIMEOUT, context=context)
        else:
            self.server = smtplib.SMTP(host, self.parts.port or 587, timeout=SMTP_TIMEOUT)
            if self.must_encrypt:
                self._encrypt(ssl.create_default_context())
        if self.parts.username:
            self.server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
        self.server.ehlo_or_helo_if_needed()
        self.takes_utf8 = self.server.has_extn("smtputf8")
        return self.server

    def _encrypt(self, context: ssl.SSLContext) -> None:
        """Start TLS; raise RelayTrouble where the server does not offer it, so that nothing is sent in the clear."""
        assert self.server
        try:
            self.server.starttls(context=context)
        except smtplib.SMTPNotSupportedError:
            raise RelayTrouble("the mail server does not offer STARTTLS", Trouble.NO_TLS, in_conversation=False) from None

    def close(self) -> None:
        """End the connection, with QUIT where that still works."""
        if self.server is not None:
            server, self.server = self.server, None
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


@contextmanager
def open_transport(way_out: Transport) -> Iterator[Transport]:
    """Yield a transport for several e-mails, closed at the end."""
    try:
        yield way_out
    finally:
        way_out.close()


def record_capabilities(database: Database, way_out: Transport) -> None:
    """Store what the mail server accepts, so that the form can say at once what it does not."""
    takes = way_out.takes_utf8
    if takes is None:
        return
    with database.writing() as session:
        # two mail workers can speak with it first at the same moment
        new = insert(session, MailServer).values(id=1, smtputf8=takes)
        session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"smtputf8": takes}))


def accepts_utf8(session: Session) -> bool:
    """Return whether e-mails can go to addresses that are not ASCII before the @; yes until the mail server says no."""
    relay = session.get(MailServer, 1)
    return relay is None or relay.smtputf8
