"""What cannot be exported: without the key, with a record that does not open, while names are hidden; and what is said then."""

import sqlalchemy as sa

from campaign.crypto.keys import eject
from campaign.database import now
from campaign.instance import key_folder
from campaign.petition.models import Publication
from tests.servers import on_sqlite


@on_sqlite
def test_where_the_key_is_away_there_is_what_needs_none_and_the_command_that_opens_it_elsewhere(layla, carrying, tmp_path):
    object.__setattr__(carrying.site.keys, "private", None)

    page = carrying.who.read("exports").text

    assert [name for name in ("xlsx", "csv", "jsonl", "pdf", "sealed") if f'value="{name}"' in page] == ["pdf", "sealed"]
    assert "campaign open-export signatures.sealed --key FILE --format xlsx --language en --out signatures.xlsx" in page
    assert carrying.ask("csv").status_code == 422
    assert len(carrying.gets("pdf")) > 1000
    assert b"campaign sealed export" in carrying.gets("sealed")


@on_sqlite
def test_a_key_that_was_moved_off_meanwhile_is_told_to_who_asked(layla, carrying, tmp_path):
    carrying.ask("csv")
    eject(key_folder(carrying.site.settings), tmp_path / "private.key")
    object.__setattr__(carrying.site.keys, "private", None)

    carrying.prepare()

    assert "The private key has been moved off this server." in carrying.who.read("exports").text
    assert carrying.said == ["An export could not be prepared: the private key is not on this server any more"]
    assert carrying.files() == []


@on_sqlite
def test_a_record_that_does_not_open_is_told_and_no_half_file_is_left(layla, carrying):
    with carrying.site.database.writing() as session:
        session.execute(sa.text("UPDATE signature SET text_sha256 = :other"), {"other": "0" * 64})
    carrying.ask("csv")

    carrying.prepare()

    assert "A sealed record could not be opened." in carrying.who.read("exports").text
    assert carrying.files() == []


@on_sqlite
def test_while_all_names_are_hidden_there_is_no_book_of_names(layla, carrying):
    carrying.ask("pdf")
    with carrying.site.database.writing() as session:
        session.get_one(Publication, 1).names_hidden_on = now().date()

    carrying.prepare()

    page = carrying.who.read("exports").text
    assert "All names are hidden at the moment." in page
    assert 'value="pdf"' not in page
    assert carrying.ask("pdf").status_code == 422
