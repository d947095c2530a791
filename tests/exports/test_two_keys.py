"""Signatures sealed to one key after another: each is opened with its own, and one that is missing is named."""

import pytest
from nacl.public import PrivateKey

from campaign import instance
from campaign.cli.output import PARTLY_OPENED
from campaign.crypto import sealing
from campaign.crypto.keys import format_fingerprint, key_id, load_keys, read_key
from campaign.exports.rows import PAGE
from campaign.petition import key_rotation
from tests.exports.terminal import lines
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def files(omar):
    """Layla is sealed to the first key, Sami to the one that came after it: the files of both private keys."""
    omar.has("Layla Haddad")
    new = omar.desk / "new.key"
    public = next(
        line
        for line in omar.run("keys", "new", "--no-passphrase", "--out", new).stdout.splitlines()
        if line.startswith("public key\t")
    )
    done = omar.run("keys", "add", public.partition("\t")[2])
    assert done.exit_code == 0, done.stderr
    keys = load_keys(instance.key_folder(omar.settings))
    person = sealing.Person(b"s" * 16, "ab" * 32, name="Sami Khalil", email="sami@example.org")
    omar.has(id=b"s" * 16, sealed=sealing.seal(PrivateKey(read_key(new)).public_key, person))
    assert keys.private is not None
    return omar.ejects_the_key(), new


def short(file):
    """The short id of a key, as people say it."""
    return format_fingerprint(key_id(PrivateKey(read_key(file)).public_key)[:4])


def test_both_keys_together_open_everything(omar, files):
    first, new = files

    assert {row["name"] for row in omar.reads("--key", first, "--key", new)} == {"Layla Haddad", "Sami Khalil"}


def test_one_key_alone_opens_what_is_sealed_to_it_and_names_the_key_that_the_others_need(omar, files):
    first, new = files
    out = omar.desk / "all.jsonl"

    done = omar.run("export", "--format", "jsonl", "--out", out, "--key", first)

    assert done.exit_code == PARTLY_OPENED
    assert [(row["number"], row["name"]) for row in lines(out)] == [(1, "Layla Haddad")]
    said = done.stderr.splitlines()
    assert said[0].startswith("1 signature exported; the document's SHA-256 is ")
    assert said[1:] == [f"1 of 2 opened; 1 needs key {short(new)}."]


@pytest.mark.parametrize("given", [0, 1])
def test_with_either_key_lost_a_sealed_file_gives_what_the_other_opens(omar, files, given):
    out, sealed = omar.desk / "opened.jsonl", omar.exports("sealed")

    done = omar.run("open-export", sealed, "--format", "jsonl", "--out", out, "--key", files[given])

    assert done.exit_code == PARTLY_OPENED
    assert [row["name"] for row in lines(out)] == [("Layla Haddad", "Sami Khalil")[given]]
    assert f"1 of 2 opened; 1 needs key {short(files[1 - given])}.\n" in done.stderr


def test_far_into_a_large_export_too_only_those_of_the_other_key_are_left_out(omar, request):
    omar.has_made_up(2 * PAGE)
    files = request.getfixturevalue("files")

    done = omar.run("export", "--format", "jsonl", "--out", omar.desk / "all.jsonl", "--key", files[0])

    assert f"{2 * PAGE + 1:,} of {2 * PAGE + 2:,} opened; 1 needs key {short(files[1])}.\n" in done.stderr
    assert [row["number"] for row in lines(omar.desk / "all.jsonl")] == list(range(1, 2 * PAGE + 2))


@pytest.mark.parametrize("command", ["export", "open-export"])
def test_whoever_asks_for_all_or_nothing_gets_no_file_that_lacks_somebody(omar, files, command):
    first, new = files
    what = [command] if command == "export" else [command, omar.exports("sealed")]
    named = format_fingerprint(key_id(PrivateKey(read_key(new)).public_key))

    done = omar.run(*what, "--format", "csv", "--out", omar.desk / "all.csv", "--key", first, "--all-or-nothing")

    assert done.exit_code == 1
    assert f"the record was sealed to another key, {named}" in done.stderr
    assert not (omar.desk / "all.csv").exists()


def test_a_key_that_opens_nothing_leaves_no_file(omar, files):
    stray = omar.desk / "stray.key"
    omar.run("keys", "new", "--no-passphrase", "--out", stray)

    done = omar.run("open-export", omar.exports("sealed"), "--format", "csv", "--out", omar.desk / "all.csv", "--key", stray)

    assert done.exit_code == 1
    needed = done.stderr.removeprefix("Error: No signature can be opened with the given keys: ").removesuffix(".\n")
    assert sorted(needed.split(", ")) == sorted(f"1 needs key {short(file)}" for file in files)
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

    for typed, sentence in (("olives", "not a public key"), ("A" * 48, "not a public key"), (own, "is or was in use")):
        done = omar.run("keys", "add", typed)
        assert (done.exit_code, sentence in done.stderr, done.stderr.count("\n")) == (1, True, 1)
