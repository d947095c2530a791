"""Addresses and headers without sense, and long strings: numbers 66, 68, 69, 75 and 77 of docs/bad-input.md."""

import re
import time
from contextlib import suppress
from datetime import timedelta

import pytest
import regex
import time_machine
from wtforms.validators import ValidationError

from campaign import create_app, languages
from campaign.database import now
from campaign.exports import tables
from campaign.petition import validation
from tests.people import Visitor
from tests.petition.strangers import Stranger, is_plain
from tests.servers import on_sqlite

LONG = 50_000  # characters; a form takes 32,768 bytes
BOUND = 1.0  # seconds of this process's own time

WISHES = [
    ("x" * 8192, None),
    (",".join(["xx;q=0.9"] * 900), None),
    (",".join(["xx;q=0.9"] * 900 + ["ar"]), None),  # what stands so far behind is not read
    ("ar;" * 3000, "/ar/"),
    ("*;q=0", None),
    ("*", None),
    ("ar;q=2", None),
    ("ar;q=-1", None),
    ("ar;q=NaN", None),
    ("ar;q=1e9", None),
    ("ar;q=٠", "/ar/"),  # a weight that cannot be read is as good as none
    ("ar;q=0", None),
    (";;;,,,==", None),
    ("", None),
    ("en-,ar", "/en/"),
    ("xx,ar;q=0.1", "/ar/"),
    ("AR-sy", "/ar/"),
]

AFTER = ["-1", "1e9", "٣", "NaN", "1" + "0" * 40, "", "0", "null", "2026-01-01", "9999-99-99." + "0" * 32, "2026-01-01.٣", "%00"]

BOMBS = [
    *(
        "a!",
        "a",
        "a.",
        "a@",
        "a-",
        ".",
        "@",
        " ",
        "-",
        "<",
        "%",
        "ل",
        "ـ",
        "\u0301",
        "a\u0301",
        "ﷺ",
        "\u200b",
        "\u200d",
        "👨‍👩‍👧",
    ),
    *("www", "://", "t.me", "gmail.co", "q=0.", "-ar", "en,", "xn--", "1", "\n", "\\", '"', "\0"),
]


@pytest.fixture
def stranger(somebody):
    """Somebody who asks for what is not there, once in each language."""
    return Stranger(somebody.client, somebody.language)


def test_an_accept_language_without_sense_brings_the_choice_of_both(visitor):
    for wish, place in WISHES:
        answer = visitor.read("/", **{"Accept-Language": wish})

        assert (answer.status_code, answer.location) == (302 if place else 200, place), wish[:40]
        assert answer.headers["Vary"] == "Accept-Language", wish[:40]


def test_an_accept_language_is_read_in_no_time():
    for wish, _ in WISHES:
        began = time.process_time()
        languages.negotiate(wish)
        assert time.process_time() - began < 0.05, wish[:40]


def test_a_language_that_is_not_there_is_a_page_that_is_not_there(stranger):
    for prefix in ("xx", "ar-SY", "ar_SY", "arb", "عربي", "ar%20", "..", "en.", "en,ar", "a" * 1000):
        for page in ("", "sign", "testimony", "petition", "signatures", "confirm/x"):
            assert stranger.read(f"/{prefix}/{page}").status_code == 404, f"69: {prefix}/{page}"
    for page in ("xx", "testimony/beside/xx", f"testimony/beside/{stranger.language}", "Sign", "sign.php"):
        answer = stranger.read(f"/{stranger.language}/{page}")

        sentence = re.findall(r"<p[^>]*>([^<]*)</p>", answer.text.partition("<main")[2])[0]
        assert answer.status_code == 404, page
        assert is_plain(sentence, stranger.language), page


