"""Every address of the site, opened in both languages and looked over; and none of them changes anything by being opened."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from campaign import create_app, instance
from campaign.config import Settings
from campaign.database import Base
from campaign.languages import LANGUAGES
from campaign.state import AppState
from tests.people import SAMPLE_UPDATE, PostOffice, Visitor, announce, link_in, publish
from tests.servers import Mailbox

NO_PAGES = {"public.readyz", "public.healthz", "copies.zip_file", "copies.html_file"}  # files are tested in tests/public/
FORMS = {"public.home", "petition.sign", "petition.report", "petition.link"}
UNNAMED = {"hidden", "submit"}
OWN_PAGES = ("/confirm/", "/sign/sent", "/sign/thanks", "/sign/deleted", "/sign/withdrawn", "/link/sent")
NOT_TO_BE_FOUND = ("/embed", "/signatures", *OWN_PAGES)
SITE = {"en": "A call from Velora", "ar": "نداء من فيلورا"}
ERROR = {"en": "Error: ", "ar": "خطأ: "}
SHARED = {"wa.me", "www.facebook.com", "t.me", "x.com", "mastodonshare.com", "en.wikipedia.org", "ar.wikipedia.org"}


@dataclass
class Opened:
    """One page as somebody opened it."""

    path: str
    answer: TestResponse
    tree: Any = None
    faults: tuple[object, ...] = ()

    @property
    def code(self) -> str:
        """Its language; nothing for the pages of both."""
        code = self.path.split("/")[1]
        return code if code in LANGUAGES else ""

    @property
    def title(self) -> str:
        """What its tab says."""
        return "".join(self.tree.find("head/title").itertext())

    def links(self, relation: str) -> list[Any]:
        """The links in its head of one relation."""
        return [link for link in self.tree.iter("link") if link.get("rel") == relation]


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every GET address without a token, with its endpoint, in every language; the desk's are in tests/organizers/."""
    routes = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "token" in rule.arguments or rule.endpoint.startswith("organizers."):
            continue
        for code in LANGUAGES if "lang" in rule.arguments else ["en"]:
            values = {"lang": code, "other": next(other for other in LANGUAGES if other != code), "number": 1}
            values["slug"] = SAMPLE_UPDATE
            yield rule.endpoint, routes.build(rule.endpoint, {name: values[name] for name in rule.arguments})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str, str]]:
    """A site with a published count; the link of somebody who has confirmed and shows a name, and of somebody who has not."""
    with Mailbox() as mailbox:
        data = tmp_path_factory.mktemp("pages") / "instance"
        settings = Settings(data=data, mail_url=mailbox.url, mail_from="campaign@example.org", contact="Nour, nour@example.org")
        instance.prepare(settings)
        app = create_app(settings)
        visitor, office = Visitor(app.test_client()), PostOffice(app, mailbox.letters)
        for name in ("layla", "sami"):
            visitor.sign(name=name.title(), email=f"{name}@example.org", shown_as=name.title(), country="SY")
        links = {letter["To"]: link_in(letter) for letter in office.deliver()}
        visitor.press(links["layla@example.org"])
        publish(app)
        announce(app)
        yield app, links["layla@example.org"], links["sami@example.org"]
        app.extensions["campaign"].database.close()


@pytest.fixture(scope="module")
def opened(site: tuple[Flask, str, str]) -> dict[str, Opened]:
    """Every page by its address, the pages behind a link, errors and a form with errors among them."""
    app, layla, sami = site
    visitor = Visitor(app.test_client())
    found = {path: Opened(path, visitor.read(path)) for endpoint, path in addresses(app) if endpoint not in NO_PAGES}
    for code in LANGUAGES:
        links = {name: f"/{code}{link[3:]}" for name, link in (("yours", layla), ("waiting", sami))}
        for path in (*links.values(), f"/{code}/confirm/{'a' * 26}", f"/{code}/nothing", f"{links['yours']}?changed=show"):
            found[path] = Opened(path, visitor.read(path))
        somebody = Visitor(visitor.client, code)
        wrong = somebody.sign(name="", email="no", shown_as="https://x.com", country="xx", consent="")
        found[f"/{code}/sign with errors"] = Opened(f"/{code}/sign", wrong)
        refused = somebody.press(links["yours"], act="show", shown_as="https://x.com")
        found[f"/{code}/confirm/ with errors"] = Opened(links["yours"], refused)
        found[f"/{code}/ by PUT"] = Opened(f"/{code}/", visitor.client.put(f"/{code}/"))
    for page in found.values():
        if page.answer.mimetype == "text/html":
            parser = html5lib.HTMLParser(namespaceHTMLElements=False)
            page.tree, page.faults = parser.parse(page.answer.text), tuple(parser.errors)
    return found


