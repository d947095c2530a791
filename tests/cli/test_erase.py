"""Erasing: an address is asked for, never an argument, and everything there is of it goes."""

from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission, Tally
from tests.people import rows
from tests.servers import on_sqlite


def test_everything_of_an_address_goes_however_it_is_written_and_nothing_of_others(app, run, visitor, layla, sami):
    visitor.sign(email="layla+again@example.org", name="Once more")

    result = run("erase", typed=" Layla@EXAMPLE.org \n")

    assert result.exit_code == 0
    assert result.stdout == "Erased. The published count follows within its next publication.\n"
    assert rows(app, Signature) == []
    assert len(rows(app, Submission)) == len(rows(app, OutboxMessage)) == 1
    assert [tally.number for tally in rows(app, Tally)] == [1]
    assert visitor.read(layla).status_code == 404
    assert visitor.read(sami).status_code == 200


def test_what_waits_to_be_confirmed_goes_and_no_number_remains(app, run, visitor, sami):
    assert run("erase", typed="sami@example.org\n").exit_code == 0

    assert rows(app, Submission) == rows(app, OutboxMessage) == rows(app, Tally) == []


@on_sqlite
def test_an_address_that_is_not_there_or_none_is_one_sentence(app, run, layla):
    for typed, sentence in (
        ("nobody@example.org", "There is nothing of this address."),
        ("layla", "There is nothing of this address."),
        ("layla@exa mple..org", "This is not an e-mail address."),
        (f"layla@{'x' * 300}.org", "This is not an e-mail address."),
    ):
        result = run("erase", typed=f"{typed}\n")
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].endswith(f"Error: {sentence}"), typed
    assert run("erase", typed="").exit_code == 1
    assert len(rows(app, Signature)) == 1


@on_sqlite
def test_the_address_is_not_said_again(run, layla):
    result = run("erase", typed="layla@example.org\n")

    assert "layla" not in result.stdout
