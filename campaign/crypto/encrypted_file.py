"""A file that is locked while it is written and unlocked while it is read, chunk by chunk, so that its size does not matter.

libsodium's secret stream (XChaCha20-Poly1305): its header, then chunks of 64 KiB, each with a tag. A chunk that was changed,
dropped or moved is noticed, and so is a file that was cut off: the last chunk says that it is the last.
"""

import io
from typing import IO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from campaign.crypto.sealing import CannotOpen

CHUNK_SIZE = 64 * 1024
HEADER_SIZE = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
ENCRYPTED_CHUNK = CHUNK_SIZE + sodium.crypto_secretstream_xchacha20poly1305_ABYTES
FINAL_TAG = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
new_state = sodium.crypto_secretstream_xchacha20poly1305_state
push = sodium.crypto_secretstream_xchacha20poly1305_push
pull = sodium.crypto_secretstream_xchacha20poly1305_pull


class EncryptingWriter(io.RawIOBase):
    """Locks what is written under a key of 32 bytes; `finish` writes the last chunk. Nothing goes into `stream` in the clear."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        self._stream, self._rest, self._state = stream, bytearray(), new_state()
        stream.write(sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def writable(self) -> bool:
        """Return True, as a writer does."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # nothing else is ever written
        """Take all of it, and write the chunks that are full."""
        self._rest += data
        whole = len(self._rest) - len(self._rest) % CHUNK_SIZE
        for start in range(0, whole, CHUNK_SIZE):
            self._stream.write(push(self._state, bytes(self._rest[start : start + CHUNK_SIZE])))
        del self._rest[:whole]
        return len(data)

    def finish(self) -> None:
        """Write what is left, as the last chunk."""
        self._stream.write(push(self._state, bytes(self._rest), tag=FINAL_TAG))


class DecryptingReader(io.RawIOBase):
    """Reads what `EncryptingWriter` wrote; raises CannotOpen for another key, for what was changed and for what was cut off."""

    def __init__(self, stream: IO[bytes], key: bytes) -> None:
        self._stream, self._state, self._is_over = stream, new_state(), False
        try:
            sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, stream.read(HEADER_SIZE), key)
        except CryptoError:
            raise CannotOpen("The file is cut off.") from None

    def read(self, _size: int = -1) -> bytes:
        """Return the next chunk, of any size; return nothing after the last."""
        if self._is_over:
            return b""
        try:
            chunk, tag = pull(self._state, self._stream.read(ENCRYPTED_CHUNK))
        except CryptoError:
            raise CannotOpen("The file is damaged, cut off or encrypted under another key.") from None
        self._is_over = tag == FINAL_TAG
        return bytes(chunk)

    def close(self) -> None:
        """Close the file too."""
        self._stream.close()
        super().close()
