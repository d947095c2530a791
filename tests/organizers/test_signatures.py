"""The list of signatures and one of them, as organizers and moderators see them."""

import re

import pytest

from campaign.crypto.keys import eject, load_keys
from campaign.organizers import signature_search
from campaign.organizers.models import AuditEntry
from campaign.petition.forgotten import ForgottenEntry
from campaign.petition.models import NameReview, Signature
from tests.organizers.stored import DAY, everything, propose, store
from tests.organizers.test_removal_rules import remove
from tests.people import rows


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def acts(database):
    return [line["act"] for line in everything(database, AuditEntry)]


def test_the_list_shows_the_words_that_signers_show_and_nothing_sealed(app, omar, hadi, layla):
    store(app, "سامي", None)

    for somebody in (omar, hadi):
        page = somebody.read("signatures").text
        assert "Layla" in page
        assert "سامي" in page
        assert "not shown" in page
        assert "Haddad" not in page
        assert "layla@example.org" not in page


def test_the_list_says_how_many_there_are_and_in_which_order(app, omar, monkeypatch):
    store(app, *[f"Name {number}" for number in range(60)])
    store(app, "Other", None, country="SY")
    by_day = "The newest day comes first. Within a day the order is random, because no time is kept."

    assert f"62 signatures. {by_day}" in omar.read("signatures").text
    assert f"2 signatures. {by_day}" in omar.read("signatures?country=SY").text
    assert "60 signatures. In alphabetical order of the word that was found." in omar.read("signatures?name=name").text
    assert "1 signature. In alphabetical" in omar.read("signatures?name=other").text
    assert by_day not in omar.read("signatures?state=waiting").text
    monkeypatch.setattr(signature_search, "COUNT_LIMIT", 50)
    monkeypatch.setattr(signature_search, "NAMES_COUNT_LIMIT", 40)
    assert f"More than 50 signatures. {by_day}" in omar.read("signatures").text
    assert "More than 40 signatures. In alphabetical" in omar.read("signatures?name=name").text
    assert f"2 signatures. {by_day}" in omar.read("signatures?country=SY").text


def test_pages_follow_one_another_and_lead_back(app, omar):
    store(app, *[f"Name {number}" for number in range(120)])

    def follow(page, rel):
        return omar.read(re.search(rf'rel="{rel}" href="([^"]+)"', page)[1].replace("&amp;", "&")).text

    pages = [omar.read("signatures?name=name").text]
    for _ in range(2):
        pages.append(follow(pages[-1], "next"))

    assert [page.count('name="ids"') for page in pages] == [50, 50, 20]
    assert 'rel="next"' not in pages[2]
    assert follow(pages[1], "prev").count('name="ids"') == 50


def test_what_is_typed_wrong_is_said_and_kept(omar):
    wrong = {"state": "x", "country": "XX", "language": "xx", "since": "2026-02-30", "until": "tomorrow", "name": "a@example.org"}

    for field, typed in wrong.items():
        answer = omar.read(f"signatures?{field}={typed}")
        assert answer.status_code == 422, field
        assert "There is a problem" in answer.text
    assert "tomorrow" in omar.read("signatures?until=tomorrow").text
    assert "a@example.org" not in omar.read("signatures?name=a@example.org").text


def test_a_word_of_any_sort_is_looked_for_without_a_stumble(omar):
    for typed in ("%25", "'", '"', "%F0%9F%98%80", "x" * 3000, "%ED%A0%80", "عبد", "al al al"):
        for state in ("standing", "waiting", "removed", "shown"):
            assert omar.read(f"signatures?name={typed}&state={state}").status_code == 200, typed


def test_one_signature_shows_what_is_held_and_no_more(app, omar, hadi, layla):
    record = rows(app, Signature)[0].id.hex()

    for somebody in (omar, hadi):
        page = somebody.read(f"signatures/{record}").text
        assert "Syria" in page
        assert "Haddad" not in page
    assert "signatures/" + record + "/sealed" in omar.read(f"signatures/{record}").text
    assert "/sealed" not in hadi.read(f"signatures/{record}").text
    for nobody in ("0" * 32, "x", "0" * 31, "A" * 32):
        assert omar.read(f"signatures/{nobody}").status_code == 404


