"""An e-mail address, parsed once: the mailbox tag, the SMTP recipient, the header and the page are all made from this value."""

import re
import unicodedata
from dataclasses import dataclass
from email import headerregistry
from urllib.parse import unquote

import idna
import regex
from email_validator import EmailNotValidError, validate_email

LONGEST_LOCAL_PART = 64  # bytes of UTF-8 before the @ (RFC 5321 4.5.3.1.1, RFC 6532); the validator counts letters
LONGEST_TYPED = 1000  # characters that are mended; more are no address, whatever is taken off
ENCODED_WORD = re.compile(r"=\?.*\?=")  # of MIME (RFC 2047): mail programs decode it into another address

# What phones, chats and clipboards add. Spaces that are seen stay, as `a b@example.org` may be two words. Joiners stay between
# letters beyond ASCII, where they are part of Persian and Indic domain names (IDNA 2008).
OWN_LETTER = r"[[\p{L}\p{M}]--[a-zA-Z]]"
UNSEEN = regex.compile(
    r"[[\p{Cf}\u034F\u0640\u00A0\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2007\u202F\u3164\uFE00-\uFE0F\uFFA0]--[\u200C\u200D]]"
    rf"|(?<!{OWN_LETTER})[\u200C\u200D]|[\u200C\u200D](?!{OWN_LETTER})",
    regex.V1,
)
SIGNS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans(
    "﹫﹒。｡۔٫٬", "@.....,"
)  # full-width, small, Arabic
MAILTO = re.compile(r"mailto:\s*", re.IGNORECASE)
NAMED = re.compile(r"([^<>]*)<([^<>]*@[^<>]*)>\W*")
QUOTES = "\"'`´‘’‚‛“”„‟«»‹›「」"
BEFORE, AFTER = f"{QUOTES}<([{{,;:،؛؟", f"{QUOTES}>)]}},;:،؛.!?؟…"


class NotAnAddress(ValueError):
    """The text is no e-mail address that everything can be made from alike."""


@dataclass(frozen=True)
class EmailAddress:
    """One address: the local part in NFC, the domain in lower case and its own letters."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """Return the address as people read it, and as the site seals, stores and tags it."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Return whether only a mail server with SMTPUTF8 (RFC 6531) takes it: the local part has letters beyond ASCII."""
        return not self.local.isascii()

    @property
    def recipient(self) -> str:
        """Return the address for the mail server: the domain in ASCII (IDNA), unless the server has to know SMTPUTF8 anyway."""
        return f"{self.local}@{self._mail_domain}"

    @property
    def header(self) -> headerregistry.Address:
        """Return the same for a header: an object, so that nothing in it is parsed or decoded again."""
        return headerregistry.Address(username=self.local, domain=self._mail_domain)

    @property
    def _mail_domain(self) -> str:
        return self.domain if self.needs_smtputf8 else _ascii_domain(self.domain)


def mend_address(text: str) -> str:
    """Return an address without what was added around and inside it; mending it again changes nothing."""
    if len(text) > LONGEST_TYPED:
        return text
    while (mended := _mend_once(text)) != text:
        text = mended
    return text


def _mend_once(text: str) -> str:
    text = UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(SIGNS).strip()
    if prefix := MAILTO.match(text):
        text = unquote(text[prefix.end() :].partition("?")[0])
    named = NAMED.fullmatch(text)
    if named and ("@" not in named[1] or named[1].strip(f"{QUOTES} ") == named[2]):
        text = named[2]
    return _with_plain_digits(text.strip().lstrip(BEFORE).rstrip(AFTER).strip())


def _with_plain_digits(text: str) -> str:
    """Return an address with Latin digits: no mailbox has other ones, but labels of domains in their own letters may."""
    local, at, domain = text.rpartition("@")
    labels = [plain if (plain := _plain_digits(label)).isascii() else label for label in domain.split(".")]
    return _plain_digits(local) + at + ".".join(labels)


def _plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(one)) if unicodedata.category(one) == "Nd" else one for one in text)


def parse_address(text: str) -> EmailAddress:
    """Parse an address strictly (RFC 5321 lengths); raise NotAnAddress for quoted, numeric, commented and encoded forms."""
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
        _ascii_domain(found.domain)
    except (EmailNotValidError, idna.IDNAError, UnicodeError):
        raise NotAnAddress from None
    is_damaged = "\ufffd" in found.local_part  # of letters that could not be decoded
    if is_damaged or ENCODED_WORD.search(found.local_part) or len(found.local_part.encode()) > LONGEST_LOCAL_PART:
        raise NotAnAddress
    return EmailAddress(found.local_part, found.domain)


def _ascii_domain(domain: str) -> str:
    """Return a domain in IDNA (UTS 46); raise IDNAError. One in ASCII is so already, as the validator has taken it."""
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
