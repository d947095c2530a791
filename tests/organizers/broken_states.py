"""The states that a condition can be broken in: each is brought about, and mended at the end."""

import contextlib
import secrets
from datetime import timedelta

import sqlalchemy as sa

from campaign.database import now
from campaign.health import looks
from campaign.health.backup_record import BackupMade, note_backup
from campaign.organizers.models import Account, ExportJob
from campaign.outbox import heartbeat, outage, purge_clock
from campaign.outbox.mail_providers import ProviderDay, add_counts
from campaign.outbox.purge_clock import PurgeGate
from campaign.outbox.queue import OutboxMessage
from campaign.outbox.smtp_answers import RelayTrouble, Trouble
from campaign.petition.models import DayCount
from tests.servers import free_port


@contextlib.contextmanager
def nearly_full_disk(everywhere, monkeypatch):
    monkeypatch.setattr(looks, "LEAST_FREE", 10**9)
    yield
    monkeypatch.undo()


def write(everywhere, *statements):
    """Changes the database behind the site's back."""
    with everywhere.site.database.writing() as session:
        for statement in statements:
            session.execute(statement)


@contextlib.contextmanager
def other_schema(everywhere, version):
    write(everywhere, sa.text(f"UPDATE alembic_version SET version_num = '{version}'"))
    yield
    write(everywhere, sa.text(f"UPDATE alembic_version SET version_num = '{looks.schema_version.known_versions()[0]}'"))


@contextlib.contextmanager
def older_schema(everywhere, _monkeypatch):
    with other_schema(everywhere, "0021"):
        yield


@contextlib.contextmanager
def newer_schema(everywhere, _monkeypatch):
    with other_schema(everywhere, "9999"):
        yield


@contextlib.contextmanager
def damaged_page(everywhere, _monkeypatch):
    file = everywhere.settings.data / "campaign.db"
    with everywhere.site.database.reading() as session:
        page = session.scalar(sa.text("SELECT rootpage FROM sqlite_master WHERE name = 'refusal'"))
        size = session.scalar(sa.text("PRAGMA page_size"))
    assert everywhere.site.database.truncate_log()
    everywhere.site.database.close()
    place = (page - 1) * size
    with file.open("r+b") as stream:
        stream.seek(place)
        before = stream.read(100)
        stream.seek(place)
        stream.write(b"\xff" * 100)
    yield
    everywhere.site.database.truncate_log()
    everywhere.site.database.close()
    with file.open("r+b") as stream:
        stream.seek(place)
        stream.write(before)


@contextlib.contextmanager
def open_key(everywhere, _monkeypatch):
    file = everywhere.settings.data / "keys" / "tag.key"
    file.chmod(0o644)
    yield
    file.chmod(0o600)


@contextlib.contextmanager
def open_folder(everywhere, _monkeypatch):
    everywhere.settings.data.chmod(0o755)
    yield
    everywhere.settings.data.chmod(0o700)


@contextlib.contextmanager
def jumped_clock(everywhere, monkeypatch):
    monkeypatch.setattr(purge_clock, "boot_id", lambda: "this start")
    PurgeGate(everywhere.site.database).tick(now() - timedelta(days=30))
    PurgeGate(everywhere.site.database).tick(now())
    yield
    assert everywhere.run("confirm-clock", typed="y\n").stdout == "Expired data will be deleted within a minute.\n"


@contextlib.contextmanager
def silent_mail_server(everywhere, _monkeypatch):
    before = everywhere.settings.mail_url
    everywhere.set("mail_url", f"smtp://127.0.0.1:{free_port()}?starttls=off")
    yield
    everywhere.set("mail_url", before)


@contextlib.contextmanager
def refusing_relay(everywhere, _monkeypatch):
    with everywhere.site.database.writing() as session:
        outage.begin(session, RelayTrouble("", Trouble.LOGIN, "535 5.7.8"), now())
    yield
    with everywhere.site.database.writing() as session:
        outage.end(session)


@contextlib.contextmanager
def overdue_email(everywhere, _monkeypatch):
    everywhere.visitor.sign(email="sami@example.org")
    write(everywhere, sa.update(OutboxMessage).values(due_at=now() - timedelta(minutes=16)))
    yield
    write(everywhere, sa.delete(OutboxMessage))


