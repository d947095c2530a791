"""One e-mail with news, with the link that ends it: in its text, and as a header for mail programs (RFC 8058)."""

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.policy import Policy

from campaign.exports.mass_warning import Recipient, WarningText
from campaign.exports.news_mailing import Mailing
from campaign.languages import SOURCE
from campaign.outbox.address import parse_address
from campaign.outbox.message import plain_message


class UnfoldedHeader(UnstructuredHeader, BaseHeader):
    """A header on one line: the library would fold or encode a long address, which mail programs then do not read."""

    def fold(self, *, policy: Policy) -> str:
        """Return the whole line."""
        return f"{self.name}: {self}{policy.linesep}"


UNFOLDED = HeaderRegistry()
UNFOLDED.map_to_type("list-unsubscribe", UnfoldedHeader)
POLICY = MAIL_POLICY.clone(header_factory=UNFOLDED)


def write_message(mailing: Mailing, recipient: Recipient, token: str, sender: str) -> EmailMessage:
    """Return the e-mail for one person; raise NotAnAddress."""
    address, text = _unsubscribe(mailing, recipient.language, token), news_text(mailing, recipient.language, token)
    to = parse_address(recipient.email)
    message = plain_message(sender, to=to, subject=text.subject, body=text.body)
    message.policy = POLICY
    message["List-Unsubscribe"] = f"<{address}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def news_text(mailing: Mailing, language: str, token: str) -> WarningText:
    """Return the update in a language, with the address that ends the news; in the source language where there is no such one."""
    text = mailing.texts.get(language) or mailing.texts[SOURCE]
    return WarningText(text["subject"], f"{text['body']}{_unsubscribe(mailing, language, token)}\n")


def _unsubscribe(mailing: Mailing, language: str, token: str) -> str:
    return f"{mailing.origin}/{language}/unsubscribe/{token}"
