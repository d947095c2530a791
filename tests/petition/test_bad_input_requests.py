"""Requests that no browser sends, to a real server: numbers 4 and 63 to 73 of docs/bad-input.md."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from campaign.database import Database
from tests.people import hidden_fields
from tests.petition.strangers import FORM, is_plain, stored_in
from tests.server.processes import talk
from tests.servers import LONG, Campaign

CHUNKED = b"Transfer-Encoding: chunked\r\n"
MANY = b"&".join(b"field%d=1" % number for number in range(10_000))
PART = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'
PARTS = b"".join(PART % number for number in range(5000)) + b"--x--\r\n"

PATHS = [
    (63, b"/../../etc/passwd"),
    (63, b"/%2e%2e%2f%2e%2e%2fetc/passwd"),
    (63, b"/..%c0%af..%c0%afetc/passwd"),
    (63, b"/..\\..\\etc\\passwd"),
    (63, b"/..%5c..%5cetc%5cpasswd"),
    (63, b"/....//....//etc/passwd"),
    (63, b"/%252e%252e%252fetc/passwd"),
    (63, b"//etc/passwd"),
    (63, b"//evil.test/%2e%2e"),
    (63, b"/en/../../../etc/passwd"),
    (63, b"/en/..;/etc/passwd"),
    (63, b"/en/testimony/beside/..%2f.."),
    (63, b"/file:///etc/passwd"),
    (63, b"/etc/passwd%00.html"),
    (63, b"/%00"),
    (63, b"/en/confirm/..%2f..%2fetc%2fpasswd"),
    (64, b"/static/../../config"),
    (64, b"/static/..%2f..%2fconfig.py"),
    (64, b"/static/%2e%2e/%2e%2e/campaign/config.py"),
    (64, b"/static//etc/passwd"),
    (64, b"/static/fonts/"),
    (64, b"/static/site.css/../../../config.py"),
    (69, b"/xx/"),
    (69, b"/ar-SY/"),
    (69, b"/en-/sign"),
    (69, b"/\xd9\xa1/"),
]

HOSTS = [
    b"Host: evil.test\r\n",
    b"Host: localhost\r\nHost: localhost\r\n",
    b"Host: localhost\r\nHost: evil.test\r\n",
    b"Host: evil.test\r\nHost: localhost\r\n",
    b"Host: a@b\r\n",
    b"Host: localhost@evil.test\r\n",
    b"Host: localhost.evil.test\r\n",
    b"Host: localhost:80@evil.test\r\n",
    b"Host: localhost, evil.test\r\n",
    b"Host: localhost/evil\r\n",
    b"Host: localhost:evil\r\n",
    b"Host: localhost\0\r\n",
    b"Host: \xff\r\n",
    b"Host:\r\n",
    b"",
    b"Host: " + b"a" * 10_000 + b"\r\n",
]

# Number, content type, body, status, other headers.
BODIES = [
    (71, "application/json", b'{"name": "Layla"}', 415, b""),
    (71, "text/plain", b"name=Layla", 415, b""),
    (71, "", b"name=Layla", 415, b""),
    (71, "\u00ff", b"name=Layla", 415, b""),
    (71, "multipart/form-data", b"name=Layla", 415, b""),
    (71, "multipart/form-data; boundary=x", PART % 1 + b"--x--\r\n", 415, b""),
    (71, f"{FORM}; charset=utf-7", b"name=+AGE-", 415, b""),
    (71, f"{FORM}; charset=windows-1256", b"name=%e1%ed%e1%ec", 415, b""),
    (72, FORM, b"\x1f\x8b\x08" + bytes(1000), 415, b"Content-Encoding: gzip\r\n"),
    (72, FORM, b"name=Layla", 415, b"Content-Encoding: br\r\n"),
    (72, FORM, b"name=Layla", 415, b"Content-Encoding: identity\r\n"),
    (73, FORM, MANY, 413, b""),
    (73, FORM, MANY[:5000], 413, b""),
    (73, FORM, b"&" * 1000, 413, b""),
    (73, FORM, b"name=" + b"a" * 33 * 1024, 413, b""),
    (73, "multipart/form-data; boundary=x", PARTS, 413, b""),
    (73, "application/json", b"[" * 100_000, 413, b""),
    (4, FORM, b"name=%ff%fe&email=a@example.org", 422, b""),
    (4, FORM, b"name=\xff\xfe", 422, b""),
    (4, FORM, bytes(range(256)), 422, b""),
]


@dataclass
class Answer:
    """What a server says to bytes."""

    status: int
    head: str
    text: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def campaign(request, tmp_path_factory):
    """A real server on each database, which all tests here share: nothing of theirs is stored."""
    data = tmp_path_factory.mktemp(f"bad-input-{request.param}") / "instance"
    postgresql = request.getfixturevalue("postgresql_server") if request.param == "postgresql" else None
    url = postgresql.new_database() if postgresql else ""
    with Campaign(data, CAMPAIGN_DATABASE_URL=url) as server:
        server.database = Database(url, data)
        yield server
        server.database.close()
    if postgresql:
        postgresql.drop(url)


@pytest.fixture(autouse=True)
def nothing_is_stored(campaign):
    """Nothing of all this leaves anything behind."""
    yield
    assert stored_in(campaign.database) == (0, 0, 0)


def ask(campaign, start, headers=b"", body=b"", *, host=b"Host: localhost\r\n"):
    """Sends the first line, the headers and the body as they are."""
    length = b"Content-Length: %d\r\n" % len(body) if body and CHUNKED not in headers else b""
    said = talk(campaign, start + b" HTTP/1.1\r\n" + host + b"Connection: close\r\n" + headers + length + b"\r\n" + body)
    head, _, text = said.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), said[:100]
    return Answer(int(head[9:12]), head.decode("latin-1").lower(), text.decode())


def post(campaign, path, body, headers=b""):
    """Sends a form's body."""
    return ask(campaign, b"POST " + path.encode(), b"Content-Type: " + FORM.encode() + b"\r\n" + headers, body)


