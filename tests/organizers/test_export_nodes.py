"""Exports on several machines: each prepared once, whoever dies over it, and taken once on any of them."""

import gzip
import shutil
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from campaign import create_app
from campaign.backup.dump import open_dump
from campaign.database import now
from campaign.organizers import export_worker
from campaign.organizers.export_store import PART_SIZE, Cancelled, export_file
from campaign.organizers.export_worker import ExportWorker
from campaign.organizers.models import ExportJob, ExportPart
from campaign.petition import samples
from tests.backup.conftest import own_pg_dump
from tests.organizers.exporting import Exporting
from tests.servers import LONG
from tests.tiers import rounds

ME, OTHER = bytes(16), bytes(range(16))
EXPORTS, ROWS, KILLS, PATIENCE = rounds(6, 40), rounds(4_000, 100_000), rounds(3, 20), rounds(LONG, 7200)
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def other_machine(carrying, tmp_path):
    """Omar's browser on another machine of the same site, which has the keys and nothing else."""
    here, there = carrying.site.settings, tmp_path / "other" / "instance"
    shutil.copytree(here.data / "keys", there / "keys")
    omar = replace(carrying.who, app=create_app(here.model_copy(update={"data": there})))
    omar.client.set_cookie("desk", carrying.who.client.get_cookie("desk").value)
    return Exporting(omar.app, omar)


class Machine:
    """The worker of one machine, whose process that prepares is killed now and then."""

    def __init__(self, carrying, monkeypatch):
        self.settings, self.worker = carrying.site.settings, ExportWorker(carrying.site.settings, carrying.site.database)
        self._patch, self._process = monkeypatch, None

    def work(self):
        """Does what the timed work does each second."""
        self._patch.setenv("CAMPAIGN_DATA", str(self.settings.data))
        self.worker.ensure_running()

    def kill(self):
        """Kills the process that prepares, if there is one."""
        if self.worker._process:
            self.worker._process.kill()


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE + 300)
def test_each_export_is_prepared_once_and_taken_once_on_another_machine_whoever_is_killed(carrying, other_machine, monkeypatch):
    site = carrying.site
    samples.add_samples(site.database, site.keys, ROWS, lambda _: None)
    for name in ("DATABASE_URL", "MAIL_URL", "MAIL_FROM"):
        monkeypatch.setenv(f"CAMPAIGN_{name}", getattr(site.settings, name.lower()))
    for number in range(EXPORTS):
        carrying.ask("sealed", since=str(date(2020, 1, 1) + timedelta(days=number)))
    machines, kills = [Machine(one, monkeypatch) for one in (carrying, other_machine)], KILLS
    give_up = time.monotonic() + PATIENCE
    while any(export.is_waiting() for export in carrying.exports()):
        assert time.monotonic() < give_up
        for machine in machines:
            machine.work()
        if kills and any(export.is_waiting() and export.begun_at for export in carrying.exports()):
            machines[kills % 2].kill()
            kills -= 1
        time.sleep(0.2)
    for machine in machines:
        machine.worker.end()

    taken = [(answer.status_code, answer.data.count(b"\n")) for answer in map(other_machine.take, range(EXPORTS))]
    again = [who.take(number).status_code for who in (carrying, other_machine) for number in range(EXPORTS)]

    assert taken == [(200, ROWS + 2)] * EXPORTS
    assert again == [409] * 2 * EXPORTS
    assert (len(carrying.audit("export prepared")), len(carrying.audit("export taken"))) == (EXPORTS, EXPORTS)
    assert kills == 0
    assert {(export.key_box, export.failed_at) for export in carrying.exports()} == {(None, None)}
    ExportWorker(site.settings, site.database).purge()
    assert carrying.files() == []


