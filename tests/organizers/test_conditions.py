"""Each condition that is in trouble is named in a sentence by check, status, /readyz, /metrics and the desk; mended, by none."""

import contextlib
import json
import logging
import os
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign import create_app, database, instance, log
from campaign.database import now
from campaign.health import conditions, looks
from campaign.health.conditions import NAMES, ConditionState, Site, State
from campaign.health.looks import LOOKS
from campaign.outbox import heartbeat, purge_clock
from campaign.outbox.purge_clock import PurgeClock, PurgeGate
from campaign.server.health_watch import HealthWatch
from tests.cli.conftest import environment, run
from tests.organizers.broken_states import BROKEN
from tests.people import parse
from tests.servers import on_sqlite

TOKEN = "a word for the monitor"
AS_MONITOR = {"Authorization": f"Bearer {TOKEN}"}
fixtures = environment, run


@pytest.fixture
def settings(settings):
    """The settings of a campaign with a monitor."""
    return settings.model_copy(update={"metrics_token": TOKEN})


@pytest.fixture
def site(app):
    """The site's state."""
    return app.extensions["campaign"]


class Somewhere:
    """Everywhere that a condition is asked for."""

    def __init__(self, site, visitor, omar, run):
        self.site, self.visitor, self.omar, self.run = site, visitor, omar, run
        self.settings, self.environment = site.settings, {}

    def set(self, name, value):
        """Set a setting otherwise, for the worker and for the commands."""
        self.settings = self.settings.model_copy(update={name: value})
        self.environment[name.upper()] = value

    def watch(self):
        """Let the worker look at everything once."""
        HealthWatch(Site(self.settings, self.site.database), LOOKS).run_due()

    def say(self):
        """What each place says of the conditions in trouble, by name."""
        readyz = self.visitor.read("/readyz", **AS_MONITOR).json
        checked, shown = self.run("check", **self.environment), self.run("status", **self.environment)
        as_json = json.loads(self.run("status", "--json", **self.environment).stdout)["conditions"]
        metrics = self.visitor.read("/metrics", **AS_MONITOR).text
        desk = " ".join("".join(parse(self.omar.read().text).itertext()).split())
        arabic = self.omar.read("/ar/organize/").text
        return {
            "readyz": readyz["trouble"],
            "check": dict(line.split(": ", 1) for line in checked.stderr.splitlines() if line.split(":")[0] in NAMES),
            "status": {
                name: words
                for name, words in (line.split(": ", 1) for line in shown.stdout.splitlines())
                if name in NAMES and words not in {"fine", "unknown"}
            },
            "json": {name: one["sentence"] for name, one in as_json.items() if one["state"] == "trouble"},
            "metrics": {
                name: name for name in NAMES if f'campaign_condition{{condition="{name}",state="trouble"}} 1.0' in metrics
            },
            "desk": desk,
            "arabic": arabic,
        }


@pytest.fixture
def somewhere(site, visitor, omar, run):
    """Everywhere."""
    return Somewhere(site, visitor, omar, run)


SAID_OTHERWISE = {"keys", "modes"}  # at a terminal, with the file and what to run
BESIDE = {
    "relay": "The mail server has accepted no e-mail since",
    "providers": "far fewer are confirmed than elsewhere",
}  # at the desk


@on_sqlite
@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.__name__)
def test_what_is_broken_is_named_everywhere_in_a_sentence_and_nowhere_once_it_is_mended(somewhere, monkeypatch, broken):
    name, sentence = BROKEN[broken]
    with broken(somewhere, monkeypatch):
        somewhere.watch()
        said = somewhere.say()
        assert somewhere.run("check", **somewhere.environment).exit_code == 1
    for place in ("readyz", "check", "status", "json", "metrics"):
        assert set(said[place]) == {name}, place
    assert said["readyz"][name].startswith(sentence)
    if name not in SAID_OTHERWISE:
        assert all(said[place][name].startswith(sentence) for place in ("check", "status", "json"))
    assert BESIDE.get(name, sentence) in said["desk"].replace("\u2068", "").replace("\u2069", "")
    assert sentence not in said["arabic"]

    somewhere.watch()
    said = somewhere.say()

    assert [said[place] for place in ("readyz", "check", "status", "json", "metrics")] == [{}] * 5
    assert BESIDE.get(name, "Something is wrong with the server") not in said["desk"]
    assert somewhere.run("check", **somewhere.environment).exit_code == 0


@on_sqlite
def test_a_database_that_cannot_be_written_to_is_named_by_each(somewhere, monkeypatch):
    monkeypatch.setattr(database, "LOCK_TIMEOUT", 0.2)
    file = somewhere.settings.data / heartbeat.FILE_NAME
    heartbeat.beat(somewhere.site.database, file)
    with (
        time_machine.travel(now() + timedelta(minutes=2)),
        contextlib.closing(instance.open_database(somewhere.settings)) as other,
    ):
        file.touch()
        os.utime(file, (now().timestamp(), now().timestamp()))
        with other.writing():
            checked = somewhere.run("check")
            readyz = somewhere.visitor.read("/readyz", **AS_MONITOR)
            page = somewhere.visitor.read("/metrics", **AS_MONITOR).text
            shown = somewhere.run("status").stdout
        heartbeat.beat(somewhere.site.database, file)
        assert somewhere.visitor.read("/readyz").status_code == 200
        assert somewhere.run("check").exit_code == 0

    words = "The database cannot be written to, so nobody can sign."
    assert (readyz.status_code, readyz.json["database"], checked.exit_code) == (503, False, 1)
    assert readyz.json["trouble"]["database"].startswith(words)
    assert f"database: {words}" in checked.stderr
    assert f"database: {words}" in shown
    assert "campaign_ready 0.0" in page


