"""Who may take signatures out, and when: a second organizer agrees, the key is here, the one who asked is asked again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign import sealing
from campaign.database import now
from campaign.folder import keys_in
from campaign.organizers import accounts, logins
from campaign.organizers.models import Desk, Login, Request
from campaign.petition.models import Publication
from tests.organizers.carrying import Carrying
from tests.servers import on_sqlite


@pytest.fixture
def guarded(app, omar, nour):
    """Omar takes signatures out where the rule of four eyes is on."""
    return Carrying(app, omar)


def wait_for_the_second(carrying):
    """The number of the request that waits."""
    with carrying.site.database.reading() as session:
        return str(session.scalar(sa.select(Request.id).where(Request.decided_at.is_(None))))


def forget_the_proof(carrying):
    """Omar gave passphrase and code too long ago."""
    with carrying.site.database.writing() as session:
        session.execute(sa.update(Login).values(asked_at=now() - logins.FRESH - timedelta(seconds=1)))


@pytest.mark.parametrize("document", ["csv", "xlsx", "jsonl"])
def test_addresses_go_out_when_a_second_organizer_agrees_and_not_before(layla, guarded, nour, document):
    guarded.ask(document)
    guarded.prepare()
    assert guarded.exports() == []
    assert "It waits for a second organizer." in guarded.who.read("exports").text

    number = wait_for_the_second(guarded)
    assert guarded.who.send("requests", request=number, deed="agree").status_code == 409
    assert guarded.exports() == []
    assert nour.send("requests", request=number, deed="agree").status_code == 303
    assert nour.send("requests", request=number, deed="agree").status_code == 409
    guarded.prepare()

    assert len(guarded.exports()) == 1
    assert guarded.take().status_code == 200
    assert [line["by"] for line in guarded.audit("export asked for")] == ["omar@example.org"]


@on_sqlite
@pytest.mark.parametrize("document", ["pdf", "sealed"])
def test_what_shows_nobodys_address_needs_no_second_organizer(layla, guarded, document):
    assert len(guarded.gets(document)) > 100


@on_sqlite
def test_asking_a_second_organizer_twice_for_the_same_asks_once(layla, guarded, nour):
    for _ in range(2):
        guarded.ask("csv")

    assert nour.read("requests").text.count('value="agree"') == 1


@on_sqlite
def test_what_was_declined_is_never_prepared(layla, guarded, nour):
    guarded.ask("csv")

    nour.send("requests", request=wait_for_the_second(guarded), deed="decline")
    guarded.prepare()

    assert guarded.exports() == []


def test_nobody_but_who_asked_can_take_it(layla, carrying, nour):
    carrying.ask("sealed")
    carrying.prepare()
    of_nour = Carrying(carrying.app, nour)

    assert of_nour.take().status_code == 409
    assert carrying.exports()[0].id.hex() not in nour.read("exports").text
    assert carrying.take().status_code == 200


@on_sqlite
def test_before_taking_it_passphrase_and_code_are_asked_for_again(layla, carrying):
    carrying.ask()
    carrying.prepare()
    forget_the_proof(carrying)

    assert "Give passphrase and code to take it" in carrying.who.read("exports").text
    assert carrying.take().headers["Location"] == "/en/organize/again?next=%2Fen%2Forganize%2Fexports%2Ftake"
    assert len(carrying.files()) == 1
    assert carrying.who.read("exports/take").headers["Location"] == "/en/organize/exports"
    carrying.who.prove()
    assert carrying.take().status_code == 200


@on_sqlite
@pytest.mark.parametrize("document", ["csv", "pdf", "sealed"])
def test_a_moderator_exports_nothing_not_even_what_is_shown(layla, carrying, hadi, document):
    carrying.ask("sealed")
    carrying.prepare()
    of_hadi = Carrying(carrying.app, hadi)

    assert hadi.read("exports").status_code == 403
    assert of_hadi.ask(document).status_code == 403
    assert of_hadi.take().status_code == 403
    assert len(carrying.exports()) == 1


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
    sealing.eject(keys_in(carrying.site.settings), tmp_path / "private.key")
    object.__setattr__(carrying.site.keys, "private", None)

    carrying.prepare()

    assert "The private key was moved off this server meanwhile." in carrying.who.read("exports").text
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


def test_with_its_account_an_export_goes_too(layla, carrying):
    carrying.ask("sealed")
    carrying.prepare()

    with carrying.site.database.writing() as session:
        accounts.remove(session, "omar@example.org", now())
    carrying.later(timedelta(0))

    assert (carrying.exports(), carrying.files()) == ([], [])


@on_sqlite
@pytest.mark.parametrize("export", ["", "xyz", "00" * 16, "ab"])
def test_what_is_no_export_cannot_be_taken(carrying, export):
    assert carrying.who.send("exports/take", export=export).status_code in (400, 409)


@on_sqlite
def test_the_rule_is_on_unless_it_was_turned_off(guarded):
    with guarded.site.database.reading() as session:
        assert session.get_one(Desk, 1).four_eyes_off_at is None
