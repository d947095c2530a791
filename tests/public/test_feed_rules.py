"""The feeds keep the rules of RFC 4287, and those by which feed validators warn of what readers of feeds get wrong."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from campaign.database import now
from campaign.languages import LANGUAGES
from campaign.petition.published import TextKind, new_row
from tests.people import announce, parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
ATOM, XML_LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})")  # RFC 3339
ABSOLUTE, MEDIA_TYPE = re.compile(r"https?://[^\s/]+/\S*"), re.compile(r"[\w.+-]+/[\w.+-]+")
IN_HTML = {"p", "div", "a", "strong", "em", "ul", "ol", "li", "br", "h2", "h3", "blockquote", "bdi", "span", "dl", "dt", "dd"}
IN_HTML |= {"aside", "details", "summary"}
EVENTS = (
    {"kind": "handed over", "means": "post", "words": {"en": "A sample."}},
    {"kind": "answered", "language": "de", "quote": "Ein Muster & <b>nichts</b>."},
    {"kind": "translated", "language": "en", "quote": "A sample.", "about": 2, "standing": "machine"},
    {"kind": "left out", "about": 2, "words": {"ar": "نموذج."}},
)


def faults_of(answer: bytes, address: str) -> Iterator[str]:
    """Say what in a feed is against the rules."""
    feed = ElementTree.fromstring(answer)
    if feed.tag != f"{ATOM}feed" or not feed.get(XML_LANG):
        yield "no feed with a language"
    if [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"] != [address]:
        yield "no link to itself"
    yield from _parts(feed, "author")
    entries = feed.findall(f"{ATOM}entry")
    counts = Counter(one.findtext(f"{ATOM}id") for one in (feed, *entries))
    yield from (f"twice the id {name}" for name, number in counts.items() if number > 1)
    days = [str(one.findtext(f"{ATOM}updated")) for one in entries]
    if days and max(days) != feed.findtext(f"{ATOM}updated"):
        yield "the feed is not as new as its newest entry"
    for entry in entries:
        yield from _parts(entry, "content")
        content = entry.find(f"{ATOM}content")
        if content is not None:
            yield from _content(content)


def _parts(one: ElementTree.Element, also: str) -> Iterator[str]:
    for name in ("id", "title", "updated", also):
        found = one.findall(ATOM + name)
        if len(found) != 1 or not "".join(found[0].itertext()).strip():
            yield f"{name} is there {len(found)} times, or empty"
    if not ABSOLUTE.fullmatch(one.findtext(f"{ATOM}id") or ""):
        yield "an id that is no absolute address"
    for moment in (*one.findall(f"{ATOM}updated"), *one.findall(f"{ATOM}published")):
        if not MOMENT.fullmatch(moment.text or ""):
            yield f"{moment.text} is no moment"
        elif datetime.fromisoformat(str(moment.text)) > datetime.now(UTC):
            yield f"{moment.text} lies ahead"
    links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in one.findall(f"{ATOM}link")]
    if len(links) != len(set(links)) or not any(rel == "alternate" for rel, _, _ in links):
        yield "no alternate link, or two of a kind"
    for link in one.findall(f"{ATOM}link"):
        if not ABSOLUTE.fullmatch(link.get("href", "")) or not MEDIA_TYPE.fullmatch(link.get("type", "")):
            yield f"a link that is relative, or of no type: {link.attrib}"
    if re.search(r"</?[a-zA-Z]|&\w+;", one.findtext(f"{ATOM}title") or ""):
        yield "HTML in a title of plain text"


def _content(content: ElementTree.Element) -> Iterator[str]:
    if content.get("type") != "html":
        yield f"content of type {content.get('type')}"
    for tag in parse(content.text or "").find("body").iter():
        if tag.tag not in IN_HTML | {"body"}:
            yield f"<{tag.tag}> in content"
        for name, value in tag.items():
            if name in ("href", "src") and not ABSOLUTE.fullmatch(value):
                yield f"a relative address: {value}"
            if name.startswith("on") or name == "style":
                yield f"{name} in content"


@pytest.fixture
def full(app):
    """Have updates and events that are in one language alone, in both, and with letters that XML escapes."""
    announce(app)
    announce(app, "only-arabic", {"ar": "خبر تجريبي & <قصير>\n\nفيه [رابط](/ar/about)."})
    site = app.extensions["campaign"]
    office = site.words.addressees[0].key
    with site.database.writing() as session:
        for event in EVENTS:
            row = new_row((TextKind.EVENT, "sample"), {"office": office, "day": now().date()} | event, now().date(), set_by="1")
            session.add(row)
            session.flush()
    site.snapshots.refresh()


def read(visitor, code):
    return visitor.read(f"/{code}/updates.atom").data


def address_of(code):
    return f"http://localhost:8000/{code}/updates.atom"


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_the_feed_of_each_language_keeps_the_rules(full, visitor, code):
    assert list(faults_of(read(visitor, code), address_of(code))) == []
    assert read(visitor, code).count(b"<entry>") == 6


@pytest.mark.parametrize("code", list(LANGUAGES))
def test_a_feed_with_nothing_in_it_keeps_them_too(visitor, code):
    assert list(faults_of(read(visitor, code), address_of(code))) == []


def test_ids_stay_when_more_is_published(full, app, visitor):
    def ids():
        return {one.text for one in ElementTree.fromstring(read(visitor, "en")).iter(f"{ATOM}id")}

    before = ids()
    announce(app, names={"en": "Other words\n\nOf the same sample."})
    announce(app, "another")

    assert before < ids()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' xml:lang="en"', b""),
        (b'rel="self"', b'rel="related"'),
        (b"T00:00:00Z</updated>", b"</updated>"),
        (b"<updated>2", b"<updated>3"),
        (b"<id>http://localhost:8000", b"<id>"),
        (b'type="html"', b'type="text/html"'),
        (b"href=&#34;http://localhost:8000/", b"href=&#34;/"),
        (b"&lt;p&gt;", b"&lt;script&gt;"),
        (b"author>", b"contributor>"),
    ],
)
def test_the_check_sees_what_is_wrong(full, visitor, old, new):
    feed = read(visitor, "en")
    assert old in feed

    assert list(faults_of(feed.replace(old, new), address_of("en")))
