"""Judge what a mail server answers: it is about one e-mail, for good or for now, or it is about us.

A reply has a code (RFC 5321 4.2) and mostly an enhanced one (RFC 3463). Its text may hold the recipient's address, so it is
never logged or stored.
"""

import re
import smtplib
import ssl
from datetime import timedelta
from enum import StrEnum

LOGIN_CODES = {530, 534, 535, 538}  # RFC 4954 6
CLOSING = 421  # the server ends the conversation (RFC 5321 3.8)
ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
ABOUT_US = {"5", "7"}  # protocol, and security or policy
SENDER_STATUS = {"1.7", "1.8"}  # the address of the sender
ABOUT_RECIPIENT = {"7.2", "7.13", "7.17", "7.18"}  # of the policy codes that IANA lists: a mailing list, an account, its owner
GREYLISTED = re.compile(r"gr[ae]y[ -]?list", re.IGNORECASE)  # RFC 6647: each e-mail is taken some minutes later
NAMED_WAIT = re.compile(
    r"\b(\d{1,4}) ?(s|sec|seconds?|m|min|minutes?)\b", re.IGNORECASE
)  # of greylisting, where the answer says it
LONGEST_WAIT = timedelta(minutes=30)
ABOUT_MAILBOX = {"1", "2"}  # the first number of a status: the address, or the mailbox, such as one that is full
NO_ROOM = {"3.1", "3.2"}  # the whole server's: its disk is full, or it takes nothing now
THROTTLED = re.compile(
    r"too (many|much|fast|quick)|\brates?\b|rate.?limit|throttl|slow(ing)? down"
    r"|(send(ing)?|hourly|daily|messages?|e?mails?|connections?) (limit|quota)",
    re.IGNORECASE,
)
ADDRESSES = re.compile(r"<[^>]*>|\S*@\S*")
POLICY_WORDS = re.compile(
    r"relaying|relay (access|denied|not)|to relay\b|\b(helo|ehlo|spf|dkim|dmarc|dnsbl|rbl|spamhaus|policy)\b|(black|block) ?list"
    r"|reverse dns|authenticat",
    re.IGNORECASE,
)


class Trouble(StrEnum):
    """Why the mail server takes no e-mail of ours."""

    UNREACHABLE = "unreachable"
    NO_TLS = "no_tls"
    LOGIN = "login"
    SENDER = "sender"
    POLICY = "policy"
    EVERY_DOMAIN = "every_domain"
    BUSY = "busy"


class PermanentFailure(Exception):
    """The mail server will never take this e-mail; `answer` is the code and the enhanced code, empty when it was not asked."""

    def __init__(self, text: str, answer: str = "") -> None:
        super().__init__(text)
        self.answer = answer


class TransientFailure(Exception):
    """The mail server does not take this e-mail now, and takes others; `wait` is for how long, where it says so."""

    def __init__(self, text: str, wait: timedelta | None = None) -> None:
        super().__init__(text)
        self.wait = wait


class RelayTrouble(Exception):
    """The mail server takes no e-mail of ours: `category` says why, `answer` is the code and the enhanced code.

    `is_closing`: it only ends this conversation, as many servers do after some e-mails.
    """

    def __init__(
        self, text: str, category: Trouble, answer: str = "", *, in_conversation: bool = True, is_closing: bool = False
    ) -> None:
        super().__init__(text)
        self.category, self.answer, self.in_conversation, self.is_closing = category, answer, in_conversation, is_closing


def judge_connection(error: Exception) -> RelayTrouble:
    """Return what kept a conversation from beginning: the network, TLS, the greeting or the login."""
    category, answer = Trouble.UNREACHABLE, ""
    if isinstance(error, ssl.SSLError):
        category = Trouble.NO_TLS
    elif isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        category = Trouble.LOGIN
    elif isinstance(error, smtplib.SMTPResponseException):
        category = Trouble.POLICY if error.smtp_code >= 500 else Trouble.BUSY
    if isinstance(error, smtplib.SMTPResponseException):
        answer = codes_of(error.smtp_code, text_of(error.smtp_error))
    return RelayTrouble(str(error), category, answer, in_conversation=False)


def judge_sender(code: int, raw: bytes | str) -> RelayTrouble:
    """Return what an answer to MAIL FROM says of us."""
    text = text_of(raw)
    category = Trouble.LOGIN if code in LOGIN_CODES else Trouble.BUSY if code < 500 else Trouble.SENDER
    return RelayTrouble(f"{code} {text}", category, codes_of(code, text), is_closing=_is_closing(code, text))


def judge_recipient(code: int, raw: bytes | str) -> Exception:
    """Return what an answer to RCPT or DATA says, of one e-mail or of us."""
    text = text_of(raw)
    words, answer = f"{code} {text}", codes_of(code, text)
    if code in LOGIN_CODES:
        return RelayTrouble(words, Trouble.LOGIN, answer)
    if code == CLOSING or _is_throttling(code, text):
        return RelayTrouble(words, Trouble.BUSY, answer, is_closing=_is_closing(code, text))
    if _names_policy(code, text):
        return RelayTrouble(words, Trouble.POLICY, answer)
    return PermanentFailure(words, answer) if 500 <= code < 600 else TransientFailure(words, _wait_named(text))


def _is_closing(code: int, text: str) -> bool:
    return code == CLOSING and not THROTTLED.search(ADDRESSES.sub("", text))


def _is_throttling(code: int, text: str) -> bool:
    """Return whether an answer for now is about how much we send, or about the whole server."""
    if code >= 500 or GREYLISTED.search(text):
        return False
    found = ENHANCED.match(text)
    if found and found[2] in ABOUT_MAILBOX:
        return False
    return bool((found and f"{found[2]}.{found[3]}" in NO_ROOM) or THROTTLED.search(ADDRESSES.sub("", text)))


def _wait_named(text: str) -> timedelta | None:
    """Return how long a server that greylists wants to wait, and a little more."""
    found = NAMED_WAIT.search(ADDRESSES.sub("", text)) if GREYLISTED.search(text) else None
    if not found:
        return None
    seconds = int(found[1]) * (60 if found[2].lower().startswith("m") else 1)
    return min(timedelta(seconds=seconds + 1), LONGEST_WAIT)


def _names_policy(code: int, text: str) -> bool:
    """Return whether an answer names a rule of the server that every e-mail of ours breaks."""
    found = ENHANCED.match(text)
    status = f"{found[2]}.{found[3]}" if found else ""
    if code < 500:
        return status.startswith("7.") and not GREYLISTED.search(text)
    if found and found[2] != "0":
        return status in SENDER_STATUS or (found[2] in ABOUT_US and status not in ABOUT_RECIPIENT)
    return bool(POLICY_WORDS.search(ADDRESSES.sub("", text)))


def codes_of(code: int, text: str) -> str:
    """Return the code of an answer and its enhanced code, if it has one: all of it that may be kept."""
    found = ENHANCED.match(text)
    return f"{code} {found[0].strip()}" if found else str(code)


def text_of(raw: bytes | str) -> str:
    """Return the text of an answer on one line."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return " ".join(text.split())
