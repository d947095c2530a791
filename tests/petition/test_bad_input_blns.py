"""The Big List of Naughty Strings in every field: number 84 of docs/bad-input.md."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from campaign.petition.models import Signature
from tests.people import link_in, rows
from tests.petition.strangers import Page, Stranger, as_shown, stored
from tests.servers import on_sqlite

STRINGS = json.loads(Path(__file__).with_name("blns.json").read_text("ascii"))
MARKUP = set("<>&\"'`")
FIELDS = ("name", "email", "shown_as", "country", "consent", "news", "nothing", "csrf_token")


@pytest.fixture
def stranger(somebody):
    """Somebody who types what makes programs stumble, once in each language."""
    return Stranger(somebody.client, somebody.language)


@pytest.fixture
def strings(stranger):
    """Every other string, so that each is typed in one of the two languages."""
    return STRINGS[stranger.language == "ar" :: 2]


@pytest.fixture
def link(stranger, post_office):
    """The stranger has signed properly and shows a name; the link to their own page."""
    stranger.send(stranger.fill({}))
    found = link_in(post_office.deliver()[-1])
    stranger.press(found)
    return found


def made_of(page):
    """The kinds of elements and of attributes on a page."""
    return {element.tag for element in page.elements} | {f"@{name}" for element in page.elements for name in element.attrib}


def test_there_are_more_than_five_hundred_strings():
    assert len(STRINGS) == len(set(STRINGS)) == 517


def test_a_naughty_name_is_stored_as_text_or_refused_and_touches_no_other_row(app, stranger, strings, link):
    [before] = rows(app, Signature)
    taken = 0
    for place, string in enumerate(strings):
        signed = stranger.send(stranger.fill({"name": string, "shown_as": string, "email": f"naughty{place}@example.org"}))
        shown = stranger.send({"act": "show", "shown_as": string}, link)

        assert signed.status_code in (303, 422), string
        assert shown.status_code == 303 if signed.status_code == 303 else shown.status_code in (303, 422), string
        assert string not in shown.text or "<" not in string, string
        taken += signed.status_code == 303
    assert stored(app) == (taken, taken, 1)
    assert 50 < taken < 150
    [after] = rows(app, Signature)
    assert (after.id, after.sealed, after.tag, after.confirmed_on) == (before.id, before.sealed, before.tag, before.confirmed_on)


@on_sqlite
def test_a_page_shows_a_naughty_string_as_text_and_nothing_more(app, stranger, strings, link):
    harmless = made_of(Page(stranger.send(stranger.fill(dict.fromkeys(FIELDS, "="))), stranger.language)) | {"@selected"}
    own = made_of(Page(stranger.send({"act": "show", "shown_as": "="}, link), stranger.language))
    for string in strings:
        answer = stranger.send(stranger.fill(dict.fromkeys(FIELDS, string)))
        shown = stranger.send({"act": "show", "shown_as": string}, link)
        assert answer.status_code == 400, string
        if MARKUP.isdisjoint(string):
            assert answer.text.count(f'value="{string}"') >= 3, string
            continue
        page = Page(answer, stranger.language)
        assert made_of(page) <= harmless, string
        assert [page.value(name) for name in ("name", "shown_as", "email")] == [as_shown(string)] * 3, string
        assert page.value("nothing") == "", string
        assert shown.status_code == 303 or made_of(Page(shown, stranger.language)) <= own, string
    assert stored(app) == (0, 0, 1)


@on_sqlite
def test_a_naughty_string_in_an_address_or_a_button_does_nothing(app, stranger, strings, link):
    for place, string in enumerate(strings):
        asked = quote(string, safe="")
        path, status = (("confirm/.", 404), ("sign/sent?to=", 200), ("signatures?after=", 200))[place % 3]
        answer = stranger.read(f"/{stranger.language}/{path}{asked}")
        assert answer.status_code == status, f"{path} {string!a}"
        assert string not in answer.text or "<" not in string, f"{path} {string!a}"
        assert stranger.send({"act": string, "shown_as": string}, link).status_code == 400, f"act {string!a}"
        assert stranger.send({"act": "language", "language": string}, link).status_code == 303, f"language {string!a}"
    [signature] = rows(app, Signature)
    assert (signature.shown_as, signature.language, signature.news) == ("Layla", stranger.language, False)
