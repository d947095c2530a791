"""An e-mail has the same headers and the same text as Python's own way to make it would have it."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from campaign.outbox import message
from campaign.outbox.address import EmailAddress

SENDERS = [
    "campaign@example.org",
    "The campaign team <campaign@example.org>",
    "فريق الحملة <campaign@example.org>",
    "é@example.org",
]
ADDRESSES = [
    EmailAddress("layla", "example.org"),
    EmailAddress("a" * 64, f"{'b' * 60}.example.org"),
    EmailAddress("o'brien=x?y", "example.org"),
    EmailAddress("layla", "موقع.شبكة"),
    EmailAddress("ليلى", "example.org"),
]
SUBJECTS = ["Please confirm the signature", "نرجو تأكيد التوقيع على العريضة " * 4, ""]
BODY = f"مرحبا،\n\nhttps://example.org/ar/confirm/abc\n.\nFrom here on\n ends with a space \n=?utf-8?q?x?=\r\n{'long ' * 40}\n\n"


def by_parsing_each(sender, to, subject, date):
    """The headers as Python's own interface makes them."""
    made = EmailMessage(policy=SMTP)
    named = {"From": sender, "To": to.header, "Subject": subject, "Auto-Submitted": "auto-generated"}
    for name, value in (named | {"Date": date["Date"], "Message-ID": date["Message-ID"]}).items():
        made[name] = value
    made.set_content(BODY, cte="quoted-printable")
    return made


@pytest.mark.parametrize("utf8", [False, True])
@pytest.mark.parametrize("to", ADDRESSES, ids=str)
@pytest.mark.parametrize("sender", SENDERS)
def test_headers_and_text_are_as_python_makes_them(sender, to, utf8):
    policy = SMTP.clone(utf8=utf8)
    for subject in SUBJECTS:
        made = message.plain_message(sender, to=to, subject=subject, body=BODY)
        expected = by_parsing_each(sender, to, subject, made)
        heads = [one.as_bytes(policy=policy).partition(b"\r\n\r\n")[0].splitlines() for one in (made, expected)]
        assert sorted(heads[0]) == sorted(heads[1])
        assert made.get_content() == expected.get_content()


@pytest.mark.parametrize(("sender", "subject"), [("campaign@example.org", "Hello\nBcc: x"), ("x@example.org\r\nBcc: y", "Hello")])
def test_no_header_can_be_added_within_another(sender, subject):
    with pytest.raises(ValueError, match="linefeed"):
        message.plain_message(sender, to=ADDRESSES[0], subject=subject, body="")
