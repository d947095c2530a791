"""A record that cannot be opened, or is not the one that belongs there, stops the export; it is never left out in silence."""

from datetime import date

import pytest
import sqlalchemy as sa
from nacl.public import SealedBox

from campaign import instance
from campaign.crypto import sealing
from campaign.crypto.keys import key_id, load_keys
from campaign.exports.rows import PAGE
from campaign.petition.models import Signature
from tests.exports.terminal import TEXT
from tests.servers import LONG


def envelope(omar, plain):
    """A record in a genuine envelope: whoever has the public key can make one."""
    public = load_keys(instance.key_folder(omar.settings)).public
    return bytes([sealing.ENVELOPE_VERSION]) + key_id(public) + SealedBox(public).encrypt(plain)


@pytest.fixture
def refused(omar):
    """What the organizer reads when the second of three signatures has these values."""

    def export(**values):
        for letter in b"abc":
            omar.has(id=bytes([letter]) * 16)
        omar.write(sa.update(Signature).where(Signature.id == b"b" * 16).values(**values))
        done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv")
        assert done.exit_code == 1
        assert list(omar.desk.iterdir()) == []
        return done.stderr

    return export


def test_a_record_that_was_damaged(refused):
    said = refused(sealed=b"?" * 569)

    assert "Signature 2 cannot be opened: the record has version 63, which this program does not know; 1 were opened" in said


@pytest.mark.parametrize("length", [0, 9, 568, 570, 1082])
def test_a_record_of_a_length_that_none_has_does_not_pass_for_one_of_another_key(refused, length):
    assert "Signature 2 cannot be opened: the record is damaged" in refused(sealed=(b"\1" + b"?" * 1100)[:length])


def test_a_record_with_changed_bytes(omar, refused):
    sealed = envelope(omar, b"\0" * 512)

    said = refused(sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))

    assert "Signature 2 cannot be opened: the record is damaged; 1 were opened before it." in said


@pytest.mark.parametrize("plain", [b"", b"short", b"b" * 48, b"b" * 16 + b"\xab" * 32 + b"\x00\x02\xff\xff" + b"\0\0"])
def test_a_record_that_is_sealed_and_makes_no_sense(omar, refused, plain):
    assert "Signature 2 cannot be opened: the record is damaged" in refused(sealed=envelope(omar, plain))


def test_a_record_of_another_signature(omar, refused):
    person = sealing.Person(record=b"a" * 16, text_sha256=TEXT, name="Sami", email="sami@example.org")

    said = refused(sealed=sealing.seal(load_keys(instance.key_folder(omar.settings)).public, person))

    assert "Signature 2 cannot be opened: its record belongs to another signature" in said


def test_a_row_that_claims_another_text(refused):
    assert "Signature 2 cannot be opened: its record was sealed for another text" in refused(text_sha256="cd" * 32)


def test_also_far_into_a_large_export(omar):
    omar.has_made_up(2 * PAGE)
    omar.has(id=b"\xff" * 16, sealed=b"?", confirmed_on=date(9000, 1, 1))

    failing = omar.start("export", "--format", "csv", "--out", omar.desk / "all.csv", stderr=-1)

    said = failing.communicate(timeout=LONG)[1].decode()
    assert failing.returncode == 1
    assert (
        f"Signature {2 * PAGE + 1:,} cannot be opened: the record has version 63, which this program does not know;"
        f" {2 * PAGE:,} were opened before it." in said
    )
    assert list(omar.desk.iterdir()) == []
