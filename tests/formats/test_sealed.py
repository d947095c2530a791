"""The formats that hide a signer: a change of one by a byte fails the test that has its name."""

import base64
import hashlib
import hmac
import re

import pytest
import sqlalchemy as sa
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from campaign.crypto import sealing
from campaign.crypto.keys import key_id
from campaign.crypto.sealing import CannotOpen, Person, RecordTooLarge
from campaign.database import now, table
from campaign.outbox import queue
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope, OutboxMessage
from campaign.petition import bursts
from campaign.petition.models import RecentConfirmation, Submission
from tests.people import rows
from tests.servers import on_sqlite


def person_in(recorded):
    """The signer of a recorded record."""
    return Person(**{name: recorded[name] for name in ("text_sha256", "name", "email")}, record=bytes.fromhex(recorded["record"]))


def test_sealed_record_that_was_recorded_opens_to_what_went_in(vectors, private):
    for recorded in vectors["sealed record"]["records"]:
        assert sealing.open_sealed(private, bytes.fromhex(recorded["sealed"])) == person_in(recorded)


def test_sealed_record_has_the_recorded_bytes_around_and_inside(vectors, private):
    for recorded in vectors["sealed record"]["records"]:
        made = sealing.seal(private.public_key, person_in(recorded))

        assert made[:9].hex() == recorded["head"], "version and key id"
        assert len(made) == 9 + 48 + recorded["size"]
        assert SealedBox(private).decrypt(made[9:]) == bytes.fromhex(recorded["plain"]).ljust(recorded["size"], b"\0")


def test_sealed_record_of_an_unknown_version_is_refused_by_its_number(vectors, private):
    sealed = bytes.fromhex(vectors["sealed record"]["records"][0]["sealed"])

    with pytest.raises(CannotOpen, match="the record has version 2, which this program does not know"):
        sealing.open_sealed(private, b"\2" + sealed[1:])


def test_sealed_record_of_a_next_version_opens_beside_the_first(vectors, private, monkeypatch):
    recorded = vectors["sealed record"]["records"][0]
    first = bytes.fromhex(recorded["sealed"])
    second = b"\2" + first[1:9] + b"something else"
    anybody = Person(bytes(16), "0" * 64, "of the second version", "")
    monkeypatch.setitem(sealing.OPENERS, b"\2", lambda _key, box: anybody if box == b"something else" else None)

    assert sealing.open_sealed(private, second) == anybody
    assert sealing.open_sealed(private, first) == person_in(recorded)


def test_sealed_record_without_a_record_in_it_is_said_to_be_damaged(private):
    head = b"\1" + key_id(private.public_key)

    for plain in (b"", b"too short", bytes(48) + b"\0\2\xff\xff" + bytes(100)):
        with pytest.raises(CannotOpen, match="the record is damaged"):
            sealing.open_sealed(private, head + SealedBox(private.public_key).encrypt(plain))


@pytest.mark.parametrize(("length", "said"), [(1024 - 52, "1,025"), (70_000, "70,053")])
def test_sealed_record_that_is_too_large_is_a_named_error(length, said):
    with pytest.raises(RecordTooLarge, match=rf"^{said} bytes are too many to seal or lock\. The limit is 1,024\.$"):
        sealing.seal(PrivateKey.generate().public_key, Person(bytes(16), "0" * 64, "x" * length, "y"))


def test_sealed_record_that_fits_to_the_byte_is_sealed(private):
    largest = Person(bytes(16), "0" * 64, "x" * (1024 - 52 - 1), "y")

    assert sealing.open_sealed(private, sealing.seal(private.public_key, largest)) == largest


def test_locked_box_that_was_recorded_opens_to_what_went_in(vectors):
    for recorded in vectors["locked box"]["boxes"]:
        key = bytes.fromhex(vectors["keys"][recorded["key"]])
        assert sealing.decrypt(key, bytes.fromhex(recorded["box"])) == recorded["text"]


def test_locked_box_has_the_recorded_bytes_inside(vectors):
    for recorded in vectors["locked box"]["boxes"]:
        key = bytes.fromhex(vectors["keys"][recorded["key"]])
        made = sealing.encrypt(key, recorded["text"])

        assert len(made) == 24 + 16 + recorded["size"]
        assert SecretBox(key).decrypt(made) == bytes.fromhex(recorded["plain"]).ljust(recorded["size"], b"\0")


def test_locked_box_for_too_much_text_is_a_named_error(keys):
    assert sealing.decrypt(keys.mail, sealing.encrypt(keys.mail, "x" * 1022)) == "x" * 1022
    with pytest.raises(RecordTooLarge, match=r"1,025 bytes are too many to seal or lock\. The limit is 1,024\."):
        sealing.encrypt(keys.mail, "x" * 1023)


@on_sqlite
def test_locked_box_of_an_email_holds_address_language_and_token(app, keys, vectors):
    recorded = vectors["locked box"]["boxes"][2]
    database = app.extensions["campaign"].database
    envelope = Envelope(EmailAddress("layla", "example.org"), "ar", "a" * 26)

    with database.writing() as session:
        queue.enqueue(session, keys.mail, entry=bytes(16), kind="ask_to_confirm", envelope=envelope, at=now())
        box = session.scalar(sa.select(table(OutboxMessage).c.box))

    assert sealing.decrypt(keys.mail, box) == recorded["text"]
    assert queue.open_envelope(keys.mail, bytes.fromhex(recorded["box"])) == envelope


def test_mailbox_tag_is_the_recorded_one_for_each_address(vectors, keys):
    for address, tag in vectors["mailbox tag"]["tags"].items():
        assert sealing.first_mailbox_tag(keys.tag, address).hex() == tag, address
    for address, tag in vectors["mailbox tag"]["tags of version 2"].items():
        assert sealing.mailbox_tag(keys.tag, address).hex() == tag, address
        assert sealing.mailbox_tags(keys.tag, address) == [bytes.fromhex(tag), sealing.first_mailbox_tag(keys.tag, address)]


def test_content_mac_is_the_recorded_one_for_each_content(vectors, keys):
    for recorded in vectors["content MAC"]["macs"]:
        assert sealing.content_mac(keys.tag, *recorded["parts"]).hex() == recorded["mac"], recorded["parts"]
    for address, mac in vectors["content MAC"]["address tags"].items():
        assert sealing.address_tag(keys.tag, address).hex() == mac, address


@on_sqlite
def test_content_mac_of_a_submission_and_of_a_domain_are_over_these_parts(app, visitor, layla):
    key = app.extensions["campaign"].keys.tag

    def mac(*parts):
        return hmac.digest(key, "\0".join(("content", *parts)).encode(), hashlib.sha256)

    with app.extensions["campaign"].database.reading() as session:
        assert session.scalar(sa.select(RecentConfirmation.domain)) == mac("domain", "example.org")[:8]
    visitor.sign(name="Sami Khalil", email="sami@example.org", shown_as="Sami", country="DE")
    [waiting] = rows(app, Submission)
    assert waiting.digest == mac("Sami Khalil", "sami@example.org", "Sami", "DE", "False", "en", waiting.text_sha256)
    assert bursts.DOMAIN_TAG_LENGTH == 8


def test_token_is_16_bytes_in_base32_and_its_hash_the_recorded_one(vectors):
    for token, hashed in vectors["token"]["hashes"].items():
        assert sealing.token_hash(token).hex() == hashed, token
    token = sealing.new_token()
    assert re.fullmatch("[a-z2-7]{26}", token)
    assert len(base64.b32decode(f"{token.upper()}======")) == 16
