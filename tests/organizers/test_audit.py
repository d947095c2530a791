"""The audit: every act is a line, and whoever changes, drops or reorders one is found out."""

import itertools
import json
import threading

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.wsgi import FileWrapper

from campaign.cli.main import main
from campaign.database import now
from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry, Desk
from tests.people import parse, rows

LINES = 10


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def chain(database, settings):
    """Ten lines, the end of which is known in the data folder too."""
    for number in range(LINES):
        with database.writing() as session:
            audit.record(session, "omar@example.org", Action.LOGGED_IN, wrong_today=number, reason="نص «عربي»")
    audit.store_head(database, settings.data)


@pytest.fixture
def wrong(database, settings):
    """Does something to the database as somebody would who can write into it; returns what is found wrong then."""

    def find(*statements, forge_head=False):
        with database.writing() as session:
            for statement in statements:
                session.execute(statement)
            if forge_head:
                last = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
                session.execute(sa.update(Desk).values(last_line=last.number, last_hash=last.hash))
        with database.reading() as session:
            return audit.verify_chain(session, settings.data)

    return find


@pytest.mark.usefixtures("chain")
def test_a_chain_that_nobody_touched_is_whole(wrong):
    assert wrong() == []


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("change", [{"by": "nour@example.org"}, {"act": "declined"}, {"facts": {}}, {"hash": b"x" * 32}])
def test_a_line_that_was_changed_is_named(wrong, change):
    found = wrong(sa.update(AuditEntry).where(AuditEntry.number == 4).values(**change))

    assert found[0].startswith("The audit is broken at line 4: it was changed.")


@pytest.mark.usefixtures("chain")
def test_a_line_that_was_changed_with_its_hash_breaks_the_next_one(wrong, database):
    with database.reading() as session:
        line = session.get(AuditEntry, 4)
        line.act = "declined"
        forged = audit.entry_hash(line)

    found = wrong(sa.update(AuditEntry).where(AuditEntry.number == 4).values(act="declined", hash=forged))

    assert found[0] == "The audit is broken at line 4: this site did not write it."
    assert found[1] == "The audit is broken at line 5: it does not follow the line before it."


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("number", [1, 6])
def test_a_line_that_was_dropped_is_named(wrong, number):
    assert f"The audit is broken at line {number}: it is missing." in wrong(
        sa.delete(AuditEntry).where(AuditEntry.number == number)
    )


@pytest.mark.usefixtures("chain")
def test_a_line_that_was_dropped_with_the_others_numbered_anew_is_found(wrong):
    shift = [sa.update(AuditEntry).where(AuditEntry.number == number).values(number=number - 1) for number in range(7, LINES + 1)]

    assert wrong(sa.delete(AuditEntry).where(AuditEntry.number == 6), *shift)[0].startswith("The audit is broken at line 6:")


@pytest.mark.usefixtures("chain")
def test_an_end_that_was_cut_off_is_found_also_when_the_database_was_told(wrong):
    cut = sa.delete(AuditEntry).where(AuditEntry.number > LINES - 1)

    assert wrong(cut)[0] == "The audit is broken after line 9: the database remembers 10 lines."
    assert wrong(forge_head=True) == ["The audit is broken after line 9: the data folder remembers 10 lines."]


@pytest.mark.usefixtures("chain")
def test_an_end_that_was_cut_off_is_found_also_when_the_audit_has_grown_since(wrong, database, settings):
    wrong(sa.delete(AuditEntry).where(AuditEntry.number > LINES - 3), forge_head=True)
    for _ in range(7):
        with database.writing() as session:
            audit.record(session, "nour@example.org", Action.LOGGED_IN)
        audit.store_head(database, settings.data)

    assert wrong() == ["The audit is broken at line 10: the data folder remembers another one."]


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize("content", [b"", b"10", b"ten lines", b"\xff\xfe"])
def test_a_damaged_witness_is_said_and_stops_nobody(omar, wrong, settings, content):
    (settings.data / audit.HEAD_FILE).write_bytes(content)

    assert omar.send("leave").status_code == 303
    assert len(wrong()) == 1


@pytest.mark.usefixtures("chain")
def test_lines_in_another_order_are_found(wrong):
    moves = ((3, 99), (4, 3), (99, 4))

    found = wrong(*(sa.update(AuditEntry).where(AuditEntry.number == old).values(number=new) for old, new in moves))

    assert found[0].startswith("The audit is broken at line 3:")


