"""An e-mail address, parsed once: the mailbox tag, the SMTP recipient, the header and the page are all made from this value."""

import re
from dataclasses import dataclass
from email import headerregistry

import idna
from email_validator import EmailNotValidError, validate_email

LONGEST_LOCAL_PART = 64  # bytes of UTF-8 before the @ (RFC 5321 4.5.3.1.1, RFC 6532); the validator counts letters
ENCODED_WORD = re.compile(r"=\?.*\?=")  # of MIME (RFC 2047): mail programs decode it into another address


class NotAnAddress(ValueError):
    """The text is no e-mail address that everything can be made from alike."""


@dataclass(frozen=True)
class EmailAddress:
    """One address: the local part in NFC, the domain in lower case and its own letters."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """The address as people read it; what is sealed, stored and tagged."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a mail server with SMTPUTF8 (RFC 6531) takes it: the local part has letters beyond ASCII."""
        return not self.local.isascii()

    @property
    def recipient(self) -> str:
        """The address for the mail server: the domain in ASCII (IDNA), unless the server has to know SMTPUTF8 anyway."""
        return f"{self.local}@{self._mail_domain}"

    @property
    def header(self) -> headerregistry.Address:
        """The same for a header: an object, so that nothing in it is parsed or decoded again."""
        return headerregistry.Address(username=self.local, domain=self._mail_domain)

    @property
    def _mail_domain(self) -> str:
        return self.domain if self.needs_smtputf8 else idna.encode(self.domain, uts46=True).decode()


def parse_address(text: str) -> EmailAddress:
    """Parse an address strictly (RFC 5321 lengths); raise NotAnAddress for quoted, numeric, commented and encoded forms."""
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
        idna.encode(found.domain, uts46=True)
    except (EmailNotValidError, idna.IDNAError, UnicodeError):
        raise NotAnAddress from None
    if ENCODED_WORD.search(found.local_part) or len(found.local_part.encode()) > LONGEST_LOCAL_PART:
        raise NotAnAddress
    return EmailAddress(found.local_part, found.domain)
