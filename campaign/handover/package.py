"""Write a package into a folder that is whole or absent: beside its place first, and renamed when everything is on disk."""

import errno
import fcntl
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.crypto.keys import sync_folder
from campaign.exports import pdf
from campaign.exports.format import Source
from campaign.exports.rows import SignatureFilter
from campaign.handover.demands import Offered, check_demands
from campaign.handover.documents import Handover, prints_of
from campaign.handover.readme import readme
from campaign.languages import LANGUAGES
from campaign.petition.channels import CHANNELS
from campaign.prints.render import get_or_render
from campaign.public.mirror import CHECKSUMS
from campaign.state import state


@contextmanager
def draft_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder beside `folder` to write into; it is gone afterwards, unless it was put into its place.

    Raise FileExistsError when `folder` is there. What a killed process left of the same folder is deleted; what a living one
    writes is locked, and stays.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} already exists. Name another folder, or move it away.")
    if not folder.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "there is no such folder", str(folder.parent))
    for left in _drafts_of(folder):
        with suppress(OSError), _locked(left) as is_left:  # gone meanwhile, or somebody else's
            if is_left:
                shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    with _locked(draft):
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _drafts_of(folder: Path) -> list[Path]:
    """Return the drafts of a folder, by the form that `tempfile` gives to their names, and of no other folder."""
    form = re.compile(rf"\.{re.escape(folder.name)}\.[a-z0-9_]{{8}}\.part")
    return [one for one in folder.parent.iterdir() if form.fullmatch(one.name) and one.is_dir() and not one.is_symlink()]


@contextmanager
def _locked(draft: Path) -> Iterator[bool]:
    """Hold a draft locked within the block; yield False where another process does, or the disk knows no locks."""
    descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def name_folder(draft: Path, folder: Path) -> None:
    """Give a draft its name, once all of it is on disk."""
    sync_folder(draft)
    draft.rename(folder)
    sync_folder(folder.parent)


def write_package(draft: Path, handover: Handover, languages: list[str], offered: Offered, *, with_names: bool) -> dict[str, str]:
    """Write every file of a package, and return the hash of each by its name. Raise RenderError, NamesHidden or NamesRefused."""
    hashes = {}
    for name, body in package_files(draft, handover, languages, offered, with_names=with_names):
        hashes[name] = hashlib.sha256(body).hexdigest()
        _write(draft / name, body)
    _write(draft / CHECKSUMS, "".join(f"{sha256}  {name}\n" for name, sha256 in hashes.items()).encode())
    return hashes


def package_files(
    draft: Path, handover: Handover, languages: list[str], offered: Offered, *, with_names: bool
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a package by its name. Until the end the folder holds only prints, which name nobody."""
    channel = CHANNELS.get(handover.office.details.channel)
    found = check_demands(channel, offered) if channel else {}
    with tempfile.TemporaryDirectory(dir=draft) as scratch:
        for code in languages:
            for one in prints_of(handover, code):
                yield f"{one.name}.{one.ending}", get_or_render(one, Path(scratch))
    if with_names:
        yield "8-names.pdf", _names(handover, languages[0])
    for code in languages:
        yield f"README.{code}.txt", readme(handover, code, found, offered, with_names=with_names).encode()


def _names(handover: Handover, code: str) -> bytes:
    """Return the book of the names that an office may get, of those in its number; raise NamesHidden or NamesRefused."""
    wanted, book = SignatureFilter(until=handover.count.day).for_addressee(handover.office), io.BytesIO()
    database = state().database
    pdf.write_book(Source(pdf.PDF.read(database, wanted), iter, LANGUAGES[code], wanted=wanted), book, handover.count)
    return book.getvalue()


def _write(file: Path, body: bytes) -> None:
    """Write a file that is for its owner alone, and wait until it is on disk."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())
