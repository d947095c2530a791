"""On the day of deletion everything that was stored of signers goes, the numbers stay, and a key that nothing needs goes last."""

import re
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
import time_machine

from campaign import create_app, instance
from campaign.crypto.keys import NO_KEY, load_keys, read_key
from campaign.database import now
from campaign.outbox.purge_clock import PurgeClock
from campaign.outbox.queue import OutboxMessage
from campaign.petition import counting, deletion, plan, signing
from campaign.petition.models import DeletedCount, Publication, Signature, Submission
from campaign.petition.plan import Days, InvalidPlan
from campaign.server.purger import Purger
from tests.organizers.stored import propose, store
from tests.organizers.test_removal_rules import remove
from tests.people import link_in, publish, rows
from tests.tiers import rounds

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OPENS, CLOSES, HANDED, DELETES = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 5), date(2026, 5, 1)
DAYS = Days(OPENS, CLOSES, HANDED, DELETES)
OLD_TEXT, PEOPLE = "1" * 64, rounds(100, 500)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as travelling:
        yield travelling


@pytest.fixture
def site(app):
    """The state of the site."""
    return app.extensions["campaign"]


@pytest.fixture
def said():
    """What the timed work has said."""
    return []


@pytest.fixture
def purger(settings, site, said):
    """The timed work that has just been started."""
    return Purger(settings, site.database, said.append)


def set_plan(site, days=DAYS):
    """Sets the plan, and the pages know it."""
    with site.database.writing() as session:
        plan.set_plan(session, days, by=plan.COMMAND, today=now().date())
    site.snapshots.refresh()


def move(clock, app, day, hour=0):
    """The clock and the published count are on that day."""
    clock.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
    publish(app)


def contents(settings, server):
    """Every file of the data folder; of PostgreSQL each row as text and the files of its tables."""
    found = {file.name: file.read_bytes() for file in settings.data.rglob("*") if file.is_file()}
    if not settings.database_url:
        return found
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for name in tables:
            found[name] = "\n".join(row[0] for row in connection.execute(f"SELECT t::text FROM {name} t")).encode()
        [[place]] = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
    if server.process:
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        folder = Path(str(server.process.pgdata)) / "base" / str(place)
        found |= {f"base/{file.name}": file.read_bytes() for file in folder.iterdir()}
    return found


def secrets_of(site):
    """What was stored of each signature, every column for itself."""
    with site.database.reading() as session:
        columns = Signature.sealed, Signature.tag, Signature.address_tag, Signature.token_hash, Signature.shown_as, Signature.id
        for row in session.execute(sa.select(*columns)):
            for value in row:
                if value is not None:
                    yield value.encode() if isinstance(value, str) else value


def places(wanted, files):
    """In which files at least one of the values stands, as bytes or in hexadecimal."""
    hits = set()
    for name, content in files.items():
        small = content.lower()
        if any(value in content or value.hex().encode() in small for value in wanted):
            hits.add(name)
    return hits


@pytest.mark.slow
def test_a_campaign_is_lived_through(request, clock, app, site, settings, visitor, post_office, purger, said):
    server = request.getfixturevalue("postgresql_server") if settings.database_url else None
    set_plan(site)
    assert 'name="email"' not in visitor.read("/en/sign").text
    move(clock, app, OPENS)
    for who in ("layla", "sami"):
        visitor.sign(email=f"{who}@example.org", shown_as=f"Bjwqkxzvfg {who}", country="SY")
        link = link_in(post_office.deliver()[-1])
        visitor.press(link)
    half = (PEOPLE - 2) // 2
    shown = [f"Bjwqkxzvfg {secrets.token_hex(8)}" for _ in range(half)]
    store(app, *shown, day=OPENS, country="SY", delete_on=DELETES)
    store(app, *[None] * half, day=OPENS + timedelta(days=1), text_sha256=OLD_TEXT, delete_on=DELETES)
    with site.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))  # as PostgreSQL does by itself: it keeps samples of what is in a table
    purger.run()
    move(clock, app, CLOSES + timedelta(days=1))
    assert 'name="email"' not in visitor.read("/en/sign").text
    assert "handed over on 5 April 2026" in visitor.read("/en/sign").text
    before, sentinels = visitor.read("/api/v1/petition.json").json, set(secrets_of(site))
    assert before["confirmed"] == PEOPLE
    assert len(sentinels) > 4 * PEOPLE
    tag_key = (settings.data / "keys" / "tag.key").read_bytes()

    Purger(settings, site.database, said.append).run()  # another process: to the same one this would be a clock that jumped
    move(clock, app, DELETES + timedelta(days=31))  # the server was away for a month, and is started again
    again, begun = Purger(settings, site.database, said.append), now()
    while rows(app, Signature):
        assert now() - begun <= timedelta(hours=24)
        again.run()
        clock.shift(timedelta(minutes=10))
    assert now() - begun >= timedelta(hours=24)
    for _ in range(2):
        again.run()
        site.database.truncate_log()

    assert rows(app, Signature) == rows(app, Submission) == rows(app, OutboxMessage) == []
    publish(app)
    after = visitor.read("/api/v1/petition.json").json
    assert {**after, "as_of": ""} == {**before, "as_of": ""}
    texts = {row.text_sha256: 0 for row in rows(app, DeletedCount)}
    for row in rows(app, DeletedCount):
        texts[row.text_sha256] += row.number
    assert texts == {OLD_TEXT: half, "0" * 64: half, site.texts["en"].consent_hash: 2}
    assert places(sentinels, contents(settings, server)) == set()
    assert tag_key.strip() not in b"".join(contents(settings, server).values())
    assert read_key(settings.data / "keys" / "tag.key") == NO_KEY
    assert "Everything that was stored with signatures has been deleted" in visitor.read(link).text
    assert "Everything that was stored with signatures has been deleted" in visitor.read("/en/sign").text
    assert "can still change or withdraw" not in visitor.read("/en/").text
    assert "No record is left" in said[-1]


