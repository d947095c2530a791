"""A file that is locked while it is written: what comes out is what went in, or nothing."""

import io
import secrets

import pytest

from campaign.crypto.encrypted_file import CHUNK_SIZE, DecryptingReader, EncryptingWriter
from campaign.crypto.sealing import CannotOpen

KEY = secrets.token_bytes(32)


def locked(plain, piece=1000):
    """The bytes of a locked file."""
    out = io.BytesIO()
    locking = EncryptingWriter(out, KEY)
    for start in range(0, len(plain), piece):
        locking.write(plain[start : start + piece])
    locking.finish()
    return out.getvalue()


def unlocked(file, key=KEY):
    """All that can be read of it."""
    return b"".join(iter(DecryptingReader(io.BytesIO(file), key).read, b""))


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE, 3 * CHUNK_SIZE + 5])
def test_what_went_in_comes_out_whatever_its_size(size):
    plain = secrets.token_bytes(size)

    assert unlocked(locked(plain)) == plain
    assert unlocked(locked(plain, 7 * CHUNK_SIZE)) == plain


def test_nothing_of_it_can_be_read_in_the_file():
    assert b"layla@example.org" not in locked(b"layla@example.org" * 10_000)


def test_another_key_opens_nothing():
    with pytest.raises(CannotOpen):
        unlocked(locked(b"words"), secrets.token_bytes(32))


@pytest.mark.parametrize("length", [0, 10, 24, 50, CHUNK_SIZE + 41, 2 * CHUNK_SIZE])
def test_a_file_that_was_cut_off_is_known_even_between_two_chunks(length):
    with pytest.raises(CannotOpen):
        unlocked(locked(bytes(3 * CHUNK_SIZE))[:length])


def test_a_chunk_that_was_changed_or_left_out_is_known():
    file, step = locked(bytes(3 * CHUNK_SIZE)), CHUNK_SIZE + 17

    for wrong in (file[:100] + b"\0" + file[101:], file[:24] + file[24 + step :], file[:24] + file[24 + step :] + file[24:]):
        with pytest.raises(CannotOpen):
            unlocked(wrong)
