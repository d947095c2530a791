"""One word of the letter changes: every page, file and list tells the versions apart, and nobody is moved."""

import hashlib
import json

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.petition.counting import publish as publish_count
from campaign.petition.models import Publication, Signature
from campaign.petition.versions import changed_words
from campaign.public.mirror import mirror_files
from tests.content.conftest import publish_files
from tests.people import PostOffice, Visitor, link_in
from tests.servers import on_sqlite

OLD, NEW = "First, open the library.", "First, unlock the library."


@pytest.fixture
def changed(start_site, files, settings, mailbox):
    """A site on which 45 people signed in English and 3 in Arabic, before one English word of the letter changed in May."""
    app = start_site()
    post_office = PostOffice(app, mailbox.letters)
    with time_machine.travel("2027-05-03 12:00Z"):
        sign(app, "en", 2)
        links = [link_in(letter) for letter in post_office.deliver()]
        for link in links:
            Visitor(app.test_client()).press(link)
        copy_signature(app, "en", 43)
        copy_signature(app, "ar", 3)
        waiting = sign_and_wait(app, post_office)
    files.change("en/petition.md", OLD, NEW)
    with time_machine.travel("2027-05-04 12:00Z"):
        publish_files(settings)
    refresh(app)
    app.links = [*links, waiting]
    return app


def sign(app, language, number):
    for place in range(number):
        answer = Visitor(app.test_client(), language).sign(name="Layla", email=f"layla{place}@example.org", shown_as="Layla")
        assert answer.status_code == 303


def sign_and_wait(app, post_office):
    """Somebody has sent the form, and the link waits in a mailbox."""
    Visitor(app.test_client()).sign(name="Sami", email="sami@example.org")
    [letter] = post_office.deliver()
    return link_in(letter)


def copy_signature(app, language, number):
    """More signatures like the first."""
    site = app.extensions["campaign"]
    hashes = {code: one.consent_hash for code, one in site.texts.items()}
    with site.database.writing() as session:
        for place in range(number):
            values = {"sealed": b"", "country": None, "news": False, "confirmed_on": now().date()}
            unique = hashlib.sha256(f"{language}{place}".encode()).digest()
            session.add(
                Signature(
                    id=unique[:16], tag=unique, token_hash=unique, language=language, text_sha256=hashes[language], **values
                )
            )


def refresh(app):
    site = app.extensions["campaign"]
    publish_count(site.database)
    site.snapshots.refresh()


def plain(html):
    """The words of a page without isolates, on one line."""
    return " ".join(html.replace("\u2068", "").replace("\u2069", "").split())


SAID = {
    "en": (
        "3 signatures are on this letter. 45 signatures are on version 1 of",
        "(English).",
    ),
    "ar": ("على هذه الرسالة 3 توقيعات. على النسخة 1 بتاريخ", "(English) 45 توقيعًا."),
}


def test_every_page_with_the_count_tells_the_versions_apart_in_both_languages(changed):
    for code, said in SAID.items():
        for page in ("", "petition", "sign", "testimony", "embed", "petition/versions"):
            shown = plain(changed.test_client().get(f"/{code}/{page}").text)
            for words in said:
                assert words in shown, (code, page)


def test_the_old_text_is_there_to_read_and_what_changed_is_marked(changed):
    client = changed.test_client()
    old, new = client.get("/en/petition/versions/1").text, client.get("/en/petition/versions/2").text

    assert OLD in old
    assert NEW in new
    for page, heading in ((old, "What has changed since"), (new, "What changed from version 1")):
        assert heading in page
        assert "</span>open </del>" in page
        assert "</span>unlock </ins>" in page
    assert "45 signatures" in old
    assert client.get("/en/petition/versions/3").status_code == 404
    assert client.get("/ar/petition/versions/2").status_code == 404
    assert "/en/petition/versions/1" in client.get("/ar/petition/versions").text


def test_the_hash_of_every_version_can_be_computed_from_what_the_interface_says(changed):
    client = changed.test_client()
    numbers = client.get("/api/v1/petition.json").json

    for version in client.get("/api/v1/versions.json").json:
        assert hashlib.sha256(f"{version['letter']}\n\n{version['consent']}".encode()).hexdigest() == version["sha256"]
    told = {(one["language"], one["number"]): (one["confirmed"], one["current"]) for one in numbers["versions"]}
    assert told == {("en", 1): (45, False), ("en", 2): (0, True), ("ar", 1): (3, True)}
    assert [one["day"] for one in numbers["versions"] if (one["language"], one["number"]) == ("en", 2)] == ["2027-05-04"]
    assert numbers["confirmed"] == 48
    assert numbers["text_not_kept"] == 0


@on_sqlite
def test_a_copy_for_mirrors_has_every_version(changed):
    names = {name for name, _ in mirror_files(changed)}

    assert {"en/petition/versions.html", "en/petition/versions/1.html", "en/petition/versions/2.html"} <= names
    assert "ar/petition/versions/1.html" in names