@pytest.mark.usefixtures("chain")
def test_a_chain_that_was_written_anew_from_the_start_is_found_by_the_data_folder(wrong, database):
    with database.writing() as session:
        session.execute(sa.delete(AuditEntry))
        session.execute(sa.update(Desk).values(last_line=0, last_hash=audit.GENESIS_HASH))
        for _ in range(LINES + 2):
            audit.record(session, "nour@example.org", Action.LOGGED_IN)

    assert wrong() == ["The audit is broken at line 10: the data folder remembers another one."]


@pytest.mark.usefixtures("chain")
def test_the_check_on_the_command_line_says_where(wrong, settings, monkeypatch):
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))
    assert CliRunner().invoke(main, ["check"]).exit_code == 0

    wrong(sa.delete(AuditEntry).where(AuditEntry.number == 6))

    answer = CliRunner().invoke(main, ["check"])
    assert (answer.exit_code, "broken at line 6: it is missing" in answer.stderr) == (1, True)


def test_many_who_note_something_at_once_make_one_chain(database, settings, app):
    def act(name):
        for _ in range(5):
            with database.writing() as session:
                audit.record(session, f"{name}@example.org", Action.LOGGED_IN)

    threads = [threading.Thread(target=act, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        assert audit.verify_chain(session, settings.data) == []
    assert len(rows(app, AuditEntry)) == 40


def test_what_organizers_do_is_read_at_the_desk_in_both_languages(omar):
    omar.enter(passphrase="wrong wrong wrong")
    omar.client.delete_cookie("desk")
    omar.enter()
    english = " ".join(" ".join(parse(omar.read("/en/organize/audit").text).itertext()).split())

    assert "Someone logged in." in english
    assert "Wrong attempts today 1" in english
    assert "سُجِّل دخول." in omar.read("/ar/organize/audit").text


@pytest.mark.usefixtures("chain")
def test_older_lines_are_a_page_further(omar, monkeypatch, database):
    with database.writing() as session:
        for _ in range(60):
            audit.record(session, "nour@example.org", Action.LOGGED_OUT)
    first = omar.read("audit")
    older = next(link.get("href") for link in parse(first.text).iter("a") if link.get("rel") == "next")

    assert len(list(parse(first.text).find(".//ol"))) == 50
    assert len(list(parse(omar.read(older).text).find(".//ol"))) == LINES + 60 + 3 - 50  # omar: added, set up, logged in
    assert omar.read("audit?before=x").status_code == 200


@pytest.mark.usefixtures("chain")
def test_the_audit_is_taken_as_a_file_that_can_be_checked_elsewhere(omar, hadi):
    answer = omar.read("audit.jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]

    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["previous"] == before["hash"] for before, line in itertools.pairwise(lines))
    assert (lines[3]["by"], lines[3]["facts"]["wrong_today"]) == ("omar@example.org", 3)
    assert hadi.read("audit.jsonl").status_code == 403


@pytest.mark.usefixtures("chain")
def test_the_file_of_the_audit_is_sent_a_few_lines_at_a_time_and_never_whole_in_memory(omar, monkeypatch):
    monkeypatch.setattr(audit, "ENTRIES_PER_READ", 4)
    sent = []

    def wrap(file, size):
        sent.append(FileWrapper(file, size))
        return sent[-1]

    answer = omar.client.get(omar.url("audit.jsonl"), environ_overrides={"wsgi.file_wrapper": wrap}, base_url=omar.base_url)
    pieces = list(answer.response)

    assert len(sent) == 1
    assert [piece.count(b"\n") for piece in pieces] == [4, 4, 4, 1]
    assert [json.loads(line)["number"] for line in b"".join(pieces).splitlines()] == list(range(1, 14))


@pytest.mark.usefixtures("chain")
def test_reading_every_line_leaves_the_other_records_of_the_session_alone(database):
    with database.writing() as session:
        desk = session.get_one(Desk, 1)
        read = len(list(audit.read_entries(session)))
        desk.four_eyes_off_at = desk.four_eyes_off_at or now()

    assert read == LINES
    with database.reading() as session:
        assert session.get_one(Desk, 1).four_eyes_off_at is not None
