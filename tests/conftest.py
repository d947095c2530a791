"""What the tests stand on: a data folder, both databases, a mail server, and people with a role."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from campaign import create_app, instance
from campaign.cli.server import adopt_desk
from campaign.config import Settings
from campaign.database import Database
from campaign.outbox import smtp
from campaign.state import AppState
from tests import programs
from tests.people import PostOffice, Visitor, link_in
from tests.servers import Mailbox, PostgreSQL, postgresql

# The folders of the tests are in memory where there is room: each commit waits for the disk, and most tests do little else.
MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000  # bytes
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

age = programs.fixture("age")
chromium = programs.fixture("chromium")
openssl = programs.fixture("openssl")
redis_server = programs.fixture("redis_server")
soffice = programs.fixture("soffice")
strace = programs.fixture("strace")
vnu = programs.fixture("vnu")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need what the README does not ask for."""
    for item in items:
        if programs.needed_by(item):
            item.add_marker(pytest.mark.needs_program)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test whose programs are missing."""
    programs.leave_out(item)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out: one line a reason, however many tests it keeps from running."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(line for report in skipped for line in str(report.longrepr[2]).removeprefix("Skipped: ").splitlines())
    if reasons:
        terminalreporter.section("left out")
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} {'test' if number == 1 else 'tests'}: {reason}")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A real PostgreSQL server; our own does not wait for the disk, as nothing in it outlives the tests."""
    with postgresql() as server:
        server.hurry()
        yield server


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A prepared campaign on SQLite, made once, that others are copied from: preparing takes longer than most tests."""
    found = Settings(data=tmp_path_factory.mktemp("prepared") / "instance")
    instance.prepare(found)
    adopt_desk(found)
    return found


@pytest.fixture(scope="session")
def prepared_on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL) -> Settings:
    """The same on PostgreSQL."""
    data = tmp_path_factory.mktemp("prepared-on-postgresql") / "instance"
    found = Settings(data=data, database_url=postgresql_server.new_database())
    instance.prepare(found)
    adopt_desk(found)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database, for `settings` a prepared one: every test that asks for one runs on both."""
    if request.param == "sqlite":
        yield ""
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    is_prepared = "settings" in request.fixturenames
    url = server.new_database(request.getfixturevalue("prepared_on_postgresql").database_url if is_prepared else "")
    yield url
    server.drop(url)


@pytest.fixture(autouse=True)
def _closed_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let go of every connection that a test has opened: one that is found open later fails another test with a warning."""
    opened: list[Database] = []
    make = Database.__init__

    def remember(self: Database, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        opened.append(self)

    monkeypatch.setattr(Database, "__init__", remember)
    yield
    for database in opened:
        database.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real mail server."""
    with Mailbox() as server:
        yield server


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, database_url: str, mailbox: Mailbox) -> Settings:
    """The settings of a prepared campaign."""
    model: Settings = request.getfixturevalue("prepared_on_postgresql" if database_url else "prepared")
    shutil.copytree(model.data, tmp_path / "instance")
    return Settings(
        data=tmp_path / "instance",
        database_url=database_url,
        mail_url=mailbox.url,
        mail_from="campaign@example.org",
        contact="The test campaign, test@example.org",
    )


@pytest.fixture(scope="session", autouse=True)
def _compressed_once() -> Iterator[None]:
    """Compress each static file once for all tests: that is half of what making a site costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", lru_cache(maxsize=256)(brotli.compress))
        yield


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The templates, compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The site."""
    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    site: AppState = made.extensions["campaign"]
    site.database.close()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who reads English."""
    return Visitor(app.test_client())


@pytest.fixture
def reader(app: Flask) -> Visitor:
    """Somebody who reads Arabic."""
    return Visitor(app.test_client(), "ar")


@pytest.fixture(params=["en", "ar"])
def somebody(app: Flask, request: pytest.FixtureRequest) -> Visitor:
    """A visitor, once in each language."""
    return Visitor(app.test_client(), request.param)


@pytest.fixture
def post_office(app: Flask, mailbox: Mailbox) -> PostOffice:
    """Sends what waits in the outbox."""
    return PostOffice(app, mailbox.letters)


@pytest.fixture
def mail_way(settings: Settings) -> Iterator[smtp.Transport]:
    """An open conversation with the mail server."""
    with smtp.open_transport(smtp.make_transport(settings, lambda _: None)) as way_out:
        yield way_out


@pytest.fixture
def sami(visitor: Visitor, post_office: PostOffice) -> str:
    """Sami has signed and not confirmed; the link in his letter."""
    visitor.sign(name="Sami Khalil", email="sami@example.org")
    return link_in(post_office.deliver()[-1])


@pytest.fixture
def layla(visitor: Visitor, post_office: PostOffice) -> str:
    """Layla has confirmed and shows her first name; her link."""
    visitor.sign(name="Layla Haddad", email="layla@example.org", shown_as="Layla", country="SY")
    link = link_in(post_office.deliver()[-1])
    visitor.press(link)
    return link
