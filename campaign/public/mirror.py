"""A copy of everything there is to read, as files with relative links that open from a disk or from any web server.

The copy is taken as a reader would: from the front page along the links. What is no page to read, such as the form, stays
an address of the site itself.
"""

import hashlib
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from campaign.database import now
from campaign.public.withdrawn import gone_endpoints
from campaign.state import AppState
from campaign.web.context import COPIED_ON

CHECKSUMS = "SHA256SUMS"
NOT_MIRRORED = {"public.embed", "public.healthz", "public.readyz", "public.robots", "public.sitemap"}
LINK_ATTRIBUTE = re.compile(r"""((?:href|src|action|cite)="|url\(")(/[^"#?]*)""")


class MirrorError(Exception):
    """The copy cannot be made; its text is one sentence."""


def write_mirror(app: Flask, folder: Path, taken: Callable[[int], object]) -> int:
    """Writes the copy into `folder`, in the place of an older copy, and returns its size in bytes.

    Raises MirrorError when the folder holds anything but a copy.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / CHECKSUMS).exists():
        raise MirrorError(f"{folder} is not empty and holds no copy: name another folder.")
    draft = folder.with_name(folder.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    size, sums = 0, []
    for name, body in sorted(mirror_files(app)):
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(body)
        sums.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
        size += len(body)
        taken(1)
    (draft / CHECKSUMS).write_text("".join(sums), "ascii")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return size


def mirror_files(app: Flask) -> Iterator[tuple[str, bytes]]:
    """The copy's files, name and content, found from the front page along the links."""
    app_state: AppState = app.extensions["campaign"]
    routes, client = app.url_map.bind(app_state.settings.host), app.test_client()
    left_out = NOT_MIRRORED | gone_endpoints(app_state.snapshots())
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        answer = client.get(address, base_url=app_state.settings.base_url, environ_overrides={COPIED_ON: now().date()})
        if answer.status_code != 200:
            raise MirrorError(f"The page {address} could not be copied: it answered {answer.status_code}.")
        body = answer.get_data()
        if answer.mimetype in {"text/html", "text/css"}:
            text = answer.get_data(as_text=True)
            found = {there for _, there in LINK_ATTRIBUTE.findall(text) if is_mirrored(routes, there, left_out)} - known
            waiting, known = waiting + sorted(found), known | found
            body = make_links_relative(
                text, address, lambda there: is_mirrored(routes, there, left_out), app_state.settings.base_url
            ).encode()
        yield mirror_path(address), body


def is_mirrored(routes: MapAdapter, address: str, left_out: set[str]) -> bool:
    """Whether an address is part of the copy: a page to read or what it is shown with."""
    if address.startswith("/static/"):
        return True
    try:
        endpoint, _ = routes.match(unquote(address))
    except HTTPException:
        return False
    return endpoint.startswith(("public.", "prints.")) and endpoint not in left_out


def make_links_relative(text: str, address: str, is_here: Callable[[str], bool], base_url: str) -> str:
    """A page or a style sheet with every link turned: to the copy's file, or to the site where there is none."""
    here = posixpath.dirname(mirror_path(address))

    def turned(link: re.Match[str]) -> str:
        before, there = link.groups()
        return before + (posixpath.relpath(mirror_path(there), here or ".") if is_here(there) else base_url + there)

    return LINK_ATTRIBUTE.sub(turned, text)


def mirror_path(address: str) -> str:
    """The file that holds an address: `/en/` is `en/index.html`, `/en/about` is `en/about.html`."""
    if address.endswith("/"):
        return f"{address}index.html".lstrip("/")
    return (address if posixpath.splitext(address)[1] else f"{address}.html").lstrip("/")
