"""Erasing: an address is asked for, never an argument, and everything there is of it goes."""

from campaign.database import now
from campaign.organizers import ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry, Desk
from campaign.outbox.queue import OutboxMessage
from campaign.petition import signing
from campaign.petition.models import Signature, Submission, Tally
from tests.people import hidden_fields, rows
from tests.servers import on_sqlite


def test_everything_of_an_address_goes_however_it_is_written_and_nothing_of_others(app, run, visitor, layla, sami):
    visitor.sign(email="layla+again@example.org", name="Once more")

    result = run("erase", "--yes", typed=" Layla@EXAMPLE.org \n")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"Erased: a signature, confirmed on {now().date()}, counted.",
        "Erased: 1 e-mail whose link was not pressed yet.",
        "The published count changes with its next publication.",
    ]
    assert rows(app, Signature) == []
    assert len(rows(app, Submission)) == len(rows(app, OutboxMessage)) == 1
    assert [tally.number for tally in rows(app, Tally)] == [1]
    assert visitor.read(layla).status_code == 404
    assert visitor.read(sami).status_code == 200


def test_what_waits_to_be_confirmed_goes_and_no_number_remains(app, run, visitor, sami):
    result = run("erase", "--yes", typed="sami@example.org\n")

    assert (result.exit_code, result.stdout) == (0, "Erased: 1 e-mail whose link was not pressed yet.\n")
    assert rows(app, Submission) == rows(app, OutboxMessage) == rows(app, Tally) == []


@on_sqlite
def test_the_audit_has_a_line_of_it_as_from_the_desk_and_not_whose_it_was(app, run, layla):
    [signature] = rows(app, Signature)

    run("erase", "--yes", typed="layla@example.org\n")
    run("erase", "--yes", typed="nobody@example.org\n")

    [line] = [row for row in rows(app, AuditEntry) if row.act == Action.ERASED]
    assert (line.by, line.facts) == ("", {"number": 1})
    assert not any(words in repr(line.facts) for words in ("layla", signature.id.hex()))


@on_sqlite
def test_an_address_that_is_not_there_or_none_is_one_sentence(app, run, layla):
    for typed, sentence in (
        ("nobody@example.org", "Nothing is stored for this address."),
        ("layla", "Nothing is stored for this address."),
        ("layla@exa mple..org", "This is not an e-mail address."),
        (f"layla@{'x' * 300}.org", "This is not an e-mail address."),
    ):
        result = run("erase", typed=f"{typed}\n")
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].endswith(f"Error: {sentence}"), typed
    assert run("erase", typed="").exit_code == 1
    assert len(rows(app, Signature)) == 1


@on_sqlite
def test_what_was_found_is_shown_first_and_a_no_changes_nothing(app, run, visitor, layla):
    visitor.client.post("/en/link", data=hidden_fields(visitor.read("/en/link").text, "/link") | {"email": "layla@example.org"})

    result = run("erase", typed="layla@example.org\nn\n")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"Found: a signature, confirmed on {now().date()}, counted.",
        "Found: 1 e-mail with a link that was asked for again.",
    ]
    assert "Erase all of this for good?" in result.stderr
    assert len(rows(app, Signature)) == len(rows(app, OutboxMessage)) == 1
    assert "Erased: a signature" in run("erase", typed="layla@example.org\ny\n").stdout
    assert rows(app, Signature) == rows(app, OutboxMessage) == []


@on_sqlite
def test_the_address_is_not_said_again(run, layla):
    result = run("erase", "--yes", typed="layla@example.org\n")

    assert "layla" not in result.stdout


def test_the_tables_of_the_desk_are_locked_before_the_signature_as_the_desk_does(app, run, layla, monkeypatch):
    erase, locked = signing.erase, []

    def noted(session, *rest):
        locked.append(ledger.CHANGE in session.info)
        return erase(session, *rest)

    monkeypatch.setattr(signing, "erase", noted)
    run("erase", "--yes", typed="layla@example.org\n")

    assert locked == [True]
    assert rows(app, Signature) == []


def test_an_address_is_erased_whatever_is_wrong_with_the_desk(app, run, layla):
    with app.extensions["campaign"].database.writing() as session:
        desk = session.get_one(Desk, 1)
        desk.ledger, desk.mac = "{}", b"not ours"

    assert run("erase", "--yes", typed="layla@example.org\n").exit_code == 0

    assert rows(app, Signature) == []
