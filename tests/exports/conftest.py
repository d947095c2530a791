"""The one who exports."""

from pathlib import Path

import pytest
from pyrage import passphrase

from campaign.config import Settings
from tests.exports.terminal import TerminalOrganizer


@pytest.fixture
def omar(settings: Settings, tmp_path: Path) -> TerminalOrganizer:
    """Omar organizes; his desk is a folder away from the campaign's."""
    desk = tmp_path / "desk"
    desk.mkdir()
    return TerminalOrganizer(settings, desk)


@pytest.fixture(autouse=True)
def _own_files_open_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open what a test has encrypted itself without the two seconds of scrypt; tests/crypto opens such files in earnest."""
    written: dict[tuple[bytes, str], bytes] = {}
    encrypt, decrypt = passphrase.encrypt, passphrase.decrypt

    def remember(plain: bytes, phrase: str, armored: bool = False) -> bytes:
        made = bytes(encrypt(plain, phrase, armored=armored))
        written[made, phrase] = plain
        return made

    monkeypatch.setattr(passphrase, "encrypt", remember)
    monkeypatch.setattr(passphrase, "decrypt", lambda made, phrase: written.get((made, phrase)) or decrypt(made, phrase))
