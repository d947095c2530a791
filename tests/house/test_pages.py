"""Every address of the site, opened in both languages and looked over; and none of them changes anything by being opened."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask

from campaign.database import Record
from campaign.languages import LANGUAGES
from campaign.site import Site
from tests.people import Visitor

NO_PAGES = {"pages.readyz", "pages.healthz"}
FORMS = {"pages.home", "petition.sign"}
UNNAMED = {"hidden", "submit"}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Every GET address without a token, with its endpoint, in every language."""
    routes = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "token" in rule.arguments:
            continue
        for code in LANGUAGES if "lang" in rule.arguments else ["en"]:
            values = {"lang": code, "other": next(other for other in LANGUAGES if other != code)}
            yield rule.endpoint, routes.build(rule.endpoint, {name: values[name] for name in rule.arguments})


@pytest.fixture
def database_url() -> str:
    """SQLite will do: the pages are the same."""
    return ""


@pytest.fixture
def opened(app: Flask, visitor: Visitor, layla: str) -> dict[str, Any]:
    """Every page of the site by its address, the pages behind a link, an error and a form with errors among them."""
    answers = {path: visitor.read(path) for endpoint, path in addresses(app) if endpoint not in NO_PAGES}
    visitor.sign(name="Omar", email="omar@example.org")
    for code in LANGUAGES:
        link = re.sub("^/en", f"/{code}", layla)
        for path in (link, f"/{code}/confirm/{'a' * 26}", f"/{code}/nothing"):
            answers[path] = visitor.read(path)
        answers[f"/{code}/sign with errors"] = Visitor(visitor.client, code).sign(name="", email="no")
    return answers


def pages(opened: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The pages among the answers, each with its tree."""
    for path, answer in opened.items():
        if answer.mimetype == "text/html":
            yield path, answer, html5lib.HTMLParser(namespaceHTMLElements=False).parse(answer.text)


def test_every_page_is_valid_and_says_what_it_is(opened):
    titles: dict[str, str] = {}
    for path, answer, tree in pages(opened):
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(answer.text)
        assert not parser.errors, (path, parser.errors)
        language = LANGUAGES.get(path.split("/")[1])
        if language:
            assert (tree.get("lang"), tree.get("dir")) == (language.code, language.dir), path
        assert len(list(tree.iter("h1"))) == 1, path
        title = "".join(tree.find("head/title").itertext()).strip()
        assert title, path
        if answer.status_code == 200 and "embed" not in path and "confirm" not in path:
            assert titles.setdefault(title + path[:4], path) == path, f"{path} and {titles[title + path[:4]]} have one title"


def test_every_field_has_its_label_and_every_form_stays_here(opened):
    for path, _, tree in pages(opened):
        labelled = {label.get("for") for label in tree.iter("label")}
        fields = [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]
        for field in fields:
            assert field.get("type") in UNNAMED or field.get("id") in labelled, (path, field.get("name"))
        for form in tree.iter("form"):
            assert (form.get("method") or "").lower() == "post", path
            assert not urlsplit(form.get("action") or "").netloc, path


def test_no_page_loads_or_runs_anything_of_others_or_sets_a_cookie(opened):
    for path, _, tree in pages(opened):
        loaded = [element.get("src") for element in tree.iter() if element.get("src")]
        loaded += [link.get("href") for link in tree.iter("link") if link.get("rel") in {"stylesheet", "preload", "icon"}]
        assert all(address.startswith("/static/") for address in loaded), (path, loaded)
        assert not [script for script in tree.iter("script") if not script.get("src")], path
        assert not list(tree.iter("style")), path
        assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on") or name == "style"], path
    assert not [path for path, answer in opened.items() if "Set-Cookie" in answer.headers]


def test_every_link_within_the_site_leads_somewhere(opened, visitor):
    known: dict[str, int] = {}
    for path, _, tree in pages(opened):
        ids = {element.get("id") for element in tree.iter()}
        for link in tree.iter("a"):
            parts = urlsplit(link.get("href") or "")
            if parts.netloc or parts.scheme:
                continue
            if parts.path:
                status = known.setdefault(parts.path, visitor.read(parts.path).status_code)
                assert status < 400 or opened[path].status_code == 404, (path, parts.path)
            else:
                assert parts.fragment in ids, (path, link.get("href"))


def test_every_answer_carries_the_headers_that_keep_readers_safe(opened, app):
    for path, answer in opened.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert ("frame-ancestors *" in policy) == ("/embed" in path), path
        if "/confirm/" in path:
            assert answer.headers["Referrer-Policy"] == "no-referrer", path
            assert answer.headers["Cache-Control"] == "no-store", path
            assert "noindex" in answer.headers["X-Robots-Tag"], path
    for endpoint, path in addresses(app):
        if endpoint in FORMS:
            assert opened[path].headers["Referrer-Policy"] == "same-origin", path


def test_every_page_names_its_twins_and_leads_to_the_same_page_in_the_other_language(opened):
    for path, answer, tree in pages(opened):
        code = path.split("/")[1]
        if code not in LANGUAGES or answer.status_code != 200 or "/confirm/" in path or "/embed" in path:
            continue
        twins = {link.get("hreflang"): link.get("href") for link in tree.iter("link") if link.get("rel") == "alternate"}
        assert set(twins) == {*LANGUAGES, "x-default"}, path
        assert urlsplit(twins[code]).path == path
        canonical = next(link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical")
        assert urlsplit(canonical).path == path
        others = {link.get("lang"): link.get("href") for link in tree.iter("a") if link.get("hreflang")}
        assert {language: urlsplit(address).path for language, address in others.items()} == {
            language: urlsplit(twins[language]).path for language in LANGUAGES if language != code
        }, path


def test_opening_an_address_changes_nothing_whatever_the_method(app, visitor, sami):
    def content() -> dict[str, list[Any]]:
        site: Site = app.extensions["site"]
        with site.database.reading() as session:
            return {name: sorted(map(repr, session.execute(sa.select(table)))) for name, table in Record.metadata.tables.items()}

    before = content()
    for path in [*(path for _, path in addresses(app)), sami, f"/en/confirm/{'a' * 26}"]:
        for method in ("GET", "HEAD", "OPTIONS"):
            assert visitor.client.open(path, method=method).status_code < 500, (method, path)
        for method in ("PUT", "DELETE", "PATCH", "TRACE"):
            assert visitor.client.open(path, method=method).status_code in {404, 405}, (method, path)

    assert content() == before
