"""The sealed list for news: the addresses of those who asked for news, for the machine that has the key for news.

JSON Lines as in a sealed export: a line that names the format and its version, one object for each record, and how many there
were. Nothing in it says which signature an address belongs to. See docs/formats.md.
"""

import base64
import functools
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext
from nacl.public import PrivateKey

from campaign.crypto.keys import format_fingerprint, key_id
from campaign.crypto.sealing import CannotOpen, open_news
from campaign.database import Database
from campaign.exports.format import Format, Tracker
from campaign.exports.rows import PAGE, Column, SignatureFilter
from campaign.exports.sealed import LAST_LINE_START, MAX_LINE, MAX_RECORD, json_line, json_object, read_count
from campaign.exports.tables import write_csv, write_jsonl
from campaign.petition.models import Signature
from campaign.petition.news import NewsAgreement

NEWS_FORMAT, NEWS_FORMAT_VERSION = "campaign sealed list for news", 1
VERSION_WITH_MAILING = 2  # the second line is what is to be sent, see news_mailing.py
MAX_MAILING = 262_144  # bytes of that line
NEWS_ADDRESSES = ("address", "addresses")


class StoredAgreement(NamedTuple):
    """One agreement as it is kept."""

    id: bytes
    sealed: bytes


class NewsRow(NamedTuple):
    """One agreement that was opened."""

    number: int  # in this document, from 1
    email: str
    language: str
    token: str


NEWS_COLUMNS = (
    Column("number", 10, lambda row: row.number),
    Column("email", 36, lambda row: row.email),
    Column("language", 10, lambda row: row.language),
    Column("unsubscribe", 40, lambda row: f"/{row.language}/unsubscribe/{row.token}"),  # behind the address of the site
)
NEWS_WRITERS = {
    "csv": functools.partial(write_csv, columns=NEWS_COLUMNS),
    "jsonl": functools.partial(write_jsonl, columns=NEWS_COLUMNS),
}


def _wanted(wanted: SignatureFilter, *columns: Any) -> sa.Select[Any]:
    return wanted.select(*columns).join(NewsAgreement, NewsAgreement.signature_id == Signature.id)


def count_agreements(database: Database, wanted: SignatureFilter) -> int:
    """Return how many of the wanted signatures ask for news now."""
    with database.reading() as session:
        return session.scalar(_wanted(wanted, sa.func.count())) or 0


def read_agreements(database: Database, wanted: SignatureFilter) -> Iterator[list[StoredAgreement]]:
    """Yield the agreements in random order, reading each page in a separate session."""
    first = _wanted(wanted, NewsAgreement.id, NewsAgreement.sealed).order_by(NewsAgreement.id).limit(PAGE)
    statement = first
    while True:
        with database.reading() as session:
            page = [StoredAgreement._make(row) for row in session.execute(statement)]
        if page:
            yield page
        if len(page) < PAGE:
            return
        statement = first.where(NewsAgreement.id > page[-1].id)


def write_sealed_news(pages: Iterable[list[StoredAgreement]], out: IO[bytes], mailing: bytes = b"") -> None:
    """Write the pages as they are; before them the sealed mailing, where there is one."""
    count = 0
    out.write(json_line({"format": NEWS_FORMAT, "version": VERSION_WITH_MAILING if mailing else NEWS_FORMAT_VERSION}))
    if mailing:
        out.write(json_line({"mailing": base64.b64encode(mailing).decode()}))
    for page in pages:
        out.writelines(json_line({"id": one.id.hex(), "sealed": base64.b64encode(one.sealed).decode()}) for one in page)
        count += len(page)
    out.write(json_line({"count": count}))


def is_sealed_news(file: Path) -> bool:
    """Return whether a file is a sealed list for news, of any version."""
    with file.open("rb") as stream:
        return json_object(stream.readline(MAX_LINE)).get("format") == NEWS_FORMAT


def count_sealed_news(file: Path) -> int:
    """Return how many addresses a sealed list for news holds; raise CannotOpen unless it is whole and of a known version."""
    with file.open("rb") as stream:
        _read_mailing(file, stream)
        return read_count(file, stream)


def read_sealed_mailing(file: Path) -> bytes:
    """Return the sealed mailing of a list; raise CannotOpen where it has none."""
    with file.open("rb") as stream:
        found = _read_mailing(file, stream)
    if not found:
        raise CannotOpen(f"{file} says nothing of what to send: on the server, write one with `campaign news list`.")
    return found


def _read_mailing(file: Path, stream: IO[bytes]) -> bytes:
    """Read the head of a list, up to its first address; return its sealed mailing, nothing where it has none."""
    version = json_object(stream.readline(MAX_LINE)).get("version")
    if version == NEWS_FORMAT_VERSION:
        return b""
    if version != VERSION_WITH_MAILING:
        raise CannotOpen(f"{file} is of a version that this program does not know.")
    try:
        found = base64.b64decode(json_object(stream.readline(MAX_MAILING)).get("mailing", ""), validate=True)
    except (ValueError, TypeError):
        found = b""
    if not found:
        raise CannotOpen(f"Line 2 of {file} is damaged.")
    return found


def open_sealed_news(
    file: Path, privates: Iterable[PrivateKey], track: Tracker, missing: Counter[bytes] | None
) -> Iterator[NewsRow]:
    """Yield the addresses, each opened with its own key; raise CannotOpen at a damaged or repeated line, and if one is missing.

    A record that needs a key which was not given is counted in `missing`, by the id of that key; without it, it is refused.
    """
    ring, known, number = {key_id(one.public_key): one for one in privates}, set[bytes](), 0
    for [stored] in track([one] for one in _read(file)):
        if stored.id in known:
            raise CannotOpen(f"{file} is damaged: it holds a record twice.")
        known.add(stored.id)
        private = ring.get(stored.sealed[1:9])
        if private is None:
            _note_missing(missing, stored.sealed[1:9])
            continue
        found = open_news(private, stored.sealed)
        if found.record != stored.id:
            raise CannotOpen(f"{file} is damaged: a record in it belongs to another line.")
        number += 1
        yield NewsRow(number, found.email, found.language, found.token)
    if len(known) != count_sealed_news(file):
        raise CannotOpen(f"{file} is damaged: it holds {len(known):,} addresses, and says another number.")


def _note_missing(missing: Counter[bytes] | None, needed: bytes) -> None:
    if missing is None:
        raise CannotOpen(f"An address needs another key: {format_fingerprint(needed)}.")
    missing[needed] += 1


def _read(file: Path) -> Iterator[StoredAgreement]:
    with file.open("rb") as stream:
        first = 3 if _read_mailing(file, stream) else 2
        for place, line in enumerate(iter(lambda: stream.readline(MAX_RECORD), b""), first):
            if line.startswith(LAST_LINE_START):
                return
            try:
                found = json.loads(line)
                yield StoredAgreement(bytes.fromhex(found["id"]), base64.b64decode(found["sealed"], validate=True))
            except (ValueError, TypeError, KeyError, RecursionError):
                raise CannotOpen(f"Line {place:,} of {file} is damaged.") from None


SEALED_NEWS = Format(
    name="sealed-news",
    content_type="application/octet-stream",
    label=lazy_gettext("Sealed list for news"),
    hint=lazy_gettext("Opens only where the key for news is."),
    care=lazy_gettext("Take it to the machine that has the key for news and send the news from there. Then delete it on both."),
    write=lambda source, out: write_sealed_news(source.track(source.pages), out),
    needs_key=False,
    at_desk=False,
    counts=NEWS_ADDRESSES,
    count=count_agreements,
    read=read_agreements,
)