@pytest.fixture
def pages(opened: dict[str, Opened]) -> list[Opened]:
    """The pages among the answers."""
    return [page for page in opened.values() if page.tree is not None]


def test_there_are_pages_of_every_kind_in_both_languages(opened, pages):
    assert len(pages) >= 2 * 20
    assert {page.answer.status_code for page in pages} == {200, 404, 405, 422}
    assert [page.path for page in opened.values() if page.answer.status_code >= 500] == []


def test_every_page_is_valid_and_says_what_it_is(pages):
    titles: dict[tuple[str, str], str] = {}
    for page in pages:
        assert page.faults == (), page.path
        if page.code:
            language = LANGUAGES[page.code]
            assert (page.tree.get("lang"), page.tree.get("dir")) == (language.code, language.dir), page.path
        assert len(list(page.tree.iter("h1"))) == 1, page.path
        ids = [element.get("id") for element in page.tree.iter() if element.get("id")]
        assert len(ids) == len(set(ids)), page.path
        assert page.title.strip() == page.title != "", page.path
        if page.answer.status_code == 200 and "embed" not in page.path and "confirm" not in page.path:
            assert titles.setdefault((page.code, page.title), page.path) == page.path


def test_a_form_with_errors_says_so_in_its_title_and_no_other_page_does(pages):
    for page in pages:
        if page.code:
            assert page.title.startswith(ERROR[page.code]) == (page.answer.status_code == 422), page.path


def test_a_page_begins_with_a_way_to_its_content_and_is_walked_through_in_order(pages):
    for page in pages:
        if page.path == "/":
            continue
        skip = next(page.tree.iter("a"))
        target = skip.get("href").removeprefix("#")
        assert skip.get("class") == "skip", page.path
        assert [element.tag for element in page.tree.iter() if element.get("id") == target] == ["main"], page.path
        for element in page.tree.iter():
            assert int(element.get("tabindex") or 0) <= 0, (page.path, element.tag)


def test_every_field_has_its_label_and_every_form_stays_here(pages):
    for page in pages:
        labelled = {label.get("for") for label in page.tree.iter("label") if "".join(label.itertext()).strip()}
        described = {element.get("id") for element in page.tree.iter()}
        fields = [*page.tree.iter("input"), *page.tree.iter("select"), *page.tree.iter("textarea")]
        for field in fields:
            assert field.get("type") in UNNAMED or field.get("id") in labelled, (page.path, field.get("name"))
            assert set((field.get("aria-describedby") or "").split()) <= described, (page.path, field.get("name"))
        for form in page.tree.iter("form"):
            assert (form.get("method") or "").lower() == "post", page.path
            action = urlsplit(urljoin(page.path, form.get("action") or ""))
            assert not action.netloc, page.path
            assert action.path in {f"/{page.code}/sign", f"/{page.code}/link", page.path.partition("?")[0]}, page.path
            assert form.get("enctype") is None, page.path
        for button in page.tree.iter("button"):
            assert button.get("type") in (None, "submit") or button.get("hidden") is not None, page.path


