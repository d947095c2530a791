"""Somebody who signs, and their letters."""

import re
import secrets
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.people import hidden_fields
from tests.servers import LONG, Campaign, wait_until


@dataclass
class Signer:
    """Somebody with a mailbox of their own, who signs without a browser where only the letter matters."""

    campaign: Campaign
    language: str
    name: str = "Layla Haddad"
    email: str = field(default_factory=lambda: f"layla.{secrets.token_hex(4)}@example.org")

    def sign(self, **typed: str) -> "Signer":
        """Fills the form in and sends it."""
        address = f"{self.campaign.url}/{self.language}/sign"
        fields = hidden_fields(self._ask(address), "/sign") | {"name": self.name, "email": self.email} | typed
        self._ask(address, urlencode(fields).encode())
        return self

    def confirm(self) -> "Signer":
        """Presses the button behind the link."""
        self._ask(self.campaign.url + self.link(), b"act=confirm")
        return self

    def link(self) -> str:
        """The path of the link in the letter, once that is there."""
        wait_until(self.letters)
        found = re.findall(r"^https?://[^/\s]+(/\S+)\r?$", self.letters()[-1].get_content(), re.MULTILINE)
        assert len(found) == 1, found
        return str(found[0])

    def letters(self) -> list[EmailMessage]:
        """The letters that came, the newest last; the names of the files tell only the second."""
        files = sorted((self.campaign.data / "mail").glob("[!.]*.eml"), key=lambda file: file.stat().st_mtime_ns)
        letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        return [letter for letter in letters if letter["To"] == self.email]

    def _ask(self, address: str, body: bytes | None = None) -> str:
        with urlopen(address, body, timeout=LONG) as answer:
            return str(answer.read().decode())
