"""An organizer at the terminal of the server, and the signatures that are under the petition."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign import instance
from campaign.cli.main import main
from campaign.config import Settings
from campaign.crypto import sealing
from campaign.crypto.keys import load_keys
from campaign.petition import samples
from campaign.petition.models import Signature

DAY = date(2026, 11, 22)
TEXT = "ab" * 32


@dataclass
class TerminalOrganizer:
    """Somebody who may run commands on the server."""

    settings: Settings
    desk: Path  # where files are taken to
    elsewhere: dict[str, str] = field(default_factory=dict)  # what else the environment says

    def has(self, name: str = "Layla Haddad", email: str = "layla@example.org", **fields: Any) -> bytes:
        """Puts a confirmed signature under the petition; returns its id."""
        keys = load_keys(instance.key_folder(self.settings))
        record = fields.pop("id", None) or secrets.token_bytes(16)
        person = sealing.Person(record=record, text_sha256=TEXT, name=name, email=email)
        row = {
            "id": record,
            "tag": secrets.token_bytes(32),
            "token_hash": secrets.token_bytes(32),
            "sealed": sealing.seal(keys.public, person),
            "shown_as": None,
            "language": "en",
            "country": None,
            "news": False,
            "text_sha256": TEXT,
            "confirmed_on": DAY,
        }
        self.write(sa.insert(Signature).values(row | fields))
        return record

    def write(self, statement: sa.Executable) -> None:
        """Changes the database behind the campaign's back."""
        database = instance.open_database(self.settings)
        with database.writing() as session:
            session.execute(statement)
        database.close()

    def has_made_up(self, number: int) -> None:
        """Puts made-up signatures under the petition."""
        database = instance.open_database(self.settings)
        samples.add_samples(database, load_keys(instance.key_folder(self.settings)), number, lambda _: None)
        database.close()

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads a command to this campaign."""
        return {
            "CAMPAIGN_DATA": str(self.settings.data),
            "CAMPAIGN_DATABASE_URL": self.settings.database_url,
            "CAMPAIGN_MAIL_URL": self.settings.mail_url,
            "CAMPAIGN_MAIL_FROM": self.settings.mail_from,
            **self.elsewhere,
        }

    def run(self, *arguments: str | Path, typed: str = "") -> Result:
        """Types a command, answers what it asks and waits for what it says."""
        return CliRunner(env=self.env).invoke(main, [str(argument) for argument in arguments], input=typed)

    def start(self, *arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
        """Starts a command as a process of its own."""
        command = [sys.executable, "-m", "campaign", *map(str, arguments)]
        return subprocess.Popen(command, env=os.environ | self.env, cwd=self.desk, **options)

    def exports(self, document: str, *options: str | Path) -> Path:
        """Exports into a new file on the desk."""
        out = self.desk / f"signatures-{secrets.token_hex(4)}.{document}"
        done = self.run("export", "--format", document, "--out", out, *options)
        assert done.exit_code == 0, done.stderr
        return out

    def reads(self, *options: str | Path) -> list[dict[str, Any]]:
        """The signatures as a program gets them."""
        return lines(self.exports("jsonl", *options))

    def ejects_the_key(self, *options: str | Path) -> Path:
        """Takes the private key off the server, without a passphrase unless the options say otherwise."""
        away = self.desk / "private.key"
        done = self.run("keys", "eject", "--out", away, *(options or ("--no-passphrase",)))
        assert done.exit_code == 0, done.stderr
        return away


def lines(file: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL document."""
    return [json.loads(line) for line in file.read_text("utf-8").split("\n")[:-1]]
