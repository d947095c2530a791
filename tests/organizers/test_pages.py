"""Every page of the desk, opened in both languages and looked over, as the public pages are in tests/house/."""

import re
from urllib.parse import urlsplit

import html5lib
import pyotp
import pytest

from campaign.database import now
from campaign.languages import LANGUAGES
from campaign.organizers import accounts, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.views.requests import approval_handlers
from tests.house.test_arabic_pages import assert_arabic
from tests.organizers.conftest import PASSPHRASE, Organizer
from tests.organizers.test_forms import routes
from tests.servers import on_sqlite

pytestmark = on_sqlite
UNNAMED = {"hidden", "submit"}
ERROR = {"en": "Error: ", "ar": "خطأ: "}


@pytest.fixture(params=LANGUAGES)
def opened(app, omar, nour, request):
    """Every page by its address, in one language: with errors in its form too, and on the way of somebody who is new."""
    omar.language = nour.language = request.param
    with app.extensions["campaign"].database.writing() as session:
        handlers = approval_handlers(app.extensions["campaign"].keys)
        four_eyes.request_approval(
            session, accounts.get_account(session, nour.email), Action.BULK_REMOVAL, {"number": 1}, handlers
        )
    paths = [re.sub("^/../", f"/{request.param}/", path) for _, path in routes(app, "GET")]
    found = {path: omar.read(path) for path in paths}
    found |= {f"{path} with errors": omar.send(path) for path in ("again", "account/passphrase")}
    return found | new_account(app, request.param)


def new_account(app, language):
    """The pages that somebody sees who is new."""
    with app.extensions["campaign"].database.writing() as session:
        token = accounts.add(session, "layla@example.org", "moderator", now())
    layla, found = Organizer(app, "layla@example.org", "", language), {}
    link = f"set-up/{token}"
    found["enter"], found["enter with errors"] = layla.read("enter"), layla.send("enter")
    found["first"], found["first with errors"] = layla.read(link), layla.send(link, new="short")
    layla.send(link, new=PASSPHRASE, again=PASSPHRASE)
    found["second"], found["second with errors"] = layla.read(link), layla.send(link, code="0")
    secret = html5lib.parse(found["second"].text, namespaceHTMLElements=False).find(".//main//code").text.replace(" ", "")
    found["codes"] = layla.send(link, code=pyotp.TOTP(secret).now())
    assert [page.status_code for page in found.values()] == [200, 422, 200, 422, 200, 422, 200]
    return found


@pytest.fixture
def pages(opened):
    """The pages among the answers, as trees; each is valid."""
    found = {}
    for path, answer in opened.items():
        if answer.mimetype == "text/html" and answer.status_code not in (303, 302):
            parser = html5lib.HTMLParser(namespaceHTMLElements=False)
            found[path] = answer, parser.parse(answer.text)
            assert parser.errors == [], path
    assert len(found) > 20
    return found


def test_every_page_of_the_desk_says_what_it_is_and_in_which_language(pages, omar):
    language = LANGUAGES[omar.language]
    for path, (answer, tree) in pages.items():
        title = "".join(tree.find("head/title").itertext())
        ids = [element.get("id") for element in tree.iter() if element.get("id")]
        switch = [link for link in tree.iter("a") if link.get("hreflang")]
        assert (tree.get("lang"), tree.get("dir")) == (language.code, language.dir), path
        assert title.startswith(ERROR[language.code]) == (answer.status_code == 422), path
        assert len(list(tree.iter("h1"))) == 1, path
        assert len(ids) == len(set(ids)), path
        assert len(switch) == 1, path
        assert switch[0].get("lang") != language.code, path


def test_every_field_of_the_desk_has_its_label_and_every_form_stays_at_the_desk(pages):
    for path, (_, tree) in pages.items():
        labelled = {label.get("for") for label in tree.iter("label") if "".join(label.itertext()).strip()}
        ids = {element.get("id") for element in tree.iter()}
        for field in (*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")):
            assert field.get("type") in UNNAMED or field.get("id") in labelled, (path, field.get("name"))
            assert set((field.get("aria-describedby") or "").split()) <= ids, (path, field.get("name"))
        for form in tree.iter("form"):
            address = urlsplit(form.get("action") or "")
            assert not address.netloc, path
            assert not address.path or "/organize/" in address.path, path


def test_no_page_of_the_desk_loads_or_runs_anything_of_others(pages):
    for path, (answer, tree) in pages.items():
        loaded = [element.get("src") for element in tree.iter() if element.get("src")]
        loaded += [link.get("href") for link in tree.iter("link")]
        assert all(address.startswith("/static/") for address in loaded), (path, loaded)
        assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on") or name == "style"], path
        assert not [
            *tree.iter("style"),
            *tree.iter("iframe"),
            *(script for script in tree.iter("script") if not script.get("src")),
        ]
        assert answer.headers["Cache-Control"] == "no-store", path
        assert [meta.get("content") for meta in tree.iter("meta") if meta.get("name") == "robots"] == ["noindex"], path


@pytest.mark.slow
def test_every_link_of_the_desk_leads_somewhere(pages, omar):
    known = {}
    for path, (_, tree) in pages.items():
        for link in tree.iter("a"):
            address = urlsplit(link.get("href") or "")
            if address.path and not address.netloc and "set-up" not in address.path:
                if address.path not in known:
                    known[address.path] = omar.read(address.path).status_code
                assert known[address.path] < 400 or pages[path][0].status_code == 404, (path, address.path)
    assert len(known) > 10


@pytest.mark.parametrize("opened", ["ar"], indirect=True)
def test_every_page_of_the_desk_is_in_arabic_throughout(pages):
    for path, (answer, _) in pages.items():
        try:
            assert_arabic(answer, answer.status_code)
        except AssertionError as error:
            raise AssertionError(path) from error