def test_what_was_found_is_kept_with_the_minute_since_when_it_is_so_and_is_unknown_once_nobody_looks(site, settings):
    begun = now().replace(second=30, microsecond=0)
    minute = begun.replace(second=0)

    def keep(found, at):
        with site.database.writing() as session:
            conditions.store(session, found, at)
        with site.database.reading() as session:
            return conditions.read_findings(session, settings, at)[found.name]

    full = conditions.trouble("disk", "full", free=12)
    assert keep(full, begun).since == minute
    later = keep(conditions.trouble("disk", "full", free=7), begun + timedelta(minutes=3))
    assert (later.since, later.details) == (minute, {"free": 7})
    assert keep(conditions.fine("disk"), begun + timedelta(minutes=5)).since == minute + timedelta(minutes=5)

    with site.database.reading() as session:
        found = conditions.read_findings(session, settings, begun + timedelta(hours=1))
    assert found["disk"].state == State.UNKNOWN


def test_every_look_works_on_both_databases_and_finds_nothing_wrong_with_a_new_campaign(site, settings):
    found = looks.look_at_all(Site(settings, site.database), now(), slowly=True)

    assert {name for name, one in found.items() if one.state != State.FINE} == {"worker"}, "none was ever started"


@on_sqlite
def test_of_several_machines_the_one_that_is_worst_off_is_named(site, settings):
    with site.database.writing() as session:
        for machine, state in (("east", "fine"), ("north", "trouble"), ("west", "fine")):
            row = {"name": "disk", "machine": machine, "state": state, "reason": "full" if state == "trouble" else ""}
            session.add(ConditionState(**row, details={"free": 3}, since=now(), looked_at=now()))
    with site.database.reading() as session:
        found = conditions.read_findings(session, settings, now())["disk"]

    assert (found.state, found.machine) == (State.TROUBLE, "north")


@on_sqlite
def test_a_change_is_one_line_of_the_log_and_a_tick_is_none(site, settings, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    watch = HealthWatch(Site(settings, site.database), ["disk"])

    def tick():
        watch._due["disk"] = 0
        watch.run_due()

    for least in (1, 10**9, 10**9, 10**9, 1, 1):
        monkeypatch.setattr(looks, "LEAST_FREE", least)
        tick()

    assert [message.partition(":")[0] for message in caplog.messages] == ["disk", "disk"]
    assert "nearly full" in caplog.messages[0]
    assert caplog.messages[1] == "disk: fine again."


def test_the_log_can_be_one_json_object_a_line(capsys, monkeypatch):
    logger = logging.getLogger(log.NAME)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logger.level)

    log.configure("json")
    logging.getLogger("campaign.server.health_watch").warning("disk: full", extra={"condition": "disk", "state": "trouble"})
    log.speaker("json", print)("Said by the timed work")

    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert {name: first[name] for name in ("level", "message", "condition", "state")} == {
        "level": "warning", "message": "disk: full", "condition": "disk", "state": "trouble",
    }  # fmt: skip
    assert (second["level"], second["message"]) == ("info", "Said by the timed work")
    assert second["at"][16:] == "Z", "to the minute"


@on_sqlite
def test_the_figures_are_for_whoever_knows_the_token(app, settings, visitor, layla, compiled_templates):
    asked = [visitor.read("/metrics", **headers) for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": TOKEN})]
    known = visitor.read("/metrics", **AS_MONITOR, Host="10.0.0.5:8000")

    assert {answer.status_code for answer in asked} == {404}
    assert (known.status_code, known.headers["Cache-Control"]) == (200, "no-store")
    assert known.mimetype == "text/plain"
    for line in ("campaign_ready 1.0", 'campaign_emails{state="waiting"} 0.0', "campaign_signatures 0.0"):
        assert line in known.text.splitlines()
    assert "layla" not in known.text
    without = create_app(settings.model_copy(update={"metrics_token": ""}))
    assert without.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@on_sqlite
def test_what_is_wrong_with_the_server_is_for_whoever_knows_the_token(visitor, site):
    with site.database.writing() as session:
        conditions.store(session, conditions.trouble("disk", "full", free=12), now())

    known = visitor.read("/readyz", **AS_MONITOR).json
    others = [visitor.read("/readyz", **headers).json for headers in ({}, {"Authorization": "Bearer guess"})]

    assert known["conditions"]["disk"] == "trouble"
    assert "nearly full" in known["trouble"]["disk"]
    assert others == [{"database": True, "worker": True, "outbox": True, "key": True, "mail": "sent"}] * 2


@on_sqlite
def test_nothing_is_deleted_after_a_jump_until_the_clock_is_confirmed(site, monkeypatch):
    monkeypatch.setattr(purge_clock, "boot_id", lambda: "this start")
    PurgeGate(site.database).tick(now())
    ahead = now() + timedelta(days=30)
    gate = PurgeGate(site.database)
    assert gate.tick(ahead)
    with site.database.writing() as session:  # as after a week in which the work ran
        session.execute(sa.update(PurgeClock).values(ran_for=7 * 24 * 3600))
    assert gate.tick(ahead + timedelta(minutes=1))

    with site.database.writing() as session:
        assert purge_clock.trust_clock(session)
        assert not purge_clock.trust_clock(session)

    assert not gate.tick(ahead + timedelta(minutes=2))
    assert not PurgeGate(site.database).tick(ahead + timedelta(minutes=3)), "the machine's clock went as the time did"
