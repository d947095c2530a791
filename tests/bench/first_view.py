"""The first view: everything a browser fetches before a page stands as it is meant to, in bytes on the wire."""

import re
from http.client import HTTPConnection

from tests.bench import load
from tests.bench.figures import Section
from tests.bench.servers import Site

PAGES = {"/ar/": "arabic", "/en/": "latin"}  # and the letters whose faces the page is set in
HTML_MOST, VIEW_MOST = 14_600, 60_000


def measure(site: Site) -> Section:
    """Bytes of each page and of what belongs to it."""
    section = Section(
        "The first view",
        "Bytes on the wire (br), with the headers of the responses: the page, the style sheet, every face of the page's"
        " letters, the script, the icon.",
        ["page", "HTML", "style sheet", "fonts", "script", "icon", "together"],
    )
    for page, letters in PAGES.items():
        head, html = _fetch(site, page)
        style, icon = (_named(html, f'link rel="{kind}" href') for kind in ("stylesheet", "icon"))
        fonts = [name for name in _fonts(site, style) if letters in name]
        files = ([style], fonts, [_named(html, "script src")], [icon])
        parts = [head, *(sum(_fetch(site, name)[0] for name in names) for names in files)]
        section.add(page, *(f"{part:,}" for part in [*parts, sum(parts)]))
        section.hold(f"{page}, HTML", head, most=HTML_MOST, unit=" bytes")
        section.hold(f"{page}, first view", sum(parts), most=VIEW_MOST, unit=" bytes")
    return section


def _named(html: str, tag: str) -> str:
    found = re.search(rf'<{tag}="([^"]+)"', html)
    assert found, f"the page has no {tag}"
    return found[1]


def _fonts(site: Site, style: str) -> list[str]:
    return re.findall(r'url\("([^"]+\.woff2)"\)', _fetch(site, style)[1])


def _fetch(site: Site, path: str) -> tuple[int, str]:
    """The bytes of an answer as a browser gets it, and its text without compression; nothing for what is no text."""
    name, _, value = load.BROWSER.partition(": ")
    return len(_answer(site, path, {name: value})[0]), _answer(site, path, {})[1]


def _answer(site: Site, path: str, headers: dict[str, str]) -> tuple[bytes, str]:
    connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", path, headers=headers | {"Connection": "close"})
    answer = connection.getresponse()
    body = answer.read()
    head = f"HTTP/1.1 200 OK\r\n{answer.headers.as_string()}"
    assert answer.status == 200, path
    return head.encode() + body, body.decode("utf-8", "replace")