def says_so_plainly(answer, language):
    """Whether the page is in this language and says in plain words what is wrong."""
    sentence = re.findall(r"<p[^>]*>([^<]*)</p>", answer.text.partition("<main")[2])[0]
    return f'<html lang="{language}"' in answer.text and is_plain(sentence, language)


def test_no_path_leads_out_of_the_site(campaign):
    for number, path in PATHS:
        for address in (path, path.replace(b"/en/", b"/ar/")):
            answer = ask(campaign, b"GET " + address)

            assert answer.status == 404, f"{number}: {address!r}"
            assert "root:" not in answer.text, f"{number}: {address!r}"
            assert "SettingError" not in answer.text, f"{number}: {address!r}"
            assert "location:" not in answer.head, f"{number}: {address!r}"


def test_another_hosts_name_is_refused_on_every_page(campaign):
    for path in (b"/en/", b"/ar/", b"/en/sign", b"/robots.txt", b"/api/v1/petition.json", b"/nothing"):
        for host in HOSTS:
            answer = ask(campaign, b"GET " + path, host=host)

            assert answer.status == 400, f"65: {path!r} {host[:60]!r}"
            assert "evil" not in answer.head + answer.text, f"65: {path!r} {host[:60]!r}"


def test_another_hosts_name_sends_no_form(campaign):
    form = urlencode(hidden_fields(urlopen(f"{campaign.url}/en/sign", timeout=LONG).read().decode(), "/sign"))
    body = f"{form}&name=Layla&email=layla@example.org".encode()
    for host in HOSTS:
        answer = ask(campaign, b"POST /en/sign", b"Content-Type: " + FORM.encode() + b"\r\n", body, host=host)

        assert answer.status == 400, f"65: {host[:60]!r}"


