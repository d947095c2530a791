"""Key files of people: made, handed on and used at a terminal, each under its owner's passphrase."""

import pytest

from campaign import instance
from campaign.crypto.keys import fingerprint, load_keys
from campaign.crypto.private_key_file import is_encrypted, read_private_key
from tests.exports.terminal import lines
from tests.servers import on_sqlite

pytestmark = on_sqlite
NOUR, HADI = "seven olives and a lemon", "eleven lemons, no olive"
TWICE = "{0}\n{0}\n"


@pytest.fixture
def phrase_of(tmp_path):
    """Writes a passphrase into a file, for scripts."""

    def write(name, phrase):
        file = tmp_path / f"{name}.phrase"
        file.write_text(f"{phrase}\nwhat follows does not count\n", "utf-8")
        return file

    return write


@pytest.mark.slow
def test_a_new_key_is_asked_a_passphrase_twice_and_a_second_person_gets_the_same_key_under_their_own(omar):
    nour, hadi = omar.desk / "nour.key", omar.desk / "hadi.key"

    made = omar.run("keys", "new", "--for", "Nour", "--out", nour, typed=TWICE.format(NOUR))
    copied = omar.run("keys", "copy", nour, "--for", "Hadi", "--out", hadi, typed=f"{NOUR}\n{TWICE.format(HADI)}")

    assert (made.exit_code, copied.exit_code) == (0, 0), made.stderr + copied.stderr
    assert made.stdout == copied.stdout  # the public key and its fingerprint, and not a question
    key = read_private_key(hadi, lambda _: HADI)
    assert f"fingerprint\t{fingerprint(key.public_key)}\n" in made.stdout
    assert bytes(key) == bytes(read_private_key(nour, lambda _: NOUR))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("short\nshort\n", "The passphrase is too weak: 15 to 200 characters"),
        ("a" * 30 + "\n" + "a" * 30 + "\n", "The passphrase is too weak"),
        (f"{NOUR}\n{HADI}\n", "The two entered values do not match"),
        ("", "Aborted!"),
    ],
)
def test_a_weak_passphrase_or_two_that_differ_write_nothing(omar, typed, said):
    done = omar.run("keys", "new", "--out", omar.desk / "new.key", typed=typed)

    assert (done.exit_code, said in done.stderr) == (1, True)
    assert list(omar.desk.iterdir()) == []


@pytest.mark.slow
def test_a_wrong_passphrase_is_one_sentence_and_writes_nothing(omar, phrase_of):
    key = omar.ejects_the_key("--for", "Nour", "--passphrase-file", phrase_of("nour", NOUR))
    sealed = omar.exports("sealed")
    before = sorted(omar.desk.iterdir())

    opened = omar.run("open-export", sealed, "--key", key, "--format", "csv", "--out", omar.desk / "a.csv", typed=f"{HADI}\n")
    copied = omar.run("keys", "copy", key, "--out", omar.desk / "b.key", typed=f"{HADI}\n{TWICE.format(HADI)}")

    for done in (opened, copied):
        assert (done.exit_code, done.stdout) == (1, "")
        assert f"Error: {key} cannot be opened: the passphrase is wrong, or the file is damaged.\n" in done.stderr
    assert sorted(omar.desk.iterdir()) == before


@pytest.mark.slow
def test_export_open_export_and_check_ask_once_for_each_encrypted_file(omar, phrase_of):
    omar.has("Layla Haddad")
    key = omar.ejects_the_key("--passphrase-file", phrase_of("nour", NOUR))
    out = omar.desk / "opened.jsonl"

    exported = omar.run("export", "--key", key, "--format", "jsonl", "--out", out, typed=f"{NOUR}\n")
    assert exported.exit_code == 0, exported.stderr
    checked = omar.run("check", "--key", key, typed=f"{NOUR}\n")
    scripted = omar.run("export", "--key", key, "--passphrase-file", phrase_of("nour", NOUR), "--format", "csv", "--out", "-")

    assert [row["name"] for row in lines(out)] == ["Layla Haddad"]
    assert exported.stderr.count("Passphrase of") == checked.stderr.count("Passphrase of") == 1
    assert (scripted.exit_code, "Passphrase" in scripted.output) == (0, False)


def test_ejecting_asks_before_the_server_loses_the_key_and_the_file_names_the_campaign(omar):
    out = omar.desk / "nour.key"

    differing = omar.run("keys", "eject", "--for", "Nour", "--out", out, typed=f"{NOUR}\n{HADI}\n")
    still_here = load_keys(instance.key_folder(omar.settings)).private
    done = omar.run("keys", "eject", "--for", "Nour", "--out", out, typed=TWICE.format(NOUR))

    assert (differing.exit_code, still_here is not None) == (1, True)
    assert done.exit_code == 0, done.stderr
    assert is_encrypted(out)
    assert load_keys(instance.key_folder(omar.settings)).private is None


@pytest.mark.parametrize("owner", ["two\nlines", "x" * 101])
def test_an_owner_that_fits_on_no_line_is_wrong_use(omar, owner):
    done = omar.run("keys", "new", "--for", owner, "--out", omar.desk / "new.key", typed=TWICE.format(NOUR))

    assert (done.exit_code, list(omar.desk.iterdir())) == (2, [])


def test_a_file_without_a_passphrase_in_it_is_one_sentence(omar, tmp_path):
    (tmp_path / "empty.phrase").write_text("")

    done = omar.run("keys", "new", "--out", omar.desk / "new.key", "--passphrase-file", tmp_path / "empty.phrase")

    assert (done.exit_code, done.stderr) == (
        1,
        f"Error: {tmp_path}/empty.phrase holds no passphrase: its first line is to be one.\n",
    )