def test_a_slow_worker_that_was_taken_for_dead_changes_nothing_any_more(layla, carrying):
    carrying.ask()
    slow = export_worker.claim_next(carrying.site.database, ME)
    assert export_worker.claim_next(carrying.site.database, OTHER) is None
    with carrying.site.database.writing() as session:
        session.execute(sa.update(ExportJob).values(lease_until=now()))
    carrying.prepare()
    assert carrying.take().status_code == 200

    with pytest.raises(Cancelled):
        export_worker.record_progress(carrying.site.database, slow, done=1)
    with pytest.raises(Cancelled):
        export_worker.finish_job(carrying.site.database, slow, b"a key", export_worker.HashingWriter(None), 1)
    export_worker.fail_job(carrying.site.database, slow, "failed")

    [export] = carrying.exports()
    assert (export.key_box, export.failed_at, export.attempts) == (None, None, 2)
    assert len(carrying.audit("export prepared")) == 1


def test_what_a_worker_had_claimed_is_free_when_it_has_ended(layla, carrying):
    carrying.ask()
    worker = ExportWorker(carrying.site.settings, carrying.site.database)
    export_worker.claim_next(carrying.site.database, worker._claims)

    worker._release()

    assert export_worker.claim_next(carrying.site.database, OTHER).attempts == 2


def test_a_file_that_a_version_before_has_prepared_in_the_folder_is_not_prepared_again(layla, carrying):
    carrying.ask("csv")
    carrying.prepare()
    [export] = carrying.exports()
    file = export_file(carrying.site.settings.data, export.id)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"as before")
    with carrying.site.database.writing() as session:
        session.execute(sa.delete(ExportPart))

    ExportWorker(carrying.site.settings, carrying.site.database).purge()

    assert (carrying.exports()[0].is_ready(now()), file.exists()) == (True, True)


def test_parts_that_the_database_has_lost_are_prepared_again(layla, carrying):
    carrying.ask()
    carrying.prepare()
    with carrying.site.database.writing() as session:  # as PostgreSQL does after a crash
        session.execute(sa.text("TRUNCATE export_part"))

    assert carrying.take().status_code == 409
    assert carrying.audit("export taken") == []
    ExportWorker(carrying.site.settings, carrying.site.database).purge()
    carrying.prepare()

    assert carrying.take().data.count(b"\n") == 1


def test_a_large_file_is_in_several_parts_which_go_as_they_are_sent_and_no_backup_has_them(
    carrying, postgresql_server, monkeypatch
):
    own_pg_dump(postgresql_server, monkeypatch)
    site = carrying.site
    samples.add_samples(site.database, site.keys, 3_000, lambda _: None)
    carrying.ask("sealed")
    carrying.prepare()
    with site.database.reading() as session:
        sizes = list(session.scalars(sa.select(sa.func.length(ExportPart.data)).order_by(ExportPart.number)))
        kept = session.scalar(sa.text("SELECT relpersistence FROM pg_class WHERE relname = 'export_part'"))
    with open_dump(site.database) as dump:
        copied = gzip.decompress(dump.read())

    answer = carrying.take()

    assert len(sizes) > 2
    assert {*sizes[:-1]} == {PART_SIZE}
    assert kept in ("u", b"u")
    assert b"COPY" in copied
    assert b"COPY public.export_part" not in copied
    assert answer.data.count(b"\n") == 3_002
    assert carrying.files() == []


def test_a_download_that_is_broken_off_leaves_nothing_that_opens_and_the_rest_goes(carrying):
    site = carrying.site
    samples.add_samples(site.database, site.keys, 3_000, lambda _: None)
    carrying.ask("sealed")
    carrying.prepare()

    with carrying.who.client.post(
        carrying.who.url("exports/take"),
        data={"csrf_token": carrying.who.token(), "export": carrying.exports()[0].id.hex()},
        buffered=False,
    ) as answer:
        next(iter(answer.response))
    ExportWorker(site.settings, site.database).purge()
    assert carrying.files() != []  # it could be on its way still
    with site.database.writing() as session:
        session.execute(sa.update(ExportJob).values(taken_at=sa.text("taken_at - interval '7 hours'")))
    ExportWorker(site.settings, site.database).purge()

    assert carrying.files() == []
    assert carrying.take().status_code == 409
