"""The worker prepares exports in a process of its own: killed and begun again, beside the mail, one at a time."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.file_lock import file_lock
from campaign.organizers import export_worker
from campaign.organizers.export_jobs import MAX_ATTEMPTS
from campaign.organizers.models import ExportJob
from campaign.petition import samples
from tests.servers import LONG, on_sqlite, wait_until


@pytest.fixture
def env(settings):
    """The environment that leads a command to this campaign."""
    given = {"DATA": str(settings.data), "DATABASE_URL": settings.database_url, "MAIL_URL": settings.mail_url}
    return os.environ | {f"CAMPAIGN_{name}": value for name, value in given.items()} | {"CAMPAIGN_MAIL_FROM": settings.mail_from}


@pytest.fixture
def many(carrying):
    """So many signatures that an export of them takes a while."""
    samples.add_samples(carrying.site.database, carrying.site.keys, 20_000, lambda _: None)
    return carrying


def start(env, command):
    """A command as a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "campaign", command], env=env, stdout=subprocess.DEVNULL)


def is_begun(carrying):
    """Whether somebody is in the middle of the export."""
    export = carrying.exports()[0]
    return export.begun_at is not None and export.is_waiting()


def held(carrying):
    """The process that is in the middle of the export, held there."""
    wait_until(lambda: is_begun(carrying) and preparers(carrying.site.settings))
    number = preparers(carrying.site.settings)[0]
    os.kill(number, signal.SIGSTOP)
    return number


@pytest.mark.slow
def test_a_worker_that_is_killed_over_an_export_leaves_it_to_the_next(many, env):
    many.ask()
    first = start(env, "prepare")
    wait_until(lambda: is_begun(many))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert "Preparing:" in many.who.read("exports").text
    end_lease(many)

    assert start(env, "prepare").wait(LONG) == 0

    assert many.exports()[0].attempts == 2
    assert many.take().data.count(b"\n") == 20_000


@pytest.mark.slow
@on_sqlite
def test_the_worker_starts_it_by_itself_and_sends_letters_meanwhile(visitor, mailbox, many, env):
    many.ask()
    worker = start(env, "work")
    preparer = held(many)

    visitor.sign(email="sami@example.org")
    mailbox.wait_for(1)
    os.kill(preparer, signal.SIGCONT)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(LONG) == 0

    assert many.exports()[0].is_waiting()
    assert not preparers(many.site.settings)


@pytest.mark.slow
@on_sqlite
def test_an_export_ends_with_the_worker_that_was_killed(many, env):
    many.ask()
    worker = start(env, "work")
    preparer = held(many)

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    os.kill(preparer, signal.SIGCONT)

    wait_until(lambda: not preparers(many.site.settings))
    assert many.exports()[0].is_waiting()


def end_lease(carrying):
    """So much time passes that whoever prepares is taken for dead."""
    with carrying.site.database.writing() as session:
        session.execute(sa.update(ExportJob).values(lease_until=now()))


def preparers(settings):
    """The processes that prepare exports of this campaign."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            is_one = (folder / "cmdline").read_text().endswith("campaign\0prepare\0")
            if is_one and str(settings.data) in (folder / "environ").read_text():
                found.append(int(folder.name))
    return found


@on_sqlite
def test_what_kills_every_worker_is_given_up_after_some_attempts(layla, carrying, monkeypatch):
    carrying.ask()
    monkeypatch.setattr(export_worker, "run_job", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            carrying.prepare()

    carrying.prepare()

    assert "It could not be prepared." in carrying.who.read("exports").text


@on_sqlite
def test_of_two_workers_one_prepares(layla, carrying):
    carrying.ask()

    with file_lock(carrying.site.settings.data / export_worker.LOCK_FILE, wait=0) as is_ours:
        carrying.prepare()

    assert is_ours
    assert carrying.exports()[0].begun_at is None


@on_sqlite
def test_how_far_it_is_stands_on_the_page(carrying, monkeypatch):
    samples.add_samples(carrying.site.database, carrying.site.keys, 1_500, lambda _: None)
    monkeypatch.setattr(export_worker, "PROGRESS_EVERY", 0)
    seen = []
    monkeypatch.setattr(
        export_worker,
        "record_progress",
        lambda *given, note=export_worker.record_progress, **values: (note(*given, **values), look()),
    )
    look = lambda: seen.append(carrying.who.read("exports").text)  # noqa: E731  # said before it is there

    carrying.ask()
    carrying.prepare()

    assert any("Preparing: 500 of 1,500." in page for page in seen)
    assert any('<progress max="1500" value="1000"' in page for page in seen)


@on_sqlite
def test_a_file_that_was_changed_on_the_disk_is_not_given_out_as_if_it_were_whole(layla, carrying):
    carrying.ask()
    carrying.prepare()
    file = carrying.site.settings.data / "exports" / carrying.files()[0]
    file.write_bytes(file.read_bytes()[:-1] + b"\0")

    with pytest.raises(export_worker.CannotOpen):
        carrying.take()
