"""What is sent as news: an update in each language as two organizers agreed to it, sealed for the machine that sends.

It is in the sealed list (sealed_news.py), so that no words but these are sent, and not for longer than was agreed.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from nacl.public import PrivateKey, PublicKey

from campaign.crypto.mailbox import mailbox
from campaign.crypto.sealing import CannotOpen, open_mailing, seal_mailing
from campaign.exports.mass_warning import Recipient
from campaign.exports.sealed_news import NewsRow
from campaign.exports.warning_record import CannotWarn
from campaign.languages import LANGUAGES, SOURCE

NEWS_FIRST_LINE = "campaign news, version 1"  # of the record of what was sent
LIST_LIFETIME = timedelta(days=3)  # who ended the news meanwhile is in the list still
MOST_NEWS, NEWS_WITHIN = 2, timedelta(days=30)  # e-mails with news for one person, in which time
FOUND_ADDRESS = re.compile(r"([^\s<>()\[\]\",;:|]+)@([^\s<>()\[\]\",;:|]+)")
AROUND = "'."  # what is no part of an address that it begins with
DOMAIN_JOINERS = "\u200c\u200d"  # which domains in some scripts have (RFC 5892)
REFUSED = "!refused"  # for good by the mail server, or bounced: in place of the update, whose key has no such sign


@dataclass(frozen=True)
class Mailing:
    """An update to be sent, as it was agreed to."""

    update: str
    until: str  # the last day on which it may be sent
    listed_on: str
    origin: str  # the address of the site
    texts: Mapping[str, Mapping[str, str]]  # subject and body by language

    def seal(self, public: PublicKey) -> bytes:
        """Seal it to the key for news."""
        return seal_mailing(public, json.dumps(asdict(self), ensure_ascii=False))

    def check_day(self, today: date) -> None:
        """Raise CannotWarn where the agreement or the list is over."""
        if today > date.fromisoformat(self.until):
            raise CannotWarn(f"The agreement to send this ended on {self.until}. Ask again at the desk.")
        if today > date.fromisoformat(self.listed_on) + LIST_LIFETIME:
            raise CannotWarn(
                f"The list is from {self.listed_on}, and contains people who have stopped the news since:"
                " take a new one with `campaign news list`. Nobody gets the update twice."
            )


def open_sealed_mailing(privates: Iterable[PrivateKey], sealed: bytes) -> Mailing:
    """Open what Mailing.seal made, with one of the keys; raise CannotOpen."""
    problem = CannotOpen("no key was given")
    for private in privates:
        try:
            return Mailing(**json.loads(open_mailing(private, sealed)))
        except CannotOpen as error:
            problem = error
        except (ValueError, TypeError):
            problem = CannotOpen("it is of a later version")
    raise CannotOpen(f"What is to be sent cannot be opened: {problem}.")


def person_of(token: str) -> str:
    """Return what the record keeps of somebody: nothing that leads to the address."""
    return hashlib.sha256(b"news" + token.encode()).hexdigest()


def refusal_of(person: str) -> str:
    """Return what the record keeps of somebody who gets no news any more."""
    return f"{person}:{REFUSED}"


def sent_moments(marks: Mapping[str, str]) -> list[float]:
    """Return when e-mails were sent, by what was recorded, in seconds."""
    return [datetime.fromisoformat(note).timestamp() for mark, note in marks.items() if mark.partition(":")[2] != REFUSED]


def reader_of(row: NewsRow, update: str) -> Recipient:
    """Return who is to get an update, in their language or in the source language."""
    mark = f"{person_of(row.token)}:{update}"
    return Recipient(row.number, mark, row.email, row.language if row.language in LANGUAGES else SOURCE)


def bounced_rows(rows: Iterable[NewsRow], text: str) -> list[NewsRow]:
    """Return those whose address, in any spelling, is in a text such as a mail provider's file."""
    bounced = set(_found_mailboxes(text))
    return [row for row in rows if mailbox(row.email.casefold()) in bounced]


def _found_mailboxes(text: str) -> Iterator[str]:
    """Yield the mailbox of each address in a text, up to the first character that no domain has; skip what is not an address."""
    for local, domain in FOUND_ADDRESS.findall(text):
        host = "".join(takewhile(_is_in_domains, domain)).strip(".")
        with suppress(UnicodeError):
            yield mailbox(f"{local.strip(AROUND)}@{host}".casefold())


def _is_in_domains(sign: str) -> bool:
    return sign in f"-._{DOMAIN_JOINERS}" or unicodedata.category(sign)[0] in "LMN"


@dataclass(frozen=True)
class Leaving:
    """Who gets nothing now: had it before, refused for good, or had two in 30 days."""

    before: int
    refused: int
    enough: int


def choose(rows: Iterable[NewsRow], update: str, marks: Mapping[str, str], moment: datetime) -> tuple[list[NewsRow], Leaving]:
    """Return who is to get an update now, by what was recorded, and how many are not."""
    had = _lately(marks, update, moment)
    counts, chosen = {"before": 0, "refused": 0, "enough": 0}, list[NewsRow]()
    for row in rows:
        reason = _reason(person_of(row.token), update, marks, had)
        if reason:
            counts[reason] += 1
        else:
            chosen.append(row)
    return chosen, Leaving(**counts)


def _reason(person: str, update: str, marks: Container[str], had: Mapping[str, int]) -> str:
    if f"{person}:{update}" in marks:
        return "before"
    if refusal_of(person) in marks:
        return "refused"
    return "enough" if had.get(person, 0) >= MOST_NEWS else ""


def _lately(marks: Mapping[str, str], update: str, moment: datetime) -> dict[str, int]:
    """Return how many other updates each person had in the last 30 days."""
    had: dict[str, int] = {}
    for mark, note in marks.items():
        person, _, what = mark.partition(":")
        if what not in (REFUSED, update) and note and datetime.fromisoformat(note) > moment - NEWS_WITHIN:
            had[person] = had.get(person, 0) + 1
    return had
