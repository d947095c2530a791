"""Write a plain text e-mail."""

import quopri
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime, make_msgid
from functools import lru_cache
from typing import Any

from campaign.database import now
from campaign.outbox.address import EmailAddress

ADDRESS_HEADER: Any = MAIL_POLICY.header_factory["To"]  # type: ignore[index]  # typeshed calls it a function
parse_header = lru_cache(maxsize=64)(MAIL_POLICY.header_store_parse)  # senders and subjects are few


def plain_message(sender: str, *, to: EmailAddress, subject: str, body: str) -> EmailMessage:
    """Return a plain text e-mail with the headers it needs (RFC 5322, RFC 3834).

    Python's parser of headers takes longer than all the rest, so it is given only what is new in each: the address.
    """
    headers = (
        parse_header("From", sender),
        ("To", ADDRESS_HEADER("To", to.header)),
        parse_header("Subject", subject),
        ("Date", format_datetime(now())),
        ("Message-ID", make_msgid(domain=sender.rpartition("@")[2].rstrip(">"))),
        ("Auto-Submitted", "auto-generated"),
        parse_header("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", "quoted-printable"),
        ("MIME-Version", "1.0"),
    )
    message = EmailMessage(policy=MAIL_POLICY)
    for name, value in headers:
        message.set_raw(name, value)
    lines = b"\n".join(body.encode().splitlines()) + b"\n"
    message.set_payload(quopri.encodestring(lines).decode("ascii"))
    return message
