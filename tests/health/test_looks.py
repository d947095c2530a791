"""The looks: a busy mail server answers, machines are told apart where there are several, and a look that fails ends nothing."""

import json
import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.database import now
from campaign.health import conditions, looks
from campaign.health.conditions import Site, State
from tests.cli.conftest import environment, name_server, run
from tests.servers import Mailbox, on_sqlite

fixtures = environment, name_server, run
HERE = socket.gethostname()[:64]


@pytest.fixture
def site(app):
    """What is looked at."""
    return Site(app.extensions["campaign"].settings, app.extensions["campaign"].database)


class Busy(Mailbox):
    """A mail server that has no time for one conversation more."""

    answer_to_all = "421 4.7.0 too many connections"

    async def handle_EHLO(self, _server, _session, _envelope, _hostname, _responses):  # noqa: N802  # aiosmtpd's name
        return [self.answer_to_all]

    async def handle_HELO(self, _server, _session, _envelope, _hostname):  # noqa: N802
        return self.answer_to_all


@on_sqlite
@pytest.mark.parametrize(("answer", "state"), [("421 4.7.0 too many connections", "fine"), ("554 5.7.1 not you", "trouble")])
def test_a_mail_server_that_is_busy_has_answered(site, monkeypatch, answer, state):
    monkeypatch.setattr(Busy, "answer_to_all", answer)
    with Busy() as server:
        busy = replace(site, settings=site.settings.model_copy(update={"mail_url": server.url}))

        assert looks.look("mail_server", busy, now()).state == state


@on_sqlite
def test_each_machine_has_a_program_of_its_own_that_fits_the_tables_or_not(site):
    assert looks.look("schema", site, now()).machine == HERE


@on_sqlite
def test_a_look_that_fails_by_its_own_fault_is_logged_once_with_its_kind_and_without_its_message(site, monkeypatch, caplog):
    class Unforeseen(Exception):
        pass

    def fail(_site, _at):
        raise Unforeseen("layla@example.org")

    monkeypatch.setitem(looks.LOOKS, "disk", looks.Look(fail))

    assert [looks.look("disk", site, now()).state for _ in range(3)] == [State.UNKNOWN] * 3

    assert caplog.messages == ["The check of `disk` failed (Unforeseen)."]


@pytest.fixture
def full_disk(site, monkeypatch):
    """The disk of this machine has been full for an hour, as its worker knows."""
    monkeypatch.setattr(looks, "LEAST_FREE", 10**9)
    began = now() - timedelta(hours=1)
    with site.database.writing() as session:
        full = replace(conditions.trouble("disk", "full", free=7), machine=HERE)
        conditions.store(session, full, began)
        conditions.store(session, full, now())
    return began


@on_sqlite
def test_a_terminal_hears_since_when_it_is_so_and_of_no_machine_where_there_is_one(run, full_disk):
    for said in (run("check").stderr, run("status").stdout):
        [line] = [line for line in said.splitlines() if line.startswith("disk: ")]
        assert line.endswith(f" (since {full_disk:%Y-%m-%d %H:%M} UTC)")
    disk = json.loads(run("status", "--json").stdout)["conditions"]["disk"]
    assert disk["since"] == f"{full_disk:%Y-%m-%dT%H:%MZ}"


@on_sqlite
def test_of_several_machines_a_terminal_hears_which_one_it_is(site, run, full_disk):
    with site.database.writing() as session:
        conditions.store(session, replace(conditions.fine("disk"), machine="north"), now())

    assert f" UTC) (on {HERE})\n" in run("check").stderr
