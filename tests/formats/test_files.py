"""The formats of files: keys, locked exports, sealed exports. A change of one by a byte fails the test that has its name."""

import base64
import io
import json
import re
from datetime import date

import pytest
import sqlalchemy as sa
from nacl import bindings as sodium
from nacl.public import PublicKey
from nacl.secret import SecretBox

from campaign.crypto import sealing
from campaign.crypto.encrypted_file import CHUNK_SIZE, DecryptingReader, EncryptingWriter
from campaign.crypto.keys import eject, fingerprint, make_keys, read_key
from campaign.crypto.private_key_file import KeyLabel, describe_private_key, read_labelled_key
from campaign.crypto.sealing import CannotOpen, Person
from campaign.exports import sealed
from campaign.exports.mass_warning import recipient_of
from campaign.exports.rows import ExportRow, StoredSignature
from campaign.exports.warning_record import open_record, read_marks, record_file
from campaign.organizers import export_jobs
from campaign.petition import key_rotation
from campaign.petition.key_rotation import SealKey
from tests.servers import on_sqlite

PLAIN = bytes(range(256)) * 257  # one whole chunk and 256 bytes


@pytest.fixture
def export(vectors, tmp_path):
    """The recorded sealed export as a file."""
    file = tmp_path / "signatures.sealed"
    file.write_text("".join(f"{line}\n" for line in vectors["sealed export"]["lines"]), "utf-8")
    return file


def stored_in(line):
    """One signature of the recorded export, and its record as it stands there."""
    row = json.loads(line)
    values = {"id": bytes.fromhex(row["id"]), "confirmed_on": date.fromisoformat(row["confirmed_on"])}
    return StoredSignature(**row | values | {"sealed": base64.b64decode(row["sealed"])})


def test_key_file_is_read_and_written_as_recorded(vectors, tmp_path):
    recorded, folder = vectors["key file"], tmp_path / "keys"
    folder.mkdir()
    (folder / "seal.private").write_text(recorded["content"], "ascii")
    (folder / "seal.private").chmod(0o600)

    assert read_key(folder / "seal.private").hex() == vectors["keys"]["seal"]
    eject(folder, tmp_path / "out.key")
    assert (tmp_path / "out.key").read_text("ascii") == recorded["content"]
    make_keys(folder)
    for file in folder.iterdir():
        assert re.fullmatch("[A-Za-z0-9+/]{43}=\n", file.read_text("ascii")), file.name


def test_key_file_of_a_person_is_opened_as_recorded_and_says_what_it_is(vectors, private, tmp_path):
    recorded, file = vectors["key file of a person"], tmp_path / "person.key"
    file.write_text(recorded["file"], "utf-8")

    opened, campaign, _ = read_labelled_key(file, lambda _: recorded["passphrase"])

    assert (bytes(opened), campaign) == (bytes(private), recorded["campaign"])
    label = KeyLabel(recorded["campaign"], recorded["owner"], date.fromisoformat(recorded["made_on"]))
    assert describe_private_key(private, label) == recorded["plain"]
    assert recorded["plain"].splitlines()[-1] == vectors["key file"]["content"].strip()


def test_record_of_warnings_is_read_and_written_as_recorded(vectors, export, tmp_path):
    recorded, file = vectors["record of warnings"], tmp_path / "signatures.sealed.warned"
    stored = stored_in(vectors["sealed export"]["lines"][1])._replace(id=bytes.fromhex(recorded["id"]))
    recipient = recipient_of(ExportRow(1, stored, Person(stored.id, stored.text_sha256, "Layla", "layla@example.org")))

    with open_record(record_file(export)) as record:
        record.add(recipient.mark)

    assert file.read_text("ascii") == recorded["file"]
    assert read_marks(file) == {recipient.mark: ""}


def test_record_of_warnings_loses_a_line_that_was_cut_off_and_goes_on_behind_the_last_whole_one(vectors, tmp_path):
    recorded, file = vectors["record of warnings"]["file"], tmp_path / "signatures.sealed.warned"
    file.write_text(recorded + "0" * 30, "ascii")

    with open_record(file) as record:
        record.add("f" * 64)

    assert file.read_text("ascii") == recorded + "f" * 64 + "\n"


def test_key_file_has_the_recorded_id_and_fingerprints(vectors, keys):
    recorded = vectors["key file"]

    assert keys.key_id.hex() == recorded["key_id"]
    assert fingerprint(keys.public) == recorded["fingerprint"]
    assert keys.fingerprints() == recorded["marks"]


def test_later_key_is_written_and_read_as_recorded(vectors):
    recorded = vectors["later key"]
    key = PublicKey(bytes.fromhex(recorded["public"]))

    assert key_rotation.encode_key(key) == recorded["written"]
    assert key_rotation.parse_key(recorded["written"]) == key