def test_the_search_finds_what_is_there(request, clock, app, site, settings):
    server = request.getfixturevalue("postgresql_server") if settings.database_url else None
    store(app, "Bjwqkxzvfg")
    found = places(set(secrets_of(site)), contents(settings, server))
    assert found & {"campaign.db", "campaign.db-wal", "signature"}


def test_before_the_day_nothing_goes_and_on_it_everything_also_who_waits(clock, app, site, settings, visitor, post_office):
    set_plan(site)
    move(clock, app, CLOSES)
    visitor.sign()
    post_office.deliver()
    store(app, "Sami", None, delete_on=DELETES)
    store(app, "Nia")

    assert deletion.delete_due(site.database, DELETES - timedelta(days=1)) == 0
    assert not deletion.finish(site.database, DELETES - timedelta(days=1))
    assert len(rows(app, Signature)) == 3
    assert deletion.delete_due(site.database, DELETES) == 3
    assert deletion.finish(site.database, DELETES)

    assert rows(app, Signature) == rows(app, Submission) == rows(app, OutboxMessage) == []
    assert [row.deleted_on for row in rows(app, Publication)] == [DELETES]


def test_the_numbers_count_neither_what_was_removed_nor_what_was_held(clock, app, site):
    ids = store(app, "Layla", "Sami", "Nia", day=OPENS, country="SY")
    remove(site.database, propose(app, ids[2:]), "not_real")
    move(clock, app, CLOSES)
    with site.database.reading() as session:
        before = counting.count(session)
    set_plan(site)

    deletion.delete_due(site.database, DELETES)

    assert [(row.day, row.country, row.number) for row in rows(app, DeletedCount)] == [(OPENS, "SY", 2)]
    with site.database.reading() as session:
        assert counting.count(session) == before == 2
    publish(app)
    assert site.snapshots().confirmed == 2
    publish(app)
    assert site.snapshots().confirmed == 2


def test_killed_in_the_middle_the_rest_goes_later_and_each_counts_once(clock, app, site, monkeypatch):
    set_plan(site)
    store(app, *[None] * 7, day=OPENS)
    monkeypatch.setattr(deletion, "PIECE", 3)
    delete, done = deletion._delete_piece, []

    def killed(session, today):
        number = delete(session, today)
        done.append(number)
        if len(done) == 2:
            raise KeyboardInterrupt
        return number

    monkeypatch.setattr(deletion, "_delete_piece", killed)
    with pytest.raises(KeyboardInterrupt):
        deletion.delete_due(site.database, DELETES)
    assert len(rows(app, Signature)) == 4
    assert deletion.delete_due(site.database, DELETES) == 4

    assert sum(row.number for row in rows(app, DeletedCount)) == 7


def test_the_key_of_the_tags_stays_until_the_last_record_is_gone_as_erasing_needs_it(clock, app, site, settings, purger, layla):
    set_plan(site)
    later = Days(OPENS, CLOSES, HANDED, DELETES + timedelta(days=30))
    set_plan(site, later)
    store(app, "Sami", delete_on=later.delete_on)
    with site.database.writing() as session:
        session.execute(sa.update(PurgeClock).values(ticked_at=now()))
    for day in (DELETES, later.delete_on):
        move(clock, app, day)
        with site.database.writing() as session:
            session.execute(sa.update(PurgeClock).values(ticked_at=now()))
        Purger(settings, site.database, print).run()
        has_key = load_keys(settings.data / "keys").tag != NO_KEY
        if day == DELETES:
            assert [row.delete_on for row in rows(app, Signature)] == [later.delete_on]
            assert has_key
            with site.database.writing() as session:
                assert not signing.erase(session, site.keys, "layla@example.org", day), "it is gone"
    assert not has_key
    assert rows(app, Signature) == []


def test_once_all_is_deleted_the_campaign_never_opens_again(clock, app, site, settings, purger, visitor):
    store(app, "Layla")
    set_plan(site)
    deletion.delete_due(site.database, DELETES)
    deletion.finish(site.database, DELETES)
    move(clock, app, DELETES)

    with pytest.raises(InvalidPlan):
        set_plan(site, Days(closes_on=DELETES + timedelta(days=60), delete_on=DELETES + timedelta(days=90)))
    assert not site.snapshots().is_open
    assert visitor.read("/api/v1/petition.json").json["open"] is False


def test_another_machine_and_a_start_after_a_crash_destroy_the_key_too(clock, app, site, settings):
    kept = (settings.data / "keys" / "tag.key").read_bytes()
    set_plan(site)
    deletion.finish(site.database, DELETES)
    assert instance.destroy_key_of_tags(settings, site.database)
    assert not instance.destroy_key_of_tags(settings, site.database)
    for start in (instance.check, instance.prepare):
        (settings.data / "keys" / "tag.key").write_bytes(kept[: len(kept) // 2])  # half written, or the copy of a machine
        start(settings)
        assert read_key(settings.data / "keys" / "tag.key") == NO_KEY
    again = create_app(settings)
    again.extensions["campaign"].database.close()
    assert re.fullmatch("0+", load_keys(settings.data / "keys").tag.hex())
