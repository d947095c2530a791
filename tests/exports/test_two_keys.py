"""Signatures sealed to one key after another: each is opened with its own, and one that is missing is named."""

import pytest
from nacl.public import PrivateKey

from campaign import instance
from campaign.crypto import sealing
from campaign.crypto.keys import format_fingerprint, key_id, load_keys, read_key
from campaign.petition import key_rotation
from tests.exports.terminal import lines
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def files(omar):
    """Layla is sealed to the first key, Sami to the one that came after it: the files of both private keys."""
    omar.has("Layla Haddad")
    new = omar.desk / "new.key"
    public = next(line for line in omar.run("keys", "new", "--out", new).stdout.splitlines() if line.startswith("public key\t"))
    done = omar.run("keys", "add", public.partition("\t")[2])
    assert done.exit_code == 0, done.stderr
    keys = load_keys(instance.key_folder(omar.settings))
    person = sealing.Person(b"s" * 16, "ab" * 32, name="Sami Khalil", email="sami@example.org")
    omar.has(id=b"s" * 16, sealed=sealing.seal(PrivateKey(read_key(new)).public_key, person))
    assert keys.private is not None
    return omar.ejects_the_key(), new


def test_both_keys_together_open_everything(omar, files):
    first, new = files

    assert {row["name"] for row in omar.reads("--key", first, "--key", new)} == {"Layla Haddad", "Sami Khalil"}


def test_one_key_alone_does_not_and_the_missing_one_is_named(omar, files):
    first, new = files
    named = format_fingerprint(key_id(PrivateKey(read_key(new)).public_key))

    done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv", "--key", first)

    assert done.exit_code == 1
    assert f"the record was sealed to another key, {named}" in done.stderr
    assert not (omar.desk / "all.csv").exists()


def test_a_sealed_file_is_opened_elsewhere_with_both(omar, files):
    first, new = files
    out = omar.desk / "opened.jsonl"

    done = omar.run("open-export", omar.exports("sealed"), "--format", "jsonl", "--out", out, "--key", new, "--key", first)

    assert done.exit_code == 0, done.stderr
    assert {row["name"] for row in lines(out)} == {"Layla Haddad", "Sami Khalil"}


def test_without_a_key_nothing_is_opened_although_the_first_one_is_on_the_server(omar):
    omar.has()
    omar.run("keys", "add", key_rotation.encode_key(PrivateKey.generate().public_key))

    done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv")

    assert (done.exit_code, "The private key is not on this server" in done.stderr) == (1, True)


def test_once_there_are_organizers_no_command_changes_the_key(omar):
    omar.run("organizers", "add", "omar@example.org")

    done = omar.run("keys", "add", key_rotation.encode_key(PrivateKey.generate().public_key))

    assert (done.exit_code, "a second one agrees" in done.stderr) == (1, True)
    assert "sealed to since" not in omar.run("keys", "list").stdout


def test_what_is_no_key_or_was_in_force_before_is_one_sentence(omar):
    own = key_rotation.encode_key(load_keys(instance.key_folder(omar.settings)).public)

    for typed, sentence in (("olives", "not a public key"), ("A" * 48, "not a public key"), (own, "was before")):
        done = omar.run("keys", "add", typed)
        assert (done.exit_code, sentence in done.stderr, done.stderr.count("\n")) == (1, True, 1)
