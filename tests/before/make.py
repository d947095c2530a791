"""Make the data folders of this folder with the code of an earlier commit, through its commands, pages and e-mails only.

    git worktree add /tmp/earlier d631c47
    python -m tests.before.make /tmp/earlier

Nothing of the earlier code is imported, so this runs with any commit whose commands, addresses and form fields are these.
"""

import http.cookiejar
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp

from tests.people import hidden_fields, link_in
from tests.servers import Campaign, Mailbox, PostgreSQL, postgresql, wait_until

HERE = Path(__file__).parent
PASSPHRASE = "olives ripen in november"
LONG = "l" * 60  # with a name of 400 bytes it needs the larger of the two sizes of a sealed record
PEOPLE: dict[str, dict[str, str]] = {
    "layla": {"name": "Layla Haddad", "shown_as": "Layla", "country": "SY"},
    "rami": {"name": "Rami Aswad", "shown_as": "Rami A.", "country": "DE"},
    "huda": {"name": "Huda Saleh", "news": "y"},
    "yara": {"name": "يارا حدّاد", "shown_as": "يارا", "country": "TR", "news": "y", "language": "ar"},
    LONG: {"name": "𞸀" * 100},
    "nia": {"name": 'Nia "=1+1" O\'Neil', "shown_as": "Name, with a comma", "country": "FR"},
    "adel": {"name": "Adel Nasser", "shown_as": "Adel"},
    "sami": {"name": "Sami Khalil", "shown_as": "Sami", "country": "SY"},
    "ziad": {"name": "Ziad Omran", "shown_as": "زياد", "language": "ar"},
}


@dataclass
class Browser:
    """A browser that keeps cookies, on the pages of one campaign."""

    campaign: Campaign
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)
    codes: list[str] = field(default_factory=list)  # recovery codes that were not used yet
    secret: str = ""

    def read(self, path: str) -> str:
        """Open a page."""
        return self._ask(path, None)

    def post(self, path: str, form: str = "", **fields: str | list[str]) -> str:
        """Send the form of a page with these fields in it."""
        page = self.read(path)
        hidden = hidden_fields(page, form)
        return self._ask(path, urllib.parse.urlencode(hidden | fields, doseq=True).encode())

    def _ask(self, path: str, data: bytes | None) -> str:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        with opener.open(f"{self.campaign.url}{path}", data, timeout=30) as answer:
            return str(answer.read().decode())


def sign(campaign: Campaign, who: str) -> None:
    """Send the form as one of the people."""
    typed = dict(PEOPLE[who])
    language = typed.pop("language", "en")
    Browser(campaign).post(f"/{language}/sign", "/sign", email=f"{who}@example.org", **typed)


def link(mailbox: Mailbox, who: str) -> str:
    """Wait for the e-mail to one of the people, and return the path of its link."""
    address = f"{who}@example.org"
    wait_until(lambda: mailbox.letters_to(address), 20)
    return link_in(mailbox.letters_to(address)[0])


