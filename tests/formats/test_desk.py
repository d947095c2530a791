"""The formats of the desk and of forms: a change of one by a byte fails the test that has its name."""

import json
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
import time_machine

from campaign.config import TRANSLATIONS
from campaign.content.pages import Paragraph, load_texts
from campaign.organizers import audit, ledger
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors
from campaign.organizers.head_file import read_head
from campaign.organizers.models import AuditEntry, Desk
from campaign.web.request_checks import FormToken
from tests.servers import on_sqlite


def lines_in(vectors):
    """The recorded lines of an audit, chained anew."""
    previous = audit.GENESIS_HASH
    for number, recorded in enumerate(vectors["audit line"]["lines"], 1):
        said = {name: recorded[name] for name in ("by", "act", "facts")}
        line = AuditEntry(number=number, at=datetime.fromisoformat(recorded["at"]), previous=previous, **said)
        line.hash = previous = audit.entry_hash(line)
        yield recorded, line


def store(database, vectors):
    """The recorded audit in a database."""
    with database.writing() as session:
        session.execute(sa.delete(AuditEntry))
        lines = [line for _, line in lines_in(vectors)]
        for line in lines:
            line.mac = audit.entry_mac(ledger.desk_key(session), line)
        session.add_all(lines)
        desk = session.get_one(Desk, 1)
        desk.last_line, desk.last_hash = lines[-1].number, lines[-1].hash


def test_form_token_of_an_hour_is_the_recorded_one(vectors, keys):
    recorded, token = vectors["form token"], FormToken(keys.form)

    with time_machine.travel(datetime.fromisoformat(recorded["made_at"]), tick=False) as clock:
        assert token.make() == recorded["token"]
        clock.shift(3600)
        assert token.age(recorded["token"]) == 1


def test_audit_line_is_hashed_over_the_recorded_bytes(vectors):
    for recorded, line in lines_in(vectors):
        assert audit.canonical_json(line).decode() == recorded["canonical"]
        assert line.hash.hex() == recorded["hash"]


def test_audit_line_is_chained_and_exported_as_recorded(vectors, app):
    database = app.extensions["campaign"].database
    store(database, vectors)

    with database.reading() as session:
        assert audit.verify_chain(session) == []

    exported = b"".join(audit.export_jsonl(database)).decode()
    assert exported == "".join(recorded["exported"] + "\n" for recorded in vectors["audit line"]["lines"])


@on_sqlite
def test_audit_line_that_is_noted_is_in_the_recorded_form(vectors, app):
    database, recorded = app.extensions["campaign"].database, vectors["audit line"]["lines"]
    with database.writing() as session:
        session.get_one(Desk, 1).last_hash = audit.GENESIS_HASH

    for line in recorded:
        with time_machine.travel(datetime.fromisoformat(line["at"]), tick=False), database.writing() as session:
            audit.record(session, line["by"], Action(line["act"]), **line["facts"])

    exported = b"".join(audit.export_jsonl(database)).splitlines()
    assert [json.loads(line)["hash"] for line in exported] == [line["hash"] for line in recorded]


@on_sqlite
def test_audit_line_that_is_the_last_is_kept_in_audit_head_as_recorded(vectors, app, tmp_path):
    head = vectors["audit line"]["head_file"]
    store(app.extensions["campaign"].database, vectors)

    audit.store_head(app.extensions["campaign"].database, tmp_path)

    assert (tmp_path / "audit.head").read_text("ascii") == head
    number, _, hashed = head.strip().partition(" ")
    assert read_head(tmp_path / audit.HEAD_FILE) == (int(number), bytes.fromhex(hashed))


def test_passphrase_hash_that_was_recorded_is_still_right(vectors):
    recorded = vectors["passphrase hash"]

    assert factors.verify_passphrase(recorded["passphrase"], recorded["hash"])
    assert not factors.verify_passphrase("Olives ripen in november", recorded["hash"])


def test_text_hash_is_over_the_letter_an_empty_line_and_the_consent(vectors):
    recorded = vectors["text hash"]
    english = load_texts(TRANSLATIONS)["en"]
    words = tuple(
        Paragraph(str(place), part, english.petition.language) for place, part in enumerate(recorded["letter"].split("\n\n"))
    )
    letter = replace(english.petition, paragraphs=words, meta=english.petition.meta | {"consent": recorded["consent"]})

    assert replace(english, petition=letter).consent_hash == recorded["hash"]