def test_an_organizer_sees_what_is_sealed_after_being_asked_again_and_the_audit_says_so(app, omar, hadi, layla, database):
    path = f"signatures/{rows(app, Signature)[0].id.hex()}/sealed"
    assert "Layla Haddad" not in omar.read(path).text
    assert acts(database).count("sealed shown") == 0

    page = omar.send(path)

    assert "Layla Haddad" in page.text
    assert "layla@example.org" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    [line] = [line for line in everything(database, AuditEntry) if line["act"] == "sealed shown"]
    assert "ayla" not in str(line["facts"])
    assert hadi.read(path).status_code == hadi.send(path).status_code == 403


def test_a_number_stays_of_an_opened_signature_that_was_withdrawn(app, omar, visitor, layla, database):
    record = rows(app, Signature)[0].id
    omar.send(f"signatures/{record.hex()}/sealed")

    visitor.press(layla, act="withdraw")

    assert rows(app, Signature) == []
    assert [line["facts"] for line in everything(database, AuditEntry) if line["act"] == "sealed shown"] == [
        {"signature": record.hex()}
    ]
    assert record in [entry["id"] for entry in everything(database, ForgottenEntry)]


def test_without_the_key_the_page_says_that_it_cannot_and_how_somebody_can(app, omar, layla, database, settings, tmp_path):
    eject(settings.data / "keys", tmp_path / "private.key")
    site = app.extensions["campaign"]
    app.extensions["campaign"] = type(site)(**{**vars(site), "keys": load_keys(settings.data / "keys")})
    path = f"signatures/{rows(app, Signature)[0].id.hex()}/sealed"

    page = omar.read(path).text

    number = rows(app, Signature)[0].id.hex()
    assert f"campaign export --format sealed --signature {number} --out signature.sealed" in page
    assert "campaign open-export signature.sealed --key private.key --format jsonl --out -" in page
    assert "Show them" not in page
    assert "Haddad" not in omar.send(path).text
    assert "sealed shown" not in acts(database)


def test_an_address_is_found_by_organizers_alone_and_stands_in_no_address_and_no_audit(app, omar, hadi, layla, database):
    record = rows(app, Signature)[0].id.hex()

    page = omar.send("address", email="LAYLA+news@example.org")

    assert page.status_code == 200
    assert f"signatures/{record}" in page.text
    assert "Nothing is stored for this address." in omar.send("address", email="sami@example.org").text
    assert omar.send("address", email="layla").status_code == 422
    assert hadi.send("address", email="layla@example.org").status_code == hadi.read("address").status_code == 403
    noted = [line["facts"] for line in everything(database, AuditEntry) if line["act"] == "address looked for"]
    assert noted == [{"number": 1}, {"number": 0}]


def test_an_address_is_found_while_it_waits_and_while_it_is_removed(app, omar, layla, sami, database):
    assert "1 e-mail is waiting for its link" in omar.send("address", email="sami@example.org").text
    remove(database, propose(app, [rows(app, Signature)[0].id]))

    assert "A removed signature" in omar.send("address", email="layla@example.org").text


def test_a_moderator_hides_a_name_now_and_it_waits_in_the_review(app, hadi, visitor, layla, database):
    record = rows(app, Signature)[0].id.hex()

    for _ in range(2):
        assert hadi.send(f"signatures/{record}").status_code == 303

    assert "Layla" not in visitor.read_names().text
    assert [row["held"] for row in everything(database, NameReview)] == ["Layla"]
    assert acts(database).count("name hidden") == 1
    assert "Layla" in hadi.read("review").text
    assert "hidden until it is reviewed" in hadi.read(f"signatures/{record}").text


def test_the_list_narrows_by_day_country_and_language(app, omar):
    store(app, "Nour", country="SY", language="ar")
    store(app, "Sami", country="TR", language="en")

    for query in (f"since={DAY}&country=SY", "language=ar", "state=shown&country=SY"):
        page = omar.read(f"signatures?{query}").text
        assert "Nour" in page
        assert "Sami" not in page
    assert "Nothing was found." in omar.read("signatures?until=2026-01-01").text
