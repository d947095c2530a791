"""The testimony is withdrawn by one command: its addresses are gone, and nothing of it stands anywhere."""

import urllib.error
import urllib.request
from datetime import date

import pytest
import sqlalchemy as sa

from campaign.content.redaction import quotations
from campaign.database import now
from campaign.petition import signing
from campaign.petition.models import Publication
from campaign.state import AppState
from tests.content.outputs import given_out, traces
from tests.content.withdrawing import PAIRS, own_addresses, withdraw
from tests.own_texts import on_both_texts
from tests.prints.papers import sentences
from tests.servers import LONG, Campaign, on_sqlite, wait_until

SAID = {"en": "This testimony has been withdrawn.", "ar": "سُحبت هذه الشهادة."}


def words_of_the_testimony(app):
    """Its title, its byline and every sentence, in both languages."""
    site: AppState = app.extensions["campaign"]
    for texts in site.texts.values():
        text = texts.testimony
        yield from quotations(texts.petition)
        yield from (text.title, text.meta["byline"], text.meta["warning"], text.meta["undated"], *text.meta["heart"])
        yield from (sentence for part in text.paragraphs for sentence in sentences(part.words))


def test_the_testimony_is_gone_from_every_address_in_both_languages_and_says_no_more(open_site):
    app = open_site()
    client = app.test_client()
    for code, other in PAIRS:
        for path in own_addresses(code, other):
            assert client.get(path).status_code == 200, path  # and is kept

    assert withdraw(app).exit_code == 0

    for code, other in PAIRS:
        for path in [*own_addresses(code, other), f"/{code}/sheet.pdf"]:
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store"), path
            assert SAID[code] in answer.text, path


@on_both_texts
@on_sqlite
def test_no_word_of_it_and_no_name_remains_in_anything_that_is_given_out(open_site, files, tmp_path, texts):
    app = open_site()
    told = [*words_of_the_testimony(app)]
    withdraw(app)

    found = given_out(app, tmp_path / "copy")

    names = [name for code in ("en", "ar") for name in files.left_out(code, "none")]
    for words in [*told, *names]:
        assert traces(found, words) == [], words
    assert not [name for name in found if "testimony" in name and name.startswith(("mirror", "zip", "words"))]
    assert traces(found, app.extensions["campaign"].policy.source_sha256) == []


@on_sqlite
def test_what_was_drawn_of_it_is_deleted_from_the_disk(open_site, settings):
    app = open_site()
    for path in ("/en/card.png", "/ar/testimony.pdf", "/en/sheet.pdf"):
        assert app.test_client().get(path).status_code == 200
    assert len([*(settings.data / "prints").glob("*.p*")]) == 3

    withdraw(app)

    assert [*(settings.data / "prints").glob("*.p*")] == []


@on_sqlite
def test_the_command_asks_first_and_a_no_changes_nothing(open_site):
    app = open_site()

    result = withdraw(app, answer="n")

    assert result.exit_code == 1
    assert app.test_client().get("/en/testimony").status_code == 200


def test_withdrawing_again_changes_nothing_and_keeps_the_day_on_which_the_collecting_ended(open_site):
    app = open_site()
    site: AppState = app.extensions["campaign"]
    with site.database.writing() as session:
        signing.close(session, date(2020, 1, 1))

    assert [withdraw(app).exit_code for _ in range(2)] == [0, 0]

    with site.database.reading() as session:
        row = session.scalars(sa.select(Publication)).one()
    assert (row.closed_on, row.testimony_withdrawn_on) == (date(2020, 1, 1), now().date())


@pytest.mark.slow
def test_workers_that_are_running_notice_it_without_a_restart(tmp_path):
    with Campaign(tmp_path / "instance", workers=2) as running:
        address = f"{running.url}/ar/testimony"
        for _ in range(10):
            assert urllib.request.urlopen(address, timeout=LONG).status == 200
        assert running.run("testimony", "withdraw", input="y\n").returncode == 0

        wait_until(lambda: all(status(address) == 410 for _ in range(10)))


def status(address):
    """What an address answers."""
    try:
        return int(urllib.request.urlopen(address, timeout=LONG).status)
    except urllib.error.HTTPError as error:
        return error.code