@contextlib.contextmanager
def late_email(everywhere, _monkeypatch):
    everywhere.visitor.sign(email="sami@example.org")
    moments = {"posted_at": now() - timedelta(hours=2), "due_at": now() + timedelta(minutes=9)}
    write(everywhere, sa.update(OutboxMessage).values(attempts=5, **moments))
    yield
    write(everywhere, sa.update(OutboxMessage).values(sent_at=now()))


@contextlib.contextmanager
def no_redis(everywhere, _monkeypatch):
    everywhere.set("shared_url", f"redis://127.0.0.1:{free_port()}/0")
    yield
    everywhere.set("shared_url", "memory://")


@contextlib.contextmanager
def old_backup(everywhere, _monkeypatch):
    note_backup(everywhere.site.database, now() - timedelta(days=3))
    yield
    note_backup(everywhere.site.database, now())


@contextlib.contextmanager
def no_backup(everywhere, _monkeypatch):
    today = now().date()
    long_ago = sa.insert(DayCount).values(day=today - timedelta(days=9), country="", language="en", number=7)
    write(everywhere, long_ago, sa.delete(BackupMade))
    everywhere.set("base_url", "https://petition.example.org")
    yield
    note_backup(everywhere.site.database, now())
    everywhere.set("base_url", "http://localhost:8000")


@contextlib.contextmanager
def stuck_export(everywhere, _monkeypatch):
    job = {"id": secrets.token_bytes(16), "account_id": sa.select(Account.id).limit(1).scalar_subquery(), "document": "csv"}
    facts = {"wanted": {}, "language": "en", "asked_at": now() - timedelta(hours=2), "attempts": 1, "expected": 1, "done": 0}
    write(everywhere, sa.insert(ExportJob).values(**job, **facts))
    yield
    write(everywhere, sa.delete(ExportJob))


@contextlib.contextmanager
def low_provider(everywhere, _monkeypatch):
    with everywhere.site.database.writing() as session:
        yesterday = now().date() - timedelta(days=1)
        add_counts(session, yesterday, "gmail.com", sent=400, confirmed=300)
        add_counts(session, yesterday, "outlook.com", sent=200, confirmed=20)
    yield
    write(everywhere, sa.delete(ProviderDay))


@contextlib.contextmanager
def no_worker(everywhere, _monkeypatch):
    heartbeat.note_start(everywhere.site.database)
    write(everywhere, sa.update(heartbeat.WorkerBeat).values(at=now() - timedelta(minutes=2)))
    yield
    heartbeat.beat(everywhere.site.database, everywhere.settings.data / heartbeat.FILE_NAME)


BROKEN = {
    nearly_full_disk: ("disk", "The disk of the data folder is nearly full: "),
    older_schema: ("schema", "The tables of the database are older than the program."),
    newer_schema: ("schema", "The tables of the database are newer than the program."),
    damaged_page: ("integrity", "The database is damaged. Stop the site"),
    open_key: ("keys", "A key file is missing, broken, readable by others"),
    open_folder: ("modes", "Other users of the machine can read the data folder"),
    jumped_clock: ("clock", "The clock of the server jumped by more than a day."),
    silent_mail_server: ("mail_server", "The mail server does not answer as it should. We cannot reach the mail server."),
    refusing_relay: ("relay", "The mail server accepts none of our e-mails (answer 535 5.7.8)."),
    overdue_email: ("outbox", "E-mails are overdue: no mail worker has sent them"),
    late_email: ("outbox", "More e-mails have been waiting for over an hour than were sent"),
    no_redis: ("limits", "Redis, which holds the shared limits, does not answer"),
    old_backup: ("backup", "The newest backup is more than two days old."),
    no_backup: ("backup", "There is no backup yet."),
    stuck_export: ("exports", "An export has waited for more than an hour."),
    low_provider: ("providers", "At some mail providers far fewer signatures are confirmed than elsewhere: outlook.com."),
    no_worker: ("worker", "No mail worker is running, so no e-mails are sent and the count is not updated."),
}