def test_no_page_loads_or_runs_anything_of_others_or_sets_a_cookie(opened, pages):
    for page in pages:
        loaded = [element.get("src") for element in page.tree.iter() if element.get("src")]
        loaded += [
            element.get(name) for element in page.tree.iter() for name in ("srcset", "data", "poster") if element.get(name)
        ]
        loaded += [link.get("href") for link in page.tree.iter("link") if link.get("rel") not in {"canonical", "alternate"}]
        assert all(address.startswith("/static/") for address in loaded), (page.path, loaded)
        assert not [script for script in page.tree.iter("script") if not script.get("src")], page.path
        assert not [element for tag in ("style", "iframe", "object", "embed", "base") for element in page.tree.iter(tag)], (
            page.path
        )
        named = [name for element in page.tree.iter() for name in element.attrib if name.startswith("on") or name == "style"]
        assert not named, page.path
        assert not [meta for meta in page.tree.iter("meta") if meta.get("http-equiv")], page.path
    assert not [page.path for page in opened.values() if "Set-Cookie" in page.answer.headers]


def test_every_link_within_the_site_leads_somewhere(site, pages):
    visitor = Visitor(site[0].test_client())
    known: dict[str, int] = {}
    for page in pages:
        ids = {element.get("id") for element in page.tree.iter()}
        for link in page.tree.iter("a"):
            parts = urlsplit(link.get("href") or "")
            if parts.netloc or parts.scheme:
                continue
            if parts.path:
                if parts.path not in known:
                    known[parts.path] = visitor.read(parts.path).status_code
                assert known[parts.path] < 400 or "/confirm/" in parts.path or page.answer.status_code == 404, (
                    page.path,
                    parts.path,
                )
            else:
                assert parts.fragment in ids, (page.path, link.get("href"))
    assert len(known) > 20


def test_a_link_that_leads_away_tells_nobody_where_it_stands(pages):
    away = set()
    for page in pages:
        for link in page.tree.iter("a"):
            parts = urlsplit(link.get("href") or "")
            if parts.scheme in {"http", "https"} and parts.hostname != "localhost":
                away.add(parts.hostname)
                if parts.hostname in SHARED:
                    assert {"noopener", "noreferrer"} <= set((link.get("rel") or "").split()), (page.path, parts.hostname)
    assert {"wa.me", "t.me"} <= away


def test_every_answer_carries_the_headers_that_keep_readers_safe(site, opened):
    for name, page in opened.items():
        headers = page.answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert not re.search(r"unsafe|https?:|\*(?!$)", policy.replace("frame-ancestors *", "")), name
        assert "form-action 'self'" in policy, name
        assert "connect-src 'self'" in policy, name
        assert "base-uri 'none'" in policy, name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert ("frame-ancestors *" in policy) == ("/embed" in page.path), name
        assert (headers.get("X-Frame-Options") == "DENY") == ("/embed" not in page.path), name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        if "/confirm/" in page.path:
            assert headers["Referrer-Policy"] == "no-referrer", name
            assert headers["Cache-Control"] == "no-store", name
            assert "noindex" in headers["X-Robots-Tag"], name
        if page.answer.status_code in {422, 404, 405}:
            assert headers["Cache-Control"] == "no-store", name
        if page.answer.status_code == 405:
            assert set(headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}, name
    for endpoint, path in addresses(site[0]):
        if endpoint in FORMS:
            assert opened[path].answer.headers["Referrer-Policy"] == "same-origin", path


def test_pages_that_are_not_to_be_found_say_so_and_all_others_may_be(pages):
    for page in pages:
        is_hidden = page.answer.status_code != 200 or any(part in page.path for part in NOT_TO_BE_FOUND)
        robots = [meta.get("content") for meta in page.tree.iter("meta") if meta.get("name") == "robots"]
        if is_hidden and page.answer.status_code != 422:
            assert robots == ["noindex"], page.path
        elif page.answer.status_code == 200:
            assert robots == [], page.path
            assert "X-Robots-Tag" not in page.answer.headers, page.path


def test_every_page_names_its_twins_and_is_named_by_them(opened, pages):
    named = {}
    for page in pages:
        if page.answer.status_code != 200 or any(part in page.path for part in (*OWN_PAGES, "/embed")):
            continue
        twins = {link.get("hreflang"): link.get("href") for link in page.links("alternate") if link.get("hreflang")}
        canonical = page.links("canonical")[0].get("href")
        assert set(twins) == {*LANGUAGES, "x-default"}, page.path
        assert twins["x-default"] == "http://localhost:8000/"
        assert canonical == f"http://localhost:8000{page.path}"
        assert not page.code or twins[page.code] == canonical
        named[page.path] = {urlsplit(twins[code]).path for code in LANGUAGES}
    for path, twins in named.items():
        for twin in twins:
            assert path == "/" or named[twin] == twins, path


