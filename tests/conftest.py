"""What the tests stand on: a data folder, both databases, a mail server, and people with a role."""

import os
from pathlib import Path

# Before anything reads it, and for every process that a test starts: what is tested is the program, not this campaign's texts.
os.environ["CAMPAIGN_TRANSLATIONS"] = str(Path(__file__).parent / "campaign")

import gc
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

import brotli
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from campaign import config, create_app, instance, languages
from campaign.cli.server import adopt_desk
from campaign.config import Settings
from campaign.content import files
from campaign.database import Database
from campaign.health import checklist
from campaign.outbox import purge_clock, smtp
from campaign.state import AppState
from campaign.translation.status import language_status
from tests import programs, tiers
from tests.lending import Copies
from tests.own_texts import OWN_TEXTS
from tests.people import PostOffice, Visitor, link_in
from tests.servers import Mailbox, PostgreSQL, postgresql

# The folders of the tests are in memory where there is room: each commit waits for the disk, and most tests do little else.
MEMORY, ROOM = Path("/dev/shm"), 4_000_000_000  # bytes
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

CONTACT = "The test campaign, test@example.org"
age = programs.fixture("age")
caddy = programs.fixture("caddy")
chromium = programs.fixture("chromium")
nginx = programs.fixture("nginx")
openssl = programs.fixture("openssl")
pdftotext = programs.fixture("pdftotext")
pgbouncer = programs.fixture("pgbouncer")
pymupdf = programs.fixture("pymupdf")
redis_server = programs.fixture("redis_server")
soffice = programs.fixture("soffice")
strace = programs.fixture("strace")
systemd_analyze = programs.fixture("systemd_analyze")
vnu = programs.fixture("vnu")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that need what the README does not ask for, and leave out those of another tier."""
    for item in items:
        if programs.needed_by(item):
            item.add_marker(pytest.mark.needs_program)
    chosen, left_out = tiers.choose(items)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let no search for garbage look at what was imported and collected: it stays to the end, and is most of what there is."""
    gc.collect()
    gc.freeze()


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
    return prepare_today(Settings(data=tmp_path_factory.mktemp("prepared") / "instance", contact=CONTACT))


@pytest.fixture(scope="session")
def prepared_with_own_texts(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same with this campaign's own texts; the tests that have the mark `own_texts` ask for it."""
    return prepare_today(Settings(data=tmp_path_factory.mktemp("own-texts") / "instance", contact=CONTACT))


@pytest.fixture(scope="session")
def prepared_on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL) -> Settings:
    """The same on PostgreSQL."""
    data = tmp_path_factory.mktemp("prepared-on-postgresql") / "instance"
    return prepare_today(Settings(data=data, database_url=postgresql_server.new_database(), contact=CONTACT))


def prepare_today(settings: Settings) -> Settings:
    """Prepare a campaign on the real day, also where the test that asks first has moved the clock."""
    hatch = time_machine.escape_hatch
    with time_machine.travel(hatch.time.time() if hatch.is_travelling() else time.time()):
        instance.prepare(settings)
        adopt_desk(settings)
    return settings


@pytest.fixture(scope="session")
def postgresql_copies(postgresql_server: PostgreSQL, prepared_on_postgresql: Settings) -> Copies:
    """Copies of the prepared database, to be lent to one test after the other."""
    return Copies(postgresql_server, prepared_on_postgresql.database_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database, for `settings` a prepared one: every test that asks for one runs on both."""
    if request.param == "sqlite":
        yield ""
        return
    server: PostgreSQL = request.getfixturevalue("postgresql_server")
    if "settings" in request.fixturenames:
        with request.getfixturevalue("postgresql_copies").lend() as url:
            yield url
        return
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(autouse=True)
def _texts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read this campaign's own texts in a test that has the mark `own_texts`."""
    if request.node.get_closest_marker("own_texts"):
        for module in (config, languages):
            monkeypatch.setattr(module, "TRANSLATIONS", OWN_TEXTS)


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


@pytest.fixture(autouse=True)
def _same_signals() -> Iterator[None]:
    """Block no signal longer than one test: `campaign serve` holds SIGHUP back, and every process started later would too."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real mail server."""
    with Mailbox() as server:
        yield server


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, database_url: str, mailbox: Mailbox) -> Settings:
    """The settings of a prepared campaign."""
    of_own_texts = request.node.get_closest_marker("own_texts")
    model: Settings = request.getfixturevalue(
        "prepared_with_own_texts" if of_own_texts else "prepared_on_postgresql" if database_url else "prepared"
    )
    shutil.copytree(model.data, tmp_path / "instance")
    return Settings(
        data=tmp_path / "instance",
        database_url=database_url,
        mail_url=mailbox.url,
        mail_from="campaign@example.org",
        contact=CONTACT,
    )


@pytest.fixture(scope="session", autouse=True)
def _compressed_once() -> Iterator[None]:
    """Compress each static file once for all tests: that is half of what making a site costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", lru_cache(maxsize=256)(brotli.compress))
        yield


@pytest.fixture(scope="session", autouse=True)
def _texts_parsed_once() -> Iterator[None]:
    """Read the YAML of each text once for all tests, which is a third of what making a site costs them."""
    parsed = lru_cache(maxsize=512)(files.parse_document)

    def parse(text: str) -> files.Document:
        document = parsed(text)
        return files.Document(deepcopy(document.meta), document.blocks)  # whose metadata a test may change

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "parse_document", parse)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Compile each statement once for all databases of a kind, not for each test's own."""
    caches: dict[type[sa.Dialect], LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(2000))
    make = Database.__init__

    def share(self: Database, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        for engine in (self.engine, self._reader):
            engine._compiled_cache = caches[type(engine.dialect)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda self: hash(type(self)))
        patch.setattr(Database, "__init__", share)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_addresses_once() -> Iterator[None]:
    """Compile what builds an address of the site once for all tests: it is the most of what making a site costs them."""
    compiled: dict[object, Any] = {}
    really_compile = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # which are part of what is compiled
            return really_compile(rule, append_unknown)
        wanted = rule.rule, tuple(rule._trace), append_unknown
        if wanted not in compiled:
            compiled[wanted] = really_compile(rule, append_unknown)
        return compiled[wanted]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _languages_checked_once() -> Iterator[None]:
    """Look at each language once for all tests of `campaign check`: a second of work each time, which tests/translation tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checklist, "language_status", cache(language_status))
        yield


@pytest.fixture(autouse=True)
def _own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each timed work run on a machine of its own: tests move the clock between two, as a stop of the machine would."""
    monkeypatch.setattr(purge_clock, "boot_id", lambda: None)


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
