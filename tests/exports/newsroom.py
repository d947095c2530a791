"""A site with news to send: a key for news, people who asked for it, and an update that two organizers agreed to."""

import secrets
from pathlib import Path

import sqlalchemy as sa
from nacl.public import PrivateKey
from sqlalchemy.orm import Session

from campaign import instance
from campaign.crypto.keys import encode_bare, load_keys, write_key_file
from campaign.database import now
from campaign.organizers import ledger, news_approval
from campaign.organizers.actions import Action
from campaign.organizers.models import Request
from campaign.outbox.address import parse_address
from campaign.petition import news, news_key
from campaign.petition.models import Signature
from campaign.petition.published import TextKind, new_row
from tests.exports.terminal import DAY, TEXT, TerminalOrganizer

SLUG = "a-sample-of-news"
NAMES = {"en": "A sample of news\n\nIt says **nothing**.", "ar": "خبر تجريبي\n\nلا يقول شيئًا."}


class Newsroom:
    """What an organizer has on the server and on the machine with the key for news."""

    def __init__(self, omar: TerminalOrganizer) -> None:
        self.omar, self.key = omar, omar.desk / "news.key"
        private = PrivateKey.generate()
        write_key_file(self.key, private, encode_bare)
        self.database = instance.open_database(omar.settings)
        self.keys = load_keys(instance.key_folder(omar.settings))
        with self.database.writing() as session:
            news_key.set_news_key(session, self.keys, private.public_key, now().date())

    @property
    def record(self) -> Path:
        """The file that says who got which update."""
        return self.key.with_name("news.key.sent")

    def has(self, email: str, language: str = "en") -> None:
        """Somebody has signed and asked for news."""
        self.has_all([(email, language)])

    def has_many(self, number: int) -> None:
        """So many have asked for news, every third in Arabic."""
        self.has_all([(f"person{place}@example.org", "ar" if place % 3 == 0 else "en") for place in range(number)])

    def has_all(self, people: list[tuple[str, str]]) -> None:
        """Each has signed with an address and in a language, and asked for news."""
        with self.database.writing() as session:
            for email, language in people:
                chance = {name: secrets.token_bytes(size) for name, size in (("id", 16), ("tag", 32), ("token_hash", 32))}
                facts = {"shown_as": None, "country": None, "news": False, "text_sha256": TEXT, "confirmed_on": DAY}
                session.execute(sa.insert(Signature).values(sealed=b"", language=language, **chance, **facts))
                news.agree(session, self.keys, signature=chance["id"], email=parse_address(email), language=language)

    def announces(self, slug: str = SLUG, names: dict[str, str] | None = None) -> None:
        """An update is published, and it is agreed that it is sent."""
        with self.database.writing() as session:
            session.add(new_row((TextKind.UPDATE, slug), {"names": names or NAMES}, now().date(), set_by="1"))
            session.flush()
            agree(session, slug)

    def lists(self, slug: str = SLUG) -> Path:
        """The sealed list, on the machine with the key for news."""
        out = self.omar.desk / f"news{len(list(self.omar.desk.iterdir()))}.list"
        done = self.omar.run("news", "list", slug, "--out", out)
        assert done.exit_code == 0, done.stderr
        return out


def agree(session: Session, slug: str) -> None:
    """Put what two organizers agreed to into the database."""
    ledger.begin_change(session)
    facts = {"update": slug, "digest": news_approval.words_fingerprint(session, slug)}
    people = {"asked_by": "omar@example.org", "decided_by": "nour@example.org"}
    at = {"asked_at": now(), "decided_at": now(), "done_at": now()}
    session.add(Request(act=Action.NEWS_MAILING.value, facts=facts, **people, **at))
