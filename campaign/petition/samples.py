"""Made-up signatures for trying and measuring, marked as a sample; never beside a real one."""

import itertools
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.crypto.keys import Keys
from campaign.database import Database, now
from campaign.languages import LANGUAGES
from campaign.petition import name_index, published
from campaign.petition.counting import count, publish
from campaign.petition.models import Publication, Signature, Submission

ROWS_PER_INSERT = 1000
SAMPLE_COUNTRIES = ("SY", "TR", "LB", "JO", "DE", "SE", "FR", "GB", None, None)
SAMPLE_DAYS = 30


class NotEmpty(Exception):
    """The campaign has real signatures, so it must not get made-up ones."""


def add_samples(database: Database, keys: Keys, number: int, done: Callable[[int], object]) -> None:
    """Add `number` made-up signatures to an empty campaign; raise NotEmpty when it has a real one."""
    with database.writing() as session:
        publication = session.get_one(Publication, 1)
        waiting = session.scalar(sa.select(Submission.id).limit(1))
        if not publication.is_sample and (count(session) or waiting is not None):
            raise NotEmpty("This data folder has real signatures. A sample needs an empty one.")
        publication.is_sample = True
        hashes = published.current_hashes(session)
    rows = _rows(keys, number, hashes)
    while chunk := list(itertools.islice(rows, ROWS_PER_INSERT)):
        with database.writing() as session:
            session.execute(sa.insert(Signature), chunk)
            name_index.index_names(session, {row["id"]: row["shown_as"] for row in chunk if row["shown_as"]})
        done(len(chunk))
    publish(database)


def _rows(keys: Keys, number: int, hashes: dict[str, str]) -> Iterator[dict[str, Any]]:
    today, codes = now().date(), list(LANGUAGES)
    for place in range(1, number + 1):
        record = secrets.token_bytes(16)
        name = f"Sample {place}" if place % 2 else f"توقيع تجريبي {place}"
        language = codes[(place - 1) % len(codes)]
        text = hashes[language]
        person = sealing.Person(record=record, text_sha256=text, name=name, email=f"sample{place}@example.org")
        yield {
            "id": record,
            "tag": secrets.token_bytes(32),
            "token_hash": secrets.token_bytes(32),
            "sealed": sealing.seal(keys.public, person),
            "shown_as": name if place % 3 == 0 else None,
            "language": language,
            "country": SAMPLE_COUNTRIES[place % len(SAMPLE_COUNTRIES)],
            "news": place % 5 == 0,
            "text_sha256": text,
            "confirmed_on": today - timedelta(days=place % SAMPLE_DAYS),
        }
