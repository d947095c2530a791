"""Warn everybody in a sealed export by e-mail, each once, on the machine that has the private key; news goes out the same way.

Nothing here knows the site: no database, and no setting of it.
"""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from campaign.content.files import TextError
from campaign.exports.rows import ExportRow
from campaign.exports.warning_record import CannotWarn, WarningRecord
from campaign.languages import LANGUAGES, SOURCE
from campaign.outbox.address import NotAnAddress
from campaign.outbox.smtp_answers import PermanentFailure, RelayTrouble, TransientFailure, Trouble

TEXT_FILE = "warning.txt"
ROUNDS = 3  # in which those whom the mail server did not take for now are tried again
PATIENCE = 5  # e-mails in a row that it does not take before it counts as away
MENDED_BY_US = {Trouble.LOGIN, Trouble.NO_TLS, Trouble.SENDER}  # trying again could only have the account locked
SERVER_REFUSES = "The mail server takes nothing from us ({category} {answer}): look at --mail-url and --mail-from."
SERVER_AWAY = f"The mail server took none of the last {PATIENCE} e-mails: run the command again later; nobody gets two."


@dataclass(frozen=True)
class Recipient:
    """One signer who is to get an e-mail."""

    number: int  # the row in the opened export
    mark: str  # what the record of warnings keeps of the signature, that of the news of the update for its reader
    email: str
    language: str


@dataclass(frozen=True)
class WarningText:
    """The e-mail in one language."""

    subject: str
    body: str


Send = Callable[[Recipient], None]  # raises NotAnAddress, PermanentFailure, TransientFailure or RelayTrouble


def recipient_of(row: ExportRow) -> Recipient:
    """Return the recipient for a signature, in the language in which they signed or in the source language."""
    mark = hashlib.sha256(b"warning" + row.stored.id).hexdigest()
    return Recipient(row.number, mark, row.person.email, row.stored.language if row.stored.language in LANGUAGES else SOURCE)


def read_text(folder: Path, language: str) -> WarningText:
    """Read the subject and the text of the warning in a language; raise TextError."""
    file = folder / language / TEXT_FILE
    try:
        subject, _, body = file.read_text("utf-8-sig").strip().partition("\n\n")
    except (OSError, UnicodeDecodeError):
        raise TextError(f"{file} is missing, or is not text in UTF-8.") from None
    if not subject or not subject.isprintable() or not body.strip():
        raise TextError(f"{file}: the first line must be the subject. Then come an empty line and the text.")
    return WarningText(subject, body.strip() + "\n")


def send_warnings(
    recipients: Iterable[Recipient], send: Send, record: WarningRecord, *, pause: float, note: Callable[[], str] = str
) -> list[Recipient]:
    """Send to each and record it with a note of the moment; return those who were not reached.

    Raise CannotWarn when the mail server takes nothing any more. `pause` is how many seconds to wait after it took nothing.
    """
    waiting, unreached = list(recipients), list[Recipient]()
    for _ in range(ROUNDS):
        waiting = _send_round(waiting, send, record, pause, unreached, note)
    return sorted(unreached + waiting, key=lambda recipient: recipient.number)


def _send_round(
    recipients: list[Recipient],
    send: Send,
    record: WarningRecord,
    pause: float,
    unreached: list[Recipient],
    note: Callable[[], str],
) -> list[Recipient]:
    """Send to each once; return those to try again."""
    again, failed_in_a_row = list[Recipient](), 0
    for recipient in recipients:
        if recipient.mark in record.marks:  # another process has sent it meanwhile
            continue
        try:
            send(recipient)
        except (PermanentFailure, NotAnAddress):
            unreached.append(recipient)
        except (TransientFailure, RelayTrouble) as trouble:
            _stop_if_hopeless(trouble)
            again.append(recipient)
            failed_in_a_row += 1
            if failed_in_a_row == PATIENCE:
                raise CannotWarn(SERVER_AWAY) from None
            time.sleep(pause)
        else:
            record.add(recipient.mark, note())
            failed_in_a_row = 0
    return again


def _stop_if_hopeless(trouble: Exception) -> None:
    if isinstance(trouble, RelayTrouble) and trouble.category in MENDED_BY_US:
        raise CannotWarn(SERVER_REFUSES.format(category=trouble.category, answer=trouble.answer)) from None
