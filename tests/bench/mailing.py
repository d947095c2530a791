"""The mail: how many e-mails a minute leave through a mail server that answers each step after 50 ms."""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from campaign import instance
from campaign.config import Settings
from campaign.crypto.keys import load_keys
from campaign.database import now
from campaign.outbox.address import EmailAddress
from campaign.petition import signing
from campaign.petition.signature_request import SignatureRequest, seal_request
from tests.bench.figures import Section
from tests.servers import free_port

WAITING = {4: 400, 16: 1200}  # e-mails by conversations
LEAST = {4: 1000, 16: 3500}  # a minute
PATIENCE = 1800  # seconds for all to leave


def measure(folder: Path) -> Section:
    """Count the e-mails a minute with few and with many conversations."""
    section = Section(
        "Mail",
        "E-mails a minute by one mail worker, handed to a mail server that answers each command after 50 ms, from"
        " the first that it accepted to the last.",
        ["conversations", "e-mails a minute", "open at once", "sent twice"],
    )
    for conversations, number in WAITING.items():
        env = {"CAMPAIGN_MAIL_CONNECTIONS": str(conversations)}
        found = send(folder / f"mail-{conversations}", number, "--pause", "0.05", **env)
        rate = found["taken"] / found["seconds"] * 60
        section.add(str(conversations), rate, found["most_open"], found["twice"])
        section.hold(f"e-mails a minute in {conversations} conversations", rate, least=LEAST[conversations])
    return section


def send(data: Path, number: int, *relay: str, query: str = "", **env: str) -> dict[str, float]:
    """Let a mail worker send so many e-mails to a relay that is started with these options; return what it took."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.relay", str(port), *relay]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        assert server.stdout.readline() == "ready\n"
        env = {
            "CAMPAIGN_DATA": str(data),
            "CAMPAIGN_MAIL_URL": f"smtp://127.0.0.1:{port}?starttls=off{query}",
            "CAMPAIGN_MAIL_FROM": "campaign@example.org",
        } | env
        _fill(data, number)
        worker = subprocess.Popen([sys.executable, "-m", "campaign", "work"], env=os.environ | env)
        try:
            until = time.monotonic() + PATIENCE
            while True:
                server.stdin.write("\n")
                server.stdin.flush()
                found: dict[str, float] = json.loads(server.stdout.readline())
                if found["taken"] >= number or time.monotonic() > until:
                    return found
                time.sleep(0.5)
        finally:
            worker.terminate()
            worker.wait(30)
            server.stdin.close()


def _fill(data: Path, number: int) -> None:
    """Put so many e-mails into the outbox of a new campaign."""
    settings = Settings(data=data)
    instance.prepare(settings)
    with closing(instance.open_database(settings)) as database, database.writing() as session:
        keys = load_keys(data / "keys")
        for place in range(number):
            address = EmailAddress(f"visitor{place}", "example.org")
            typed = SignatureRequest(
                "Layla Haddad", address, shown_as="", country=None, news=False, language="en", text_sha256="0" * 64
            )
            signing.sign(database, session.connection(), seal_request(keys, typed, now()))