def test_a_page_of_somebody_who_signs_is_shared_as_the_front_page(pages):
    own = [page for page in pages if any(part in page.path for part in OWN_PAGES)]

    for page in own:
        shared = {meta.get("property"): meta.get("content") for meta in page.tree.iter("meta") if meta.get("property")}
        assert page.links("canonical")[0].get("href") == shared["og:url"] == f"http://localhost:8000/{page.code}/", page.path
        assert shared["og:title"] == SITE[page.code], page.path
        assert page.links("alternate") == [], page.path
    assert len(own) == 2 * 10


def test_a_shared_link_shows_the_page_in_its_own_language(pages):
    for page in pages:
        shared = {meta.get("property"): meta.get("content") for meta in page.tree.iter("meta") if meta.get("property")}
        if page.answer.status_code != 200 or not page.code or not page.links("canonical"):
            assert page.code == "" or shared == {} or page.links("canonical"), page.path
            continue
        other = next(code for code in LANGUAGES if code != page.code)
        assert shared["og:locale"] == LANGUAGES[page.code].og, page.path
        assert shared["og:locale:alternate"] == LANGUAGES[other].og, page.path
        assert shared["og:url"] == page.links("canonical")[0].get("href"), page.path
        assert all(shared[name] for name in ("og:title", "og:description", "og:image", "og:image:alt")), page.path


def test_the_link_to_the_plain_text_in_every_foot_says_of_what(pages):
    feet = [foot for page in pages if page.code == "en" for foot in page.tree.iter("footer")]
    names = {link.text for foot in feet for link in foot.iter("a") if link.get("href") == "/en/testimony.txt"}

    assert names == {"The testimony as plain text"}


def test_the_title_of_a_shared_page_holds_no_direction_marks(pages):
    shared = [(page.path, meta) for page in pages for meta in page.tree.iter("meta") if meta.get("property") == "og:title"]
    titles = {path: meta.get("content") for path, meta in shared}

    assert "/" in titles
    assert [path for path, title in titles.items() if set(title) & set("\u2066\u2067\u2068\u2069\u200e\u200f")] == []


def test_every_page_leads_to_the_same_page_in_the_other_language_by_its_own_name(pages):
    for page in pages:
        if not page.code or "/embed" in page.path:
            continue
        other = LANGUAGES[next(code for code in LANGUAGES if code != page.code)]
        switch = [link for link in page.tree.iter("a") if link.get("hreflang")]
        assert [(link.get("hreflang"), link.get("lang"), link.get("dir")) for link in switch] == [
            (other.code, other.code, other.dir)
        ]
        assert "".join(switch[0].itertext()).strip() == other.name
        there = re.sub("^/../", f"/{other.code}/", page.path.partition("?")[0]).replace(
            f"/beside/{other.code}", f"/beside/{page.code}"
        )
        if page.answer.status_code == 404 and "/confirm/" not in page.path:
            there = f"/{other.code}/"
        assert switch[0].get("href") == there, page.path


def test_opening_an_address_changes_nothing_whatever_the_method(site):
    app, layla, sami = site
    visitor = Visitor(app.test_client())

    def content() -> dict[str, list[Any]]:
        house: AppState = app.extensions["campaign"]
        with house.database.reading() as session:
            return {name: sorted(map(repr, session.execute(sa.select(table)))) for name, table in Base.metadata.tables.items()}

    before = content()
    assert before["submission"]
    assert before["signature"]
    for path in [*(path for _, path in addresses(app)), sami, layla, f"{layla}?act=withdraw", f"/en/confirm/{'a' * 26}"]:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert visitor.client.open(path, method=method, data={"act": "withdraw"}).status_code < 500, (method, path)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "CONFIRM"):
            assert visitor.client.open(path, method=method, data={"act": "confirm"}).status_code in {404, 405}, (method, path)

    assert content() == before
