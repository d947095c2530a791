"""What the tests of backups stand on: a host with a backup key, a campaign with people, and what they do after the backup."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.crypto.backup_key import BackupLabel, make_backup_key, set_backup_key
from campaign.database import Base, now
from campaign.organizers import accounts, ledger
from campaign.outbox import queue
from campaign.outbox.address import parse_address
from campaign.petition import confirming, signing
from campaign.petition.models import Signature, Submission
from campaign.petition.signature_request import SignatureRequest, seal_request
from tests.cli.conftest import terminal
from tests.servers import PostgreSQL


@dataclass
class Host:
    """Somebody at a terminal of the server, with a key for backups."""

    settings: Settings
    key: Path
    run: Any

    def backup(self, name: str = "of-the-night.backup", *options: str) -> Path:
        """Make a backup; return its file."""
        file = self.key.parent / name
        done = self.run("backup", str(file), *options)
        assert done.exit_code == 0, done.output
        return file

    def ship_list(self) -> Path:
        """Write the list for another machine; return its file."""
        file = self.key.parent / "shipped.list"
        done = self.run("backup", "--list", str(file))
        assert done.exit_code == 0, done.output
        return file

    def restore(self, file: Path, *options: str) -> str:
        """Put a backup back; return what is said."""
        done = self.run("restore", str(file), "--key", str(self.key), "--yes", *options)
        assert done.exit_code == 0, done.output
        return str(done.stdout)

    def refused(self, file: Path, *options: str) -> str:
        """Try to put a backup back; return why it is refused."""
        done = self.run("restore", str(file), "--key", str(self.key), "--yes", *options)
        assert done.exit_code == 1, done.output
        return str(done.stderr)

    def lose_database(self) -> None:
        """Lose the database, and what the data folder knows of it."""
        for file in self.settings.data.glob("campaign.db*"):
            file.unlink()
        (self.settings.data / "forgotten.list").unlink(missing_ok=True)
        if self.settings.database_url:
            database = instance.open_database(self.settings)
            with database.engine.begin() as connection:
                for name in sa.inspect(connection).get_table_names():
                    connection.execute(sa.text(f'DROP TABLE "{name}" CASCADE'))
            database.close()

    def all(self, record: type[Base]) -> list[Any]:
        """The rows of a table, in the order of its key."""
        database = instance.open_database(self.settings)
        with database.reading() as session:
            found = list(session.scalars(sa.select(record).order_by(*sa.inspect(record).primary_key)))
        database.close()
        return found

    def do(self, act: Any, *, at_the_desk: bool = False) -> Any:
        """Do something in one transaction."""
        database = instance.open_database(self.settings)
        with database.writing() as session:
            if at_the_desk:
                ledger.begin_change(session)
            done = act(session)
        database.close()
        return done

    def problems(self) -> list[str]:
        """What the desk complains of."""
        database = instance.open_database(self.settings)
        with database.reading() as session:
            found = ledger.find_problems(session)
        database.close()
        return found

    def sign(self, name: str, *, confirms: bool = True, shown_as: str = "") -> str:
        """Let somebody sign, and confirm; return the token of the link."""
        return sign(self.settings, name, confirms=confirms, shown_as=shown_as)

    def withdraw(self, name: str) -> None:
        """Let somebody withdraw."""
        keys = instance.open_keys(self.settings)
        tags = sealing.mailbox_tags(keys.tag, f"{name}@example.org")

        def act(session: Any) -> None:
            signed = session.scalars(sa.select(Signature).where(Signature.tag.in_(tags))).one()
            signing.withdraw(session, signed, now().date())

        self.do(act)

    def signers(self) -> set[str]:
        """Who counts, by the part of the address before the @."""
        return {name for name in people(self.settings, Signature) if name}

    def add_organizer(self, email: str) -> None:
        """Add an account that is ready."""

        def act(session: Any) -> None:
            accounts.add(session, email, "organizer", now())
            account = accounts.get_account(session, email)
            account.passphrase_hash, account.ready_at, account.link_hash, account.link_until = "hash", now(), None, None

        self.do(act, at_the_desk=True)


def sign(settings: Settings, name: str, *, confirms: bool = True, shown_as: str = "") -> str:
    """Let somebody sign by the rules, without pages; return the token of the link."""
    database, keys = instance.open_database(settings), instance.open_keys(settings)
    request = SignatureRequest(name.title(), parse_address(f"{name}@example.org"), shown_as, None, False, "en", "0" * 64)
    with database.writing() as session:
        signing.sign(database, session.connection(), seal_request(keys, request, now()))
    tags = sealing.mailbox_tags(keys.tag, f"{name}@example.org")
    with database.reading() as session:
        box = session.scalars(
            sa.select(queue.OutboxMessage.box)
            .join(Submission, Submission.id == queue.OutboxMessage.id)
            .where(Submission.tag.in_(tags))
            .order_by(queue.OutboxMessage.posted_at.desc())
        ).first()
    assert box
    token = queue.open_envelope(keys.mail, box).token
    if confirms:
        assert confirming.confirm(database, keys, token, now(), limit_domains=False)
    database.close()
    return token


def people(settings: Settings, record: Any) -> list[str]:
    """Return the name before the @ of everybody in a table who counts; the private key is in the data folder of the tests."""
    database, keys = instance.open_database(settings), instance.open_keys(settings)
    with database.reading() as session:
        wanted = sa.select(record.sealed)
        if record is Signature:
            wanted = wanted.where(Signature.removal_id.is_(None))
        sealed = list(session.scalars(wanted))
    database.close()
    assert keys.private
    return [sealing.open_sealed(keys.private, one).email.partition("@")[0] for one in sealed]


def own_pg_dump(server: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find the pg_dump of our own server first: one of an older version than the server refuses."""
    if server.process:
        monkeypatch.setenv("PATH", f"{server.process.bin_path}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def host(settings, tmp_path, request, monkeypatch, database_url):
    """A host, with a backup key."""
    if database_url:
        own_pg_dump(request.getfixturevalue("postgresql_server"), monkeypatch)
    away = tmp_path / "away"
    away.mkdir()
    public = make_backup_key(away / "backup.key", BackupLabel("", "", now().date()), None)
    set_backup_key(instance.key_folder(settings), public)
    names = ("data", "database_url", "mail_url", "mail_from", "contact", "base_url")
    return Host(
        settings, away / "backup.key", terminal({f"CAMPAIGN_{name.upper()}": str(getattr(settings, name)) for name in names})
    )


@pytest.fixture
def elsewhere(host, tmp_path):
    """Leave the keys and nothing else in the data folder, as on a new server."""

    def begin() -> None:
        host.lose_database()
        for path in host.settings.data.iterdir():
            if path.name != "keys":
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    return begin
