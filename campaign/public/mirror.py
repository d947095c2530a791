"""Copy everything there is to read into files with relative links, which open from a disk or from any web server.

The copy follows the links from the front page. A link to anything else, such as the form, leads to the site itself.
"""

import hashlib
import io
import posixpath
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from campaign.database import now
from campaign.public.views import gone_endpoints
from campaign.state import AppState
from campaign.web.context import COPIED_ON

CHECKSUMS = "SHA256SUMS"
NOT_MIRRORED = {
    "public.embed",
    "public.healthz",
    "public.metrics",
    "public.readyz",
    "public.robots",
    "public.sitemap",
    "updates.feed",
}
NOT_THERE = {404, 410}
LINK_ATTRIBUTE = re.compile(r"""((?:href|src|action|cite)="|url\(")(/[^"#?]*)""")


class MirrorError(Exception):
    """The copy cannot be made; the message is one sentence."""


def write_mirror(app: Flask, folder: Path, on_file: Callable[[int], object]) -> dict[str, bytes]:
    """Write the copy into `folder`, replacing an older copy, and return its files; call `on_file(1)` for each.

    Raises MirrorError when the folder holds anything but a copy.
    """
    if folder.exists() and any(folder.iterdir()) and not _is_mirror(folder):
        raise MirrorError(f"{folder} is not empty and holds something else than a copy: name another folder.")
    files = whole_mirror(app, on_file)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, body in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(body)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    folder.chmod(0o755)  # it is made to be read by others
    return files


def _is_mirror(folder: Path) -> bool:
    """Return whether a folder holds a copy and nothing else: the files that its checksums name."""
    try:
        listed = {line.partition("  ")[2] for line in (folder / CHECKSUMS).read_text("ascii").splitlines()}
    except (OSError, ValueError):
        return False
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()}
    return "index.html" in listed and there <= listed | {CHECKSUMS}


def zip_files(files: dict[str, bytes], folder: str, made_on: date) -> bytes:
    """Return a ZIP file with `files` in one folder; the same files and day give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", (made_on.year, made_on.month, made_on.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16  # without it `unzip` makes files that nobody may read
            archive.writestr(entry, body, zipfile.ZIP_DEFLATED, 9)
    return packed.getvalue()


def whole_mirror(app: Flask, on_file: Callable[[int], object] = lambda _: None) -> dict[str, bytes]:
    """Return the files of the copy by name, in the order of their names, with the checksums of all."""
    files = {}
    for name, body in mirror_files(app):
        files[name] = body
        on_file(1)
    names = sorted(files)
    checksums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    return {name: files[name] for name in names} | {CHECKSUMS: checksums.encode("ascii")}


def mirror_files(app: Flask) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of each file of the copy, following the links from the front page.

    A link to what is not there (404) or was taken down (410) leads to the site itself.
    """
    app_state: AppState = app.extensions["campaign"]
    base_url, client = app_state.settings.origin, app.test_client()
    routes, left_out = app.url_map.bind(app_state.settings.host), NOT_MIRRORED | gone_endpoints(app_state.snapshots())

    def read(address: str) -> TestResponse | None:
        response = client.get(address, base_url=base_url, environ_overrides={COPIED_ON: now().date()})
        if response.status_code in NOT_THERE:
            return None
        if response.status_code != 200:
            raise MirrorError(f"The page {address} could not be copied: it answered {response.status_code}.")
        return response

    waiting = ["/"]
    found = {address: read(address) for address in waiting}
    while waiting:
        address = waiting.pop()
        response = found[address]
        if response is None:
            continue
        body = response.get_data()
        if response.mimetype in {"text/html", "text/css"}:
            text = body.decode()
            linked = {link for _, link in LINK_ATTRIBUTE.findall(text)}
            new = sorted(link for link in linked - found.keys() if is_mirrored(routes, link, left_out))
            found |= {link: read(link) for link in new}
            waiting += new
            body = rewrite_links(text, address, {link for link in linked if found.get(link) is not None}, base_url).encode()
        yield mirror_path(address), body


def is_mirrored(routes: MapAdapter, address: str, left_out: set[str]) -> bool:
    """Return whether an address is part of the copy: a page to read, or a file that pages use."""
    if address.startswith("/static/"):
        return True
    try:
        endpoint, _ = routes.match(unquote(address))
    except HTTPException:
        return False
    return endpoint.startswith(("public.", "updates.", "prints.")) and endpoint not in left_out


def rewrite_links(text: str, address: str, mirrored: set[str], base_url: str) -> str:
    """Return a page or style sheet with each link relative to the copy's file, or absolute where the copy has none."""
    folder = posixpath.dirname(mirror_path(address)) or "."

    def rewrite(match: re.Match[str]) -> str:
        attribute, link = match.groups()
        return attribute + (posixpath.relpath(mirror_path(link), folder) if link in mirrored else base_url + link)

    return LINK_ATTRIBUTE.sub(rewrite, text)


def mirror_path(address: str) -> str:
    """Return the file of an address: `/en/` is in `en/index.html`, `/en/about` in `en/about.html`."""
    if address.endswith("/"):
        address += "index.html"
    elif not posixpath.splitext(address)[1]:
        address += ".html"
    return address.lstrip("/")