def test_the_signers_own_page_says_which_and_takes_the_new_one_over_only_when_asked(changed, settings):
    visitor = Visitor(changed.test_client())
    signed, untouched, _ = changed.links
    page = visitor.read(signed).text
    hashes = {one["number"]: one["sha256"] for one in versions(changed)}
    assert "Version 1 of" in page
    assert "The letter has changed since" in page

    stale = visitor.client.post(signed, data={"act": "version", "text": hashes[1]})
    answer = visitor.client.post(signed, data={"act": "version", "text": hashes[2]})
    again = visitor.client.post(signed, data={"act": "version", "text": hashes[2]})

    assert (stale.status_code, answer.status_code, again.status_code) == (409, 303, 409)
    page = visitor.read(signed).text
    assert "Version 2 of" in page
    assert "First signed: version 1 of" in page
    assert 'value="version"' not in page
    assert 'value="version"' in visitor.read(untouched).text
    refresh(changed)
    assert {one["number"]: one["confirmed"] for one in versions(changed)} == {1: 44, 2: 1}
    with changed.extensions["campaign"].database.reading() as session:
        [row] = session.scalars(sa.select(Signature).where(Signature.text_sha256 == hashes[2]))
    assert row.sealed_for == hashes[1]


def versions(app, language="en"):
    return [one for one in app.test_client().get("/api/v1/versions.json").json if one["language"] == language]


def test_what_waited_keeps_its_version_when_it_is_confirmed(changed):
    visitor, waiting = Visitor(changed.test_client()), changed.links[-1]
    with time_machine.travel("2027-05-04 13:00Z"):
        assert "Version 1 of" in visitor.read(waiting).text
        assert visitor.press(waiting).status_code == 303
        refresh(changed)

    assert {one["number"]: one["confirmed"] for one in versions(changed)} == {1: 46, 2: 0}


def test_the_export_has_the_number_beside_the_hash_and_opens_what_was_taken_over(changed, settings, tmp_path):
    visitor = Visitor(changed.test_client())
    old, new = versions(changed)
    with changed.extensions["campaign"].database.writing() as session:
        session.execute(sa.delete(Signature).where(Signature.sealed == b""))
    visitor.client.post(changed.links[0], data={"act": "version", "text": new["sha256"]})
    direct, sealed = tmp_path / "direct.jsonl", tmp_path / "sealed"
    key = settings.data / "keys" / "seal.private"

    run("export", "--format", "jsonl", "--out", str(direct))
    run("export", "--format", "sealed", "--out", str(sealed))
    run("open-export", str(sealed), "--key", str(key), "--format", "jsonl", "--out", str(tmp_path / "opened.jsonl"))

    for file in (direct, tmp_path / "opened.jsonl"):
        found = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        told = sorted((row["version"], row["text_sha256"], row["sealed_for"] or "") for row in found)
        assert told == [(1, old["sha256"], ""), (2, new["sha256"], old["sha256"])]


def run(*words):
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output


def test_signatures_under_a_text_that_was_not_kept_are_said_to_be(changed):
    site = changed.extensions["campaign"]
    with site.database.writing() as session:
        session.execute(sa.update(Signature).where(Signature.language == "ar").values(text_sha256="0" * 64))
    refresh(changed)

    page = plain(changed.test_client().get("/en/petition").text)

    assert "3 signatures are on a text that was not kept." in page
    assert changed.test_client().get("/api/v1/petition.json").json["text_not_kept"] == 3


def test_with_the_testimony_withdrawn_the_old_words_are_no_longer_shown_and_their_hash_is(changed):
    client = changed.test_client()
    before = {one["sha256"] for one in client.get("/api/v1/versions.json").json}
    with changed.extensions["campaign"].database.writing() as session:
        session.execute(sa.update(Publication).values(testimony_withdrawn_on=now().date().replace(year=2028)))
    changed.extensions["campaign"].snapshots.refresh()

    after = client.get("/api/v1/versions.json").json

    assert {one["sha256"] for one in after if one["letter"] is None} == before
    assert [(one["language"], one["number"]) for one in after if one["current"]] == [("en", 3), ("ar", 2)]
    page = client.get("/en/petition/versions/1").text
    assert "This version repeats a testimony that has been withdrawn" in page
    assert "45 signatures" in page
    assert OLD not in page
    assert "dried the books" not in client.get("/en/petition/versions/3").text


def test_words_that_changed_are_found_one_by_one():
    assert [*changed_words("we act now", "we work now")] == [
        ("kept", "we "),
        ("taken out", "act "),
        ("put in", "work "),
        ("kept", "now"),
    ]
    assert [*changed_words("", "all new")] == [("put in", "all new")]