def test_what_a_stranger_says_of_the_way_here_has_no_effect(campaign):
    usual = {path: ask(campaign, b"GET " + path) for path in (b"/ar/", b"/en/sign", b"/ar", b"/sitemap.xml")}
    for header in (
        b"X-Forwarded-Proto: http",
        b"X-Forwarded-Proto: javascript",
        b"X-Forwarded-Host: evil.test",
        b"X-Forwarded-Prefix: //evil.test",
        b"X-Forwarded-Port: 1",
        b"X-Forwarded-For: evil, 127.0.0.1",
        b"X_Forwarded_Host: evil.test",
        b"Forwarded: for=evil.test;host=evil.test;proto=javascript",
        b"X-Original-URL: /en/sign",
        b"X-Rewrite-URL: /en/sign",
        b"X-HTTP-Method-Override: DELETE",
    ):
        for path, expected in usual.items():
            answer = ask(campaign, b"GET " + path, header + b"\r\n")

            case = f"66, 67: {header!r} {path!r}"
            assert (answer.status, answer.text) == (expected.status, expected.text), case
            assert "evil" not in answer.head + answer.text, case
            assert "javascript:" not in answer.head + answer.text, case


def test_an_address_is_mended_with_a_path_alone(campaign):
    for path, mended in ((b"/ar", "/ar/"), (b"/en//sign", "/en/sign"), (b"/ar//confirm//x", "/ar/confirm/x")):
        answer = ask(campaign, b"GET " + path)

        assert answer.status == 308
        assert f"\r\nlocation: {mended}\r\n" in answer.head + "\r\n", answer.head


def test_an_unusable_accept_language_brings_both_languages_or_none(campaign):
    for number, wish in ((68, b"ar\0"), (68, b"ar\x01,en"), (68, b"a" * 70_000), (68, b"ar;q=1\r\n folded")):
        answer = ask(campaign, b"GET /", b"Accept-Language: " + wish + b"\r\n")

        assert answer.status in (200, 400, 431), f"{number}: {wish[:20]!r}"
        assert "location:" not in answer.head, f"{number}: {wish[:20]!r}"


def test_a_cookie_is_not_looked_at(campaign):
    usual = ask(campaign, b"GET /ar/sign")
    for cookie in (b"a" * 8192, b"session=" + b"e" * 8000, b"session=eyJ9.x.y; session=; =; ;;", b"session=\xff\xfe", b"lang=en"):
        answer = ask(campaign, b"GET /ar/sign", b"Cookie: " + cookie + b"\r\n")

        assert (answer.status, answer.text) == (200, usual.text), cookie[:40]
        assert "set-cookie" not in answer.head, cookie[:40]


def test_a_body_that_is_no_form_of_ours_is_refused_in_the_readers_language(campaign):
    for language in ("en", "ar"):
        for path in (f"/{language}/sign", f"/{language}/confirm/{'a' * 26}"):
            for number, kind, body, status, headers in BODIES:
                if kind:
                    headers += b"Content-Type: " + kind.encode("latin-1") + b"\r\n"  # noqa: PLW2901  # the last of its words
                answer = ask(campaign, b"POST " + path.encode(), headers, body)

                case = f"{number}: {path} {kind} {body[:20]!r}"
                assert answer.status == status, case
                assert "cache-control: no-store" in answer.head, case
                if status in (413, 415) or (status == 422 and "confirm" in path):
                    assert says_so_plainly(answer, language), case


def test_a_body_in_pieces_is_no_form_of_ours(campaign):
    for body in (b"6\r\nname=L\r\n0\r\n\r\n", b"zz\r\nname=L\r\n0\r\n\r\n"):
        assert post(campaign, "/ar/sign", body, CHUNKED).status == 400, body


def test_a_body_that_ends_early_is_no_form_of_ours(campaign):
    head = f"POST /ar/sign HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 100\r\n\r\n"

    assert talk(campaign, head.encode() + b"name=L", and_stop=True).startswith(b"HTTP/1.1 400 ")


def test_pages_that_take_no_form_say_so(campaign):
    for language in ("en", "ar"):
        for page in ("", "testimony", "testimony.txt", "petition", "about", "sign/sent", "testimony/beside/en"):
            answer = post(campaign, f"/{language}/{page}", b"name=Layla")

            assert answer.status in (405, 404), page
            assert says_so_plainly(answer, language), page
