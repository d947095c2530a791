"""Backups, their key and their list: a change of their formats by a byte fails here."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign.backup.container import BackupHeader, BackupReader, decrypt_file
from campaign.backup.forgotten_list import ForgottenList, decode
from campaign.crypto.backup_key import read_backup_key
from campaign.petition.forgotten import CHANGES_A_DAY, ID_SIZE, Kind


@pytest.fixture
def recorded(vectors):
    """What was recorded of backups."""
    return vectors["backup"]


@pytest.fixture
def header():
    """What the recorded backup says of itself."""
    keys = {name: name[0] * 16 for name in ("seal", "tag", "mail", "form", "desk")}
    return BackupHeader(datetime(2026, 11, 29, 1, 0, 0, 123456, tzinfo=UTC), "sqlite", "0016", keys)


@pytest.fixture
def made():
    """The recorded list."""
    day = date(2026, 11, 28)
    rows = [
        {
            "kind": kind.value,
            "id": bytes([place]) * ID_SIZE,
            "number": day.toordinal() * CHANGES_A_DAY,
            "value": place,
            "day": day,
        }
        for place, kind in enumerate(one for one in Kind if one is not Kind.SINCE)
    ]
    moment = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
    removal = {"id": 1, "number": 2, "reason": "duplicate", "done_at": moment, "undone_at": None, "restored": None}
    names = ("opens_on", "closes_on", "hand_over_on", "delete_on")
    inquiry = {"id": 3, "kind": "access", "came_on": day, "due_on": day, "outcome": None, "closed_on": None}
    return ForgottenList(
        made_at=moment,
        since=date(2026, 10, 29),
        change=7,
        counted_at=moment,
        switches={"closed_on": day, "testimony_withdrawn_on": None},
        tally=({"day": day, "reason": "withdrawn", "number": 3},),
        removals=(removal,),
        seal_keys=({"number": 1, "public": b"p" * 32, "code": b"c" * 32, "since": day},),
        plan=({"number": 1, "set_on": day, "set_by": "command"} | dict.fromkeys(names, None) | {"closes_on": day},),
        published=({"id": 1, "kind": "letter", "name": "ar", "day": day, "words": "title: نداء\n", "sha256": "0" * 64},),
        entries={(row["kind"], row["id"]): row for row in rows},
        news_keys=({"number": 2, "public": bytes(32), "code": b"n" * 32, "since": day},),
        inquiries=(inquiry,),
    )


def test_the_first_line_is_as_recorded(recorded, header):
    assert header.line().decode() == recorded["line"]


def test_the_recorded_backup_opens_with_the_recorded_key(recorded, header, tmp_path):
    key, file, database = tmp_path / "backup.key", tmp_path / "a.backup", io.BytesIO()
    key.write_text(recorded["key"])
    file.write_bytes(bytes.fromhex(recorded["file"]))
    reader = BackupReader(lambda _: database)

    decrypt_file(Path(file), reader, read_backup_key(key, lambda _: ""))

    assert (reader.header, database.getvalue()) == (header, b"the database")


def test_the_list_is_as_recorded_and_is_read_again(recorded, keys, made):
    assert made.encode(keys).decode() == recorded["list"]
    assert decode(recorded["list"].encode(), keys, "list") == made


def without_supporters(made):
    """The list as it was before there were supporters."""
    return replace(made, entries={name: row for name, row in made.entries.items() if row["kind"] != Kind.SUPPORTER})


def test_a_list_from_before_there_were_inquiries_is_read(recorded, keys, made):
    assert decode(recorded["list without inquiries"].encode(), keys, "list") == replace(without_supporters(made), inquiries=())


def test_a_list_from_before_there_were_keys_for_news_is_read(recorded, keys, made):
    assert decode(recorded["list without keys for news"].encode(), keys, "list") == replace(
        without_supporters(made), news_keys=(), inquiries=()
    )
