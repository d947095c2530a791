"""A private key in a file for one person: in age format, opened by its passphrase and by nothing else."""

import base64
import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from nacl.public import PrivateKey

from campaign.crypto.keys import KeyFileError, encode_bare, write_key_file
from campaign.crypto.private_key_file import (
    OPENS_EITHER,
    OPENS_NEWS,
    OPENS_SIGNATURES,
    KeyLabel,
    encrypt_private_key,
    is_encrypted,
    read_labelled_key,
    read_private_key,
)
from tests.servers import LONG

PHRASE = "seven olives and a lemon"
LABEL = KeyLabel("petition.example.org", "Nour", date(2026, 11, 28))


@pytest.fixture(scope="module")
def private():
    """A private key."""
    return PrivateKey.generate()


@pytest.fixture(scope="module")
def nours(private, tmp_path_factory):
    """The file that Nour has of it."""
    file = tmp_path_factory.mktemp("nour") / "nour.key"
    write_key_file(file, private, lambda key: encrypt_private_key(key, LABEL, PHRASE))
    return file


AT_A_TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"


def at_a_terminal(*command, typed):
    """Run a program that asks at its terminal; return its exit code."""
    words = [sys.executable, "-c", AT_A_TERMINAL, *map(str, command)]
    return subprocess.run(words, input=f"{typed}\n", text=True, capture_output=True, timeout=LONG, check=False).returncode


@pytest.mark.slow
def test_the_passphrase_opens_what_was_written_and_the_file_is_for_its_owner_alone(nours, private):
    opened, campaign, _ = read_labelled_key(nours, lambda _: PHRASE)

    assert (bytes(opened), campaign) == (bytes(private), "petition.example.org")
    assert is_encrypted(nours)
    assert nours.stat().st_mode & 0o777 == 0o600
    assert base64.b64encode(bytes(private)) not in nours.read_bytes()
    assert b"Nour" not in nours.read_bytes()


def test_another_passphrase_is_one_sentence(nours):
    with pytest.raises(KeyFileError, match=r"nour.key cannot be opened: the passphrase is wrong, or the file is damaged\.$"):
        read_private_key(nours, lambda _: PHRASE + " ")


@pytest.mark.parametrize("length", [40, 200, -40])
def test_a_file_that_is_cut_off_is_one_sentence(nours, tmp_path, length):
    half = tmp_path / "half.key"
    half.write_bytes(nours.read_bytes()[:length])

    with pytest.raises(KeyFileError, match="cannot be opened: the passphrase is wrong, or the file is damaged"):
        read_private_key(half, lambda _: PHRASE)


def test_a_bare_key_is_read_without_a_question_and_only_if_nobody_else_can_read_it(private, tmp_path):
    bare = tmp_path / "bare.key"
    write_key_file(bare, private, encode_bare)

    assert bytes(read_private_key(bare, lambda _: pytest.fail("asked"))) == bytes(private)
    bare.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_private_key(bare, lambda _: pytest.fail("asked"))


@pytest.mark.slow
@pytest.mark.parametrize("opens", [OPENS_SIGNATURES, OPENS_NEWS])
def test_what_a_key_opens_goes_with_it_and_of_a_bare_key_nothing_is_said(private, tmp_path, opens):
    file, bare = tmp_path / "nour.key", tmp_path / "bare.key"
    write_key_file(file, private, lambda key: encrypt_private_key(key, replace(LABEL, opens=opens), PHRASE))
    write_key_file(bare, private, encode_bare)

    assert read_labelled_key(file, lambda _: PHRASE)[2] == opens
    assert read_labelled_key(bare, lambda _: pytest.fail("asked")) == (private, "", OPENS_EITHER)
    assert "names" not in OPENS_EITHER
    assert "addresses" not in OPENS_EITHER


def test_an_encrypted_key_may_lie_on_a_stick_that_knows_no_owners(nours, private, tmp_path):
    stick = tmp_path / "stick.key"
    stick.write_bytes(nours.read_bytes())
    stick.chmod(0o755)

    assert bytes(read_private_key(stick, lambda _: PHRASE)) == bytes(private)


@pytest.mark.slow
def test_a_passphrase_is_the_same_from_a_keyboard_that_composes_its_letters(private, tmp_path):
    file = tmp_path / "composed.key"
    write_key_file(file, private, lambda key: encrypt_private_key(key, LABEL, "un e\u0301te\u0301 a\u0300 Alep"))

    assert bytes(read_private_key(file, lambda _: "un \u00e9t\u00e9 \u00e0 Alep")) == bytes(private)


def test_stock_age_opens_the_file_and_finds_the_key_and_what_it_is(age, nours, private, tmp_path):
    out = tmp_path / "opened.txt"

    assert at_a_terminal(age, "--decrypt", "--output", out, nours, typed=PHRASE) == 0

    *said, last = out.read_text("utf-8").splitlines()
    assert base64.b64decode(last) == bytes(private)
    assert {"campaign: petition.example.org", "for: Nour", "made on: 2026-11-28"} <= set(said)
    assert any(line.startswith("campaign open-export ") for line in said)
    assert at_a_terminal(age, "--decrypt", "--output", out, nours, typed="nonsense") != 0


def test_a_bare_key_that_stock_age_encrypted_is_opened_too(age, private, tmp_path):
    bare, out = tmp_path / "bare.key", tmp_path / "binary.age"
    write_key_file(bare, private, encode_bare)

    assert at_a_terminal(age, "--passphrase", "--output", out, bare, typed=f"{PHRASE}\n{PHRASE}") == 0

    assert out.read_bytes().startswith(b"age-encryption.org/v1\n")
    assert read_labelled_key(out, lambda _: PHRASE) == (private, "", OPENS_EITHER)


def test_each_guess_at_a_passphrase_costs_half_a_second_of_work(nours):
    header = base64.b64decode(b"".join(nours.read_bytes().splitlines()[1:-1])).split(b"\n")

    kind, _, work = header[1].removeprefix(b"-> ").split()
    assert kind == b"scrypt"
    assert int(work) >= 17  # log2 of N, with r = 8: 128 MiB for each guess (age's own format, C2SP)