def organizer(campaign: Campaign, email: str) -> Browser:
    """Add an organizer, set the account up and log in."""
    browser = Browser(campaign)
    path = invited(campaign, email)
    browser.post(path, new=PASSPHRASE, again=PASSPHRASE)
    page = browser.read(path)
    browser.secret = re.sub(r"\s", "", re.findall(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b", page)[0])
    last = browser.post(path, code=pyotp.TOTP(browser.secret).now())
    browser.codes = re.findall(r"\b[a-z2-7]{4}(?:-[a-z2-7]{4}){3}\b", last)
    browser.post("/en/organize/enter", email=email, passphrase=PASSPHRASE, code=browser.codes.pop())
    return browser


def invited(campaign: Campaign, email: str) -> str:
    """Add an account and return the path of the link to set it up."""
    done = campaign.run("organizers", "add", email)
    assert done.returncode == 0, done.stderr
    return urllib.parse.urlsplit(done.stdout.strip()).path


def identifiers(browser: Browser, *names: str) -> list[str]:
    """Return the ids of the signatures that show these names."""
    pages = [browser.read(f"/en/organize/signatures?{urllib.parse.urlencode({'name': name})}") for name in names]
    return [re.findall(r'name="ids" value="([0-9a-f]{32})"', page)[0] for page in pages]


def propose(browser: Browser, *names: str) -> None:
    """Remove the signatures that show these names: one at once, several when a second organizer agrees."""
    page = browser.post("/en/organize/signatures", "/leave", ids=identifiers(browser, *names))
    removal = re.findall(r"/en/organize/removals/\d+", page + browser.read("/en/organize/removals"))[0]
    browser.post(removal, deed="remove", reason="duplicate")


def agree(browser: Browser) -> None:
    """Agree to the one request that waits."""
    page = browser.read("/en/organize/requests")
    request = re.findall(r'name="request" value="(\d+)"', page)[0]
    browser.post("/en/organize/requests", request=request, deed="agree")


def live(campaign: Campaign, mailbox: Mailbox, out: Path) -> tuple[Browser, dict[str, Any]]:
    """Have people sign and organizers work; return an organizer, and what the test has to know."""
    links = {}
    for who in [one for one in PEOPLE if one != "ziad"]:
        sign(campaign, who)
        links[who] = link(mailbox, who)
        if who != "sami":
            Browser(campaign).post(links[who], act="confirm")
    Browser(campaign).post(links["huda"], act="withdraw")
    omar, nour = organizer(campaign, "omar@example.org"), organizer(campaign, "nour@example.org")
    propose(omar, "Rami")
    omar.post("/en/organize/exports", document="csv", state="standing")
    agree(nour)
    wait_until(lambda: 'name="export"' in omar.read("/en/organize/exports"), 60)
    propose(omar, "Adel", "Name")
    omar.post("/en/organize/exports", document="jsonl", state="standing")  # waits for a second organizer, as the removal does
    for document in ("csv", "jsonl", "sealed"):
        done = campaign.run("export", "--format", document, "--out", str(out / f"signatures.{document}"))
        assert done.returncode == 0, done.stderr
    desk = {
        email: {
            "secret": one.secret,
            "recovery_code": one.codes[-1],
            "cookies": {cookie.name: cookie.value for cookie in one.cookies},
        }
        for email, one in {"omar@example.org": omar, "nour@example.org": nour}.items()
    }
    link_of_hadi = invited(campaign, "hadi@example.org")
    return omar, {"links": links, "organizers": desk, "set_up": link_of_hadi, "passphrase": PASSPHRASE}


def leave_for_the_worker(campaign: Campaign, omar: Browser) -> None:
    """Leave what only the worker would do, where none runs: an e-mail to send, an export to prepare."""
    sign(campaign, "ziad")
    omar.campaign = campaign
    omar.post("/en/organize/exports", "/leave", document="sealed", state="standing")


def dump_sqlite(file: Path) -> str:
    """Return an SQLite database as SQL."""
    connection = sqlite3.connect(file)
    try:
        return "\n".join(connection.iterdump()) + "\n"
    finally:
        connection.close()


def dump_postgresql(server: PostgreSQL, url: str) -> str:
    """Return a PostgreSQL database as SQL that every client runs: without the commands of psql."""
    assert server.process
    command = [str(server.process.bin_path / "pg_dump"), "--no-owner", "--no-privileges", "--inserts"]
    address = url.replace("postgresql+psycopg:", "postgresql:", 1)
    user = server.process.system_user
    dumped = subprocess.run([*command, address], check=True, capture_output=True, text=True, user=user, cwd="/")
    lines = [line for line in dumped.stdout.splitlines() if line and not line.startswith(("--", "\\"))]
    return "\n".join(lines) + "\n"


def make(source: Path, out: Path, server: PostgreSQL | None) -> None:
    """Make one data folder, on SQLite where no server is given."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    url = server.new_database() if server else ""
    with tempfile.TemporaryDirectory() as folder, Mailbox() as mailbox:
        data = Path(folder) / "instance"
        env = {"PYTHONPATH": str(source), "CAMPAIGN_DATABASE_URL": url, "CAMPAIGN_MAIL_URL": mailbox.url}
        env |= {"CAMPAIGN_MAIL_FROM": "campaign@example.org"}
        with Campaign(data, workers=1, **env) as campaign:
            omar, recorded = live(campaign, mailbox, out)
        without_mail = Campaign(data, workers=1, **env)
        without_mail.command.append("--no-mail")
        with without_mail as campaign:
            leave_for_the_worker(campaign, omar)
            recorded["moment"] = datetime.now(UTC).isoformat(timespec="seconds")
        sql = dump_postgresql(server, url) if server else dump_sqlite(data / "campaign.db")
        for name in ("keys", "exports"):
            shutil.copytree(data / name, out / "data" / name)
        shutil.copy(data / "audit.head", out / "data")
    (out / "database.sql").write_text(sql, "utf-8")
    (out / "recorded.json").write_text(json.dumps(recorded, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    where = Path(sys.argv[1]).resolve()
    make(where, HERE / "sqlite", None)
    with postgresql() as running:
        make(where, HERE / "postgresql", running)