@on_sqlite
def test_later_key_has_the_recorded_code_in_the_database(app, vectors, keys):
    recorded = vectors["later key"]
    key = PublicKey(bytes.fromhex(recorded["public"]))

    with app.extensions["campaign"].database.writing() as session:
        key_rotation.activate_key(session, keys, key, date(2026, 11, 28))
        [row] = session.scalars(sa.select(SealKey))

        assert (row.number, row.public.hex(), row.code.hex()) == (1, recorded["public"], recorded["code"])
        assert key_rotation.newest_key(session, keys) == key


def test_export_file_that_was_recorded_opens_to_what_went_in(vectors):
    recorded = vectors["export file"]

    opened = DecryptingReader(io.BytesIO(bytes.fromhex(recorded["file"])), bytes.fromhex(recorded["key"]))

    assert b"".join(iter(opened.read, b"")).decode() == recorded["plain"]


def test_export_file_is_a_secret_stream_in_chunks_of_64_kib(vectors):
    """Written here with libsodium alone: a header of 24 bytes, then chunks of 64 KiB with 17 bytes each, the last tagged."""
    recorded = vectors["export file"]
    key, step = bytes.fromhex(recorded["key"]), recorded["chunk"] + 17
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    file = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    file += sodium.crypto_secretstream_xchacha20poly1305_push(state, PLAIN[:65536])
    file += sodium.crypto_secretstream_xchacha20poly1305_push(
        state, PLAIN[65536:], tag=sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    )

    assert recorded["chunk"] == CHUNK_SIZE == 65536
    assert b"".join(iter(DecryptingReader(io.BytesIO(file), key).read, b"")) == PLAIN

    out, state = io.BytesIO(), sodium.crypto_secretstream_xchacha20poly1305_state()
    locking = EncryptingWriter(out, key)
    locking.write(PLAIN)
    locking.finish()
    made = out.getvalue()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, made[:24], key)
    pieces = [made[start : start + step] for start in range(24, len(made), step)]
    pulled = [sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece) for piece in pieces]
    assert pulled == [(PLAIN[:65536], 0), (PLAIN[65536:], 3)]


def test_export_file_has_its_key_in_a_box_as_64_hex_digits(keys):
    key, box = export_jobs.new_file_key(keys.desk)

    plain = SecretBox(keys.desk).decrypt(box)

    assert plain == b"\0\x40" + key.hex().encode() + bytes(512 - 66)


def test_sealed_export_is_written_as_recorded(vectors, keys):
    recorded, out = vectors["sealed export, version 2"]["lines"], io.BytesIO()
    stored = [stored_in(line) for line in recorded[1:-1]]

    sealed.write_sealed([stored[:1], stored[1:]], out, keys.key_id)

    assert out.getvalue().decode().splitlines(keepends=True) == [f"{line}\n" for line in recorded]


def test_sealed_export_that_was_recorded_is_read(vectors, private, export):
    expected = sealed.count_sealed(export)

    [page] = sealed.read_sealed(export, expected, [])

    assert page == [stored_in(line) for line in vectors["sealed export"]["lines"][1:-1]]
    people = [sealing.open_sealed(private, stored.sealed) for stored in page]
    assert [person.name for person in people] == [one["name"] for one in vectors["sealed record"]["records"]]


def test_sealed_export_of_version_2_is_read_with_the_text_that_a_record_was_sealed_for(vectors, private, export):
    lines = vectors["sealed export, version 2"]["lines"]
    export.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    [page] = sealed.read_sealed(export, 2, [])

    assert page == [stored_in(line) for line in lines[1:-1]]
    texts = [sealing.open_sealed(private, stored.sealed).text_sha256 for stored in page]
    assert [stored.sealed_text for stored in page] == texts


@pytest.mark.parametrize("version", ["3", '"1"', "null", "[1]", "1.0"])
def test_sealed_export_of_an_unknown_version_is_refused(export, version):
    export.write_text(export.read_text("utf-8").replace('"version": 1', f'"version": {version}'), "utf-8")

    with pytest.raises(CannotOpen, match="is not a sealed export that this version knows"):
        sealed.count_sealed(export)
    with pytest.raises(CannotOpen, match="is not a sealed export that this version knows"):
        list(sealed.read_sealed(export, 2, []))


def test_sealed_export_of_a_next_version_is_read_beside_the_first(export, monkeypatch):
    first = list(sealed.read_sealed(export, 2, []))
    monkeypatch.setitem(sealed.READERS, 3, lambda line: sealed.READERS[1](line)._replace(language="xx"))
    export.write_text(export.read_text("utf-8").replace('"version": 1', '"version": 3'), "utf-8")

    assert sealed.count_sealed(export) == 2
    assert list(sealed.read_sealed(export, 2, [])) == [[stored._replace(language="xx") for stored in first[0]]]
