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
from campaign.public.withdrawn import gone
from campaign.state import Site
from campaign.web.context import COPIED_ON

SUMS = "SHA256SUMS"
LEFT_OUT = {"public.embed", "public.healthz", "public.readyz", "public.robots", "public.sitemap"}
LINK = re.compile(r"""((?:href|src|action|cite)="|url\(")(/[^"#?]*)""")


class NoMirror(Exception):
    """The copy cannot be made; its text is one sentence."""


def mirror(app: Flask, folder: Path, taken: Callable[[int], object]) -> int:
    """Writes the copy into `folder`, in the place of an older copy, and returns its size in bytes.

    Raises NoMirror when the folder holds anything but a copy.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / SUMS).exists():
        raise NoMirror(f"{folder} is not empty and holds no copy: name another folder.")
    draft = folder.with_name(folder.name + ".draft")
    shutil.rmtree(draft, ignore_errors=True)
    size, sums = 0, []
    for name, body in sorted(files(app)):
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(body)
        sums.append(f"{hashlib.sha256(body).hexdigest()}  {name}\n")
        size += len(body)
        taken(1)
    (draft / SUMS).write_text("".join(sums), "ascii")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return size


def files(app: Flask) -> Iterator[tuple[str, bytes]]:
    """The copy's files, name and content, found from the front page along the links."""
    site: Site = app.extensions["site"]
    routes, client = app.url_map.bind(site.settings.host), app.test_client()
    left_out = LEFT_OUT | gone(app.extensions["published"]())
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        answer = client.get(address, base_url=site.settings.base_url, environ_overrides={COPIED_ON: now().date()})
        if answer.status_code != 200:
            raise NoMirror(f"The page {address} could not be copied: it answered {answer.status_code}.")
        body = answer.get_data()
        if answer.mimetype in {"text/html", "text/css"}:
            text = answer.get_data(as_text=True)
            found = {there for _, there in LINK.findall(text) if is_read(routes, there, left_out)} - known
            waiting, known = waiting + sorted(found), known | found
            body = relative(text, address, lambda there: is_read(routes, there, left_out), site.settings.base_url).encode()
        yield file_of(address), body


def is_read(routes: MapAdapter, address: str, left_out: set[str]) -> bool:
    """Whether an address is part of the copy: a page to read or what it is shown with."""
    if address.startswith("/static/"):
        return True
    try:
        endpoint, _ = routes.match(unquote(address))
    except HTTPException:
        return False
    return endpoint.startswith(("public.", "prints.")) and endpoint not in left_out


def relative(text: str, address: str, is_here: Callable[[str], bool], base_url: str) -> str:
    """A page or a style sheet with every link turned: to the copy's file, or to the site where there is none."""
    here = posixpath.dirname(file_of(address))

    def turned(link: re.Match[str]) -> str:
        before, there = link.groups()
        return before + (posixpath.relpath(file_of(there), here or ".") if is_here(there) else base_url + there)

    return LINK.sub(turned, text)


def file_of(address: str) -> str:
    """The file that holds an address: `/en/` is `en/index.html`, `/en/about` is `en/about.html`."""
    if address.endswith("/"):
        return f"{address}index.html".lstrip("/")
    return (address if posixpath.splitext(address)[1] else f"{address}.html").lstrip("/")