def test_an_address_with_a_slash_behind_it_or_capitals_in_its_language_leads_to_the_page(app, stranger):
    own = stranger.language
    for wrong, right in [
        (f"/{own}/sign/", f"/{own}/sign"),
        (f"/{own}/sign//", f"/{own}/sign"),
        (f"/{own}/testimony/?x=%D8%B9&y", f"/{own}/testimony?x=%D8%B9&y"),
        (f"/{own.upper()}/sign", f"/{own}/sign"),
        (f"/{own.title()}/sign/", f"/{own}/sign"),
        (f"/{own.upper()}/", f"/{own}/"),
        (f"/{own.upper()}", f"/{own}/"),
        (f"/{own.upper()}/confirm/{'a' * 26}", f"/{own}/confirm/{'a' * 26}"),
        (f"/{own}/organize/enter/", f"/{own}/organize/enter"),
        ("/healthz/", "/healthz"),
    ]:
        for method in ("GET", "HEAD"):
            answer = stranger.client.open(wrong, method=method)
            assert (answer.status_code, answer.location) == (308, right), wrong
        assert stranger.client.get(right).status_code < 500
        assert stranger.client.post(wrong).status_code in {404, 405}, wrong
    for nowhere in (f"/{own}/xx/", f"/{own.upper()}/xx", "/\\evil.test/", f"/{own}//evil.test/"):
        assert stranger.client.get(nowhere).status_code == 404, nowhere


def test_a_place_among_the_names_that_is_none_is_the_first_page(stranger, layla):
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        first_page_only(stranger)


def first_page_only(stranger):
    """Ask for the names from places that are none."""
    first = stranger.read(f"/{stranger.language}/signatures")
    assert "<bdi>Layla</bdi>" in first.text
    for after in AFTER:
        for query in (f"after={after}", f"after={after}&after=x", f"page={after}", f"after[]={after}"):
            began = time.process_time()
            answer = stranger.read(f"/{stranger.language}/signatures?{query}")

            assert (answer.status_code, answer.text) == (200, first.text), f"75: {query}"
            assert time.process_time() - began < BOUND, f"75: {query}"


@on_sqlite
def test_behind_a_proxy_only_the_address_of_the_network_is_taken_from_it(settings, visitor):
    behind = Visitor(create_app(settings.model_copy(update={"trusted_proxies": 1})).test_client())
    for name, value in [
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Proto", "http"),
        ("X-Forwarded-Host", "evil.test"),
        ("X-Forwarded-Port", "1"),
        ("X-Forwarded-Prefix", "//evil.test"),
        ("X-Forwarded-For", "<script>"),
        ("Forwarded", "host=evil.test;proto=javascript"),
    ]:
        for path in ("/ar/", "/en/sign", "/ar", "/sitemap.xml"):
            answer, usual = behind.read(path, **{name: value}), visitor.read(path)

            case = f"66: {name} {path}"
            assert (answer.status_code, answer.location, answer.text) == (usual.status_code, usual.location, usual.text), case


@on_sqlite
def test_no_string_keeps_the_cleaners_busy(app):
    with app.test_request_context("/en/sign"):
        for bomb in BOMBS:
            string = (bomb * LONG)[:LONG]
            for text in (string, f"a@{string}!"):
                for clean in (
                    validation.clean_name,
                    validation.clean_email,
                    validation.suggest_address,
                    validation.suggest_domain,
                    languages.negotiate,
                    languages.fold,
                ):
                    began = time.process_time()
                    with suppress(ValidationError):
                        clean(text)
                    assert time.process_time() - began < BOUND, f"77: {clean.__name__} of {bomb!a}"


def test_no_string_keeps_a_regular_expression_busy():
    kinds = (re.Pattern, regex.Pattern)
    expressions = [value for room in (validation, languages) for value in vars(room).values() if isinstance(value, kinds)]
    assert validation.LINK_IN_NAME in expressions
    for use in [*(expression.search for expression in expressions), tables.INVISIBLE.search, tables.FORMULA_START.match]:
        for bomb in BOMBS:
            began = time.process_time()
            use((bomb * LONG)[:LONG] + "!")
            assert time.process_time() - began < BOUND, f"77: {use} in {bomb!a}"


def test_long_strings_in_every_field_are_refused_in_bounded_time(stranger):
    for bomb in BOMBS:
        string = (bomb * LONG)[:2500]  # of each field, so that the form is one that is read
        began = time.process_time()
        answer = stranger.send(stranger.fill(dict.fromkeys(("name", "email", "shown_as", "country", "csrf_token"), string)))

        assert answer.status_code in (400, 413), f"77: {bomb!a}"
        assert time.process_time() - began < BOUND, f"77: {bomb!a}"
