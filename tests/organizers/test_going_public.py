"""The checklist before going public: the desk's first page leads to it until it is done or people have signed in public."""

from dataclasses import replace

import pytest

from campaign.content.files import TextError
from campaign.database import now
from campaign.health import checklist
from campaign.petition.published import TextKind, Words
from tests.cli.conftest import name_server  # noqa: F401  # a fixture, which pytest finds by its name here
from tests.cli.test_status import CONSENT
from tests.people import parse
from tests.servers import on_sqlite

PUBLIC = {"base_url": "https://petition.example.org"}
RELAY = "smtp://127.0.0.1:2525?starttls=off"  # as docs/hosts.md has it for a relay on the same machine


@pytest.fixture
def site(app, monkeypatch):
    """The state of the site as its host has set it up otherwise, for as long as the test lasts."""

    def changed(*, ejected=False, **settings):
        made = app.extensions["campaign"]
        keys = replace(made.keys, private=None) if ejected else made.keys
        found = replace(made, settings=made.settings.model_copy(update=settings), keys=keys)
        monkeypatch.setitem(app.extensions, "campaign", found)
        return found

    monkeypatch.setattr(checklist, "_looked", {})
    return changed


def give_consent(site):
    """Write the record of the author's consent."""
    file = site.settings.data / "consent.toml"
    file.write_text(CONSENT.replace('"text", ', '"text", "name", '), "utf-8")
    file.chmod(0o600)


def left(organizer, language="en"):
    """What the page says is still to do."""
    section = next(one for one in parse(organizer.read(f"/{language}/organize/going-public").text).iter("section"))
    return ["".join(one.itertext()) for one in section.iter("h3")]


@pytest.mark.usefixtures("name_server")
def test_the_first_page_leads_to_it_until_all_is_done(site, omar, hadi):
    found = site()
    page = omar.read().text
    assert ("3 things are left to do before going public." in page, "/en/organize/going-public" in page) == (True, True)
    assert left(omar) == [
        "The private key is off the server",
        "The address of the site is public, with https",
        "What the author has agreed to",
    ]
    assert len(left(omar, "ar")) == 3
    assert "going-public" not in hadi.read().text
    assert hadi.read("going-public").status_code == 403

    give_consent(found)
    site(ejected=True, mail_url=RELAY, **PUBLIC)

    omar.base_url = "http://localhost:8000"
    assert "before going public" not in omar.read().text
    assert "Everything on this list is done." in omar.read("going-public").text


@on_sqlite
def test_once_people_have_signed_at_the_public_address_the_first_page_says_no_more_of_it(site, app, omar, layla):
    found = site(**PUBLIC)
    assert checklist.count_left(found, now().date()) > 0

    latest = replace(found.snapshots(), confirmed=1)

    assert checklist.is_public(found.settings, latest)
    assert not checklist.is_public(found.settings.model_copy(update={"base_url": "http://localhost:8000"}), latest)
    assert not checklist.is_public(found.settings, replace(latest, is_sample=True))


@on_sqlite
@pytest.mark.parametrize(
    ("name", "hosted", "sentence"),
    [
        ("address", {"base_url": "http://localhost:8000"}, checklist.ONLY_HERE),
        ("address", {"base_url": "http://petition.example.org"}, checklist.READABLE.format("petition.example.org")),
        ("mail", {"mail_url": "file:"}, checklist.NO_MAIL),
        ("mail", {"mail_url": "smtp://mail.example.org:587?starttls=off"}, checklist.MAIL_READABLE),
        ("mail", {"mail_url": RELAY}, None),
        ("mail", {"mail_url": "smtp://[::1]:25?starttls=off"}, None),
        ("address", {"base_url": "https://petition.example.org http://abcdefghij.onion"}, None),
    ],
)
def test_what_the_docs_recommend_is_no_complaint_and_what_can_be_read_on_the_way_is(site, name, hosted, sentence):
    facts = checklist.facts_of(site(**hosted), now().date())

    [item] = [one for one in checklist.check_items(facts, slowly=False) if one.name == name]

    assert item.wrong == ((sentence,) if sentence else ())


@on_sqlite
def test_a_contact_that_is_missing_is_the_first_item_with_the_page_of_the_desk(site, omar, monkeypatch):
    found = site()
    nobody = Words((), dict(found.words.current) | {(TextKind.CONTACT, ""): ""})
    monkeypatch.setattr(type(found), "words", nobody)

    assert left(omar)[0] == "Who is responsible for the campaign"
    assert "/en/organize/words/contact" in omar.read("going-public").text


@on_sqlite
def test_a_record_of_the_consent_that_the_site_may_not_read_is_an_item_and_no_error(site, omar):
    (site().settings.data / "consent.toml").mkdir(mode=0o600)  # as unreadable as a file of somebody else, for root too

    assert omar.read().status_code == 200
    assert "What the author has agreed to" in left(omar)


@on_sqlite
def test_a_text_that_is_broken_since_the_start_is_a_fault_of_the_translations_and_no_error(site, omar, monkeypatch):
    def broken(*_):
        raise TextError("translations/en/petition.md: it has no front matter.")

    site()
    monkeypatch.setattr(checklist, "language_status", broken)

    assert "The translations have no faults" in left(omar)


@on_sqlite
def test_what_was_found_wrong_is_counted_for_a_minute_only_as_it_can_be_mended_since(site, monkeypatch):
    found, clock = site(), [1000.0]
    monkeypatch.setattr(checklist, "monotonic", lambda: clock[0])
    monkeypatch.setattr(checklist, "SLOW_ITEMS", {"translations": lambda _facts: iter(["A fault."])})
    before = checklist.count_left(found, now().date())
    checklist.check_items(checklist.facts_of(found, now().date()), slowly=True)
    assert checklist.count_left(found, now().date()) == before + 1

    clock[0] += checklist.LOOK_AGAIN_AFTER + 1

    assert checklist.count_left(found, now().date()) == before


@on_sqlite
@pytest.mark.usefixtures("name_server")
def test_the_desk_says_no_folder_of_the_server(site, omar):
    found = site()

    assert str(found.settings.data) not in omar.read("going-public").text
