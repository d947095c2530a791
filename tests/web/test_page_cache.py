"""Kept pages: rendered once, answered as bytes, the same for the first reader as for all that follow."""

import gc
import gzip
import multiprocessing
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import Mock, patch

import brotli
import pytest
import sqlalchemy as sa
import time_machine

from campaign import create_app
from campaign.config import TRANSLATIONS
from campaign.content import testimony_policy
from campaign.languages import LANGUAGES
from campaign.petition import signing, snapshot
from campaign.server import supervisor
from campaign.state import AppState
from campaign.web import page_cache
from campaign.web.rate_limits import SharedMemory
from tests.content.withdrawing import withdraw
from tests.people import publish
from tests.servers import on_sqlite

pytestmark = on_sqlite
PATHS = ("/", "/testimony", "/testimony.txt", "/petition", "/sign", "/privacy")
READ = [f"/{code}{path}" for code in LANGUAGES for path in PATHS]


@pytest.fixture
def statements(app):
    """The statements that the site asks of its database, counted."""
    asked = []
    site: AppState = app.extensions["campaign"]
    sa.event.listen(site.database.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    return asked


def test_the_first_reader_gets_the_same_answer_as_all_that_follow(visitor):
    for path in [*READ, "/robots.txt", "/sitemap.xml", "/api/v1/petition.json", "/api/v1/openapi.json"]:
        first, second = visitor.read(path), visitor.read(path)

        assert first.status_code == 200, path
        assert dict(first.headers) == dict(second.headers), path
        assert first.data == second.data, path
        assert "ETag" in second.headers, path


def test_a_page_that_was_read_before_is_answered_without_the_database(visitor, statements, monkeypatch):
    monkeypatch.setattr(snapshot, "SNAPSHOT_LIFETIME", 3600)  # the published count is read once a second
    with time_machine.travel(datetime.now(UTC), tick=False):
        for path in READ:
            visitor.read(path)
        statements.clear()
        for path in READ:
            assert visitor.read(f"{path}?utm_source=x&{path}").status_code == 200

    assert statements == []


def test_what_a_query_says_changes_nothing_and_is_not_kept(app, visitor):
    plain = visitor.read("/en/testimony").data

    for query in ("?a=1", "?lang=ar", "?%00", "?" + "x" * 5000):
        assert visitor.read(f"/en/testimony{query}").data == plain

    kept = [path for path in app.wsgi_app.pages if not path.startswith("/static/")]
    assert kept == ["http://localhost:8000/en/testimony"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("identity", None),
        ("", None),
        ("deflate, zstd", None),
        ("BR", "br"),
        (";;q=,\x00" + "x" * 8000, None),
    ],
)
def test_a_page_comes_in_the_smallest_encoding_that_its_reader_takes(visitor, accepted, encoding):
    plain = visitor.read("/ar/testimony").data

    answer = visitor.read("/ar/testimony", **{"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(answer.data) == plain
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_reader_who_has_the_page_is_told_so_in_304_without_a_body(visitor):
    answer = visitor.read("/en/petition")

    again = visitor.read("/en/petition", **{"If-None-Match": answer.headers["ETag"]})
    other = visitor.read("/en/petition", **{"If-None-Match": 'W/"0123456789"'})
    static = visitor.read("/en/petition").text.split('rel="stylesheet" href="')[1].split('"')[0]
    style = visitor.read(static)
    style_again = visitor.read(static, **{"If-None-Match": style.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.headers["Cache-Control"] == answer.headers["Cache-Control"]
    assert other.status_code == 200
    assert (style_again.status_code, style_again.data) == (304, b"")


def test_head_is_get_without_its_body(visitor):
    for path in ("/en/", "/ar/testimony", "/healthz", "/en/signatures", "/en/nowhere"):
        head, get = visitor.client.head(path), visitor.read(path)

        assert (head.status_code, dict(head.headers), head.data) == (get.status_code, dict(get.headers), b""), path


def test_a_page_is_made_again_when_a_count_is_published_and_when_the_hour_is_over(app, visitor, layla):
    before = visitor.read("/en/").text
    assert "No one has signed yet" in before

    publish(app)
    counted = visitor.read("/en/").text
    assert "1 signature" in counted

    site: AppState = app.extensions["campaign"]
    stamp = visitor.form()["csrf_token"]
    with time_machine.travel(datetime.now(UTC).timestamp() + 3600):
        assert visitor.form()["csrf_token"] != stamp
    with site.database.writing() as session:
        signing.close(session, datetime.now(UTC).date())
    app.extensions["campaign"].snapshots.refresh()
    assert "Signing has closed." in visitor.read("/en/").text


def test_a_page_made_while_a_new_count_comes_out_is_not_kept_under_the_new_one(app, visitor, layla):
    """The count is published between the making of the page and its keeping."""
    made = app.view_functions["public.testimony"]

    def slowly():
        page = made()
        publish(app)
        return page

    app.view_functions["public.testimony"] = slowly
    assert "No one has signed yet" in visitor.read("/en/testimony").text

    assert "1 signature" in visitor.read("/en/testimony").text


def test_another_host_is_refused_also_for_a_page_that_is_kept(visitor):
    visitor.read("/en/")

    for host in ("evil.example", "localhost.evil.example", "", "localhost\x00", "127.0.0.1.nip.io"):
        assert visitor.read("/en/", Host=host).status_code == 400, host
    for host in ("localhost", "127.0.0.1:8000", "localhost:1", "LOCALHOST", "localhost.", "[::1]", "[::1]:8000"):
        assert visitor.read("/en/", Host=host).status_code == 200, host
        assert visitor.read("/en/sign/sent", Host=host).status_code == 200, host


def test_a_health_page_answers_whatever_host_a_load_balancer_names(visitor):
    for host in ("10.0.0.5:8106", "", "[fd00::7]", "evil.example"):
        assert [visitor.read(path, Host=host).status_code for path in ("/healthz", "/readyz")] == [200, 200], host


def test_readers_go_on_with_what_is_known_when_the_database_is_away(app, visitor, layla, monkeypatch):
    publish(app)
    visitor.read("/en/")
    site: AppState = app.extensions["campaign"]

    def away(*_arguments):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("the server is gone"))

    sa.event.listen(site.database.engine, "before_cursor_execute", away)
    app.extensions["campaign"].snapshots.refresh()

    assert "1 signature" in visitor.read("/en/").text  # kept
    assert "1 signature" in visitor.read("/ar/testimony").text.replace("توقيع واحد", "1 signature")  # made now
    assert visitor.read("/api/v1/petition.json").json["confirmed"] == 1
    assert visitor.read("/healthz").status_code == 200
    assert (visitor.read("/readyz").status_code, visitor.read("/readyz").json["database"]) == (503, False)
    for path in ("/en/signatures", layla):
        answer = visitor.read(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10"), path
    answer = visitor.sign()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Nothing was kept" in answer.text


def test_static_files_are_kept_for_ever_under_names_that_carry_their_hash(app, visitor):
    files = [path for path in app.wsgi_app.pages if path.startswith("/static/")]
    assert len(files) >= 9

    for path in files:
        answer = visitor.read(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
    assert visitor.read("/static/site.css").status_code == 404
    assert visitor.read("/static/../config.py").status_code == 404


def test_slashes_at_the_front_make_no_further_page_and_no_address_does_without_bound(app, visitor, monkeypatch):
    cache = app.extensions["campaign"].page_cache
    for path in READ:
        visitor.read(path)
    before = set(cache.pages)

    for number in range(2, 50):
        slashes = {"PATH_INFO": "/" * number + "en/privacy"}
        assert app.test_client().get("/", environ_overrides=slashes).status_code == 404
    assert set(cache.pages) == before

    monkeypatch.setattr(page_cache, "MAX_PAGES", len(cache.pages))
    assert visitor.read("/en/about").status_code == 200
    assert len(cache.pages) == len(before)


def test_of_too_many_pages_the_oldest_goes_and_no_file(app, visitor, monkeypatch):
    cache = app.extensions["campaign"].page_cache
    files = set(cache.pages)
    monkeypatch.setattr(page_cache, "MAX_PAGES", len(files) + 2)

    for path in ("/en/about", "/en/privacy", "/en/petition"):
        assert visitor.read(path).status_code == 200

    assert set(cache.pages) - files == {"http://localhost:8000/en/privacy", "http://localhost:8000/en/petition"}
    assert files < set(cache.pages)


def test_who_asks_while_a_worker_reads_for_the_first_time_sees_no_site_without_what_is_public(app, settings, layla, monkeypatch):
    publish(app)
    begun, go_on, really = threading.Event(), threading.Event(), snapshot.read_snapshot

    def slowly(session):
        begun.set()
        assert go_on.wait(60)
        return really(session)

    with ThreadPoolExecutor(2) as pool:
        fresh = create_app(settings)
        monkeypatch.setattr(snapshot, "read_snapshot", slowly)
        first = pool.submit(fresh.test_client().get, "/api/v1/petition.json")
        assert begun.wait(60)
        second = pool.submit(fresh.test_client().get, "/api/v1/petition.json")
        time.sleep(0.5)  # long enough for an answer that waits for nothing
        go_on.set()

        assert [one.result().json["confirmed"] for one in (first, second)] == [1, 1]


@pytest.mark.parametrize("path", ["/en/testimony", "/ar/", "/en/copy.html", "/api/v1/petition.json", "/metrics"])
def test_a_worker_that_starts_while_the_database_is_away_shows_nothing_that_may_have_been_withdrawn(
    app, settings, path, monkeypatch
):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    assert withdraw(app).exit_code == 0
    fresh = create_app(settings)
    database = fresh.extensions["campaign"].database
    with patch.object(database, "reading", side_effect=sa.exc.OperationalError("", {}, Exception())):
        answers = [fresh.test_client().get(path), fresh.test_client().post("/en/sign", data={"name": "Sami"})]
        is_up = fresh.test_client().get("/healthz")

    assert [one.status_code for one in answers] == [503, 503]
    assert answers[0].headers["Cache-Control"] == "no-store"
    assert answers[0].headers["Retry-After"]
    assert answers[0].text == "Please try again shortly\nيُرجى المحاولة بعد قليل\n"
    assert is_up.status_code == 200
    fresh.extensions["campaign"].snapshots._read_at = time.monotonic()  # it is asked again after a while
    assert fresh.test_client().get("/en/testimony").status_code == 410


def test_a_worker_reads_what_is_public_before_the_database_can_go_away(app, settings, monkeypatch):
    for module, name in ((signal, "signal"), (gc, "freeze"), (supervisor, "end_with_parent")):
        monkeypatch.setattr(module, name, Mock())  # what is for a process of its own
    site = supervisor.load_app(settings, multiprocessing.SimpleQueue(), SharedMemory()).app

    with patch.object(site.extensions["campaign"].database, "reading", side_effect=sa.exc.OperationalError("", {}, Exception())):
        assert site.test_client().get("/en/testimony").status_code == 200


def test_a_worker_that_cannot_look_whether_withheld_words_are_published_is_started_again_and_does_not_end_the_site(
    settings, monkeypatch
):
    for module, name in ((signal, "signal"), (gc, "freeze"), (supervisor, "end_with_parent")):
        monkeypatch.setattr(module, name, Mock())
    policy, texts = testimony_policy.load_testimony(TRANSLATIONS)
    trouble = multiprocessing.SimpleQueue()
    with (
        patch.object(testimony_policy, "load_testimony", return_value=(replace(policy, has_redactions=True), texts)),
        patch.object(snapshot.SnapshotCache, "refresh", return_value=False),
        pytest.raises(SystemExit) as ended,
    ):
        supervisor.load_app(settings, trouble, SharedMemory())

    assert ended.value.code != supervisor.CANNOT_START
    assert trouble.empty()
