"""Confirming: the button behind the links of letters, pressed once each, beside the post of the one-insert app."""

import itertools
import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.crypto.keys import load_keys
from campaign.database import now
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import OutboxMessage
from campaign.petition import signing
from campaign.petition.models import Submission
from campaign.petition.signature_request import SignatureRequest, seal_request
from tests.bench import load
from tests.bench.figures import Section
from tests.bench.load import Load
from tests.bench.rounds import in_turn
from tests.bench.servers import Site, Yardstick
from tests.bench.signing import compare, typed
from tests.bench.terms import Terms

ENOUGH = 4000  # links for each second of a round
CHUNK = 1000


def measure(sites: list[Site], yardstick: Yardstick, terms: Terms, folder: Path) -> Section:
    """Links confirmed a second, at each size, divided by the yardstick's posts."""
    subjects = {f"{site.size:,} signatures": partial(_press, site, terms, folder) for site in sites}
    newcomers = itertools.count(1_000_000)  # nobody who has signed before
    found = in_turn(terms.rounds, subjects | {"one insert": partial(_post, yardstick, terms, newcomers)})
    section = Section(
        "Confirming",
        "Links confirmed a second: each makes a submission a signature, durably; divided by the posts of the one-insert app.",
        ["", "of the one-insert app", "links a second", "errors"],
    )
    compare(section, "confirming", found, least=0.6)
    return section


def _press(site: Site, terms: Terms, folder: Path) -> Load:
    return load.press(site.url, terms.seconds, _links(site, ENOUGH * terms.seconds), folder)


def _post(yardstick: Yardstick, terms: Terms, newcomers: Iterator[int]) -> Load:
    return load.post(yardstick.url, terms.seconds, "/form", typed({}, next(newcomers)))


def _links(site: Site, number: int) -> list[str]:
    """The addresses of so many links that wait; who signed before and did not confirm is among them."""
    database, keys = site.open_database(), load_keys(site.data / "keys")
    with closing(database):
        with database.reading() as session:
            waiting = session.scalar(sa.select(sa.func.count()).select_from(Submission)) or 0
        for _ in range(waiting, number, CHUNK):
            with database.writing() as session:
                for _ in range(CHUNK):
                    signing.sign(database, session.connection(), seal_request(keys, _somebody(), now()))
        with database.reading() as session:
            boxes = list(
                session.scalars(sa.select(OutboxMessage.box).join(Submission, Submission.id == OutboxMessage.id).limit(number))
            )
    return [f"/en/confirm/{json.loads(sealing.decrypt(keys.mail, box))[2]}" for box in boxes]


def _somebody() -> SignatureRequest:
    address = EmailAddress(secrets.token_hex(12), "example.org")
    return SignatureRequest("Layla Haddad", address, shown_as="", country=None, news=False, language="en", text_sha256="0" * 64)
