"""`campaign plan` shows the days and sets them; it asks before a sooner day of deletion."""

from datetime import timedelta

from campaign.database import now
from campaign.organizers import audit
from campaign.outbox import purge_clock
from campaign.petition.models import Signature
from campaign.petition.plan import Plan
from tests.people import rows
from tests.servers import on_sqlite


def in_days(number):
    """A day that many days from now."""
    return str(now().date() + timedelta(days=number))


def test_the_days_are_set_one_by_one_shown_and_recorded(app, run):
    assert "last day: not set\n" in run("plan").stdout

    assert run("plan", "--until", in_days(60)).exit_code == 0
    said = run("plan", "--hand-over", in_days(70), "--delete", in_days(90)).stdout

    assert f"last day: {in_days(60)}\nhanded over: {in_days(70)}\ndeleted: {in_days(90)}\n" in said
    assert said.count("set on ") == 2
    assert "handed over: not set" in run("plan", "--hand-over", "none").stdout
    assert [row.set_by for row in rows(app, Plan)] == ["command"] * 3
    with app.extensions["campaign"].database.reading() as session:
        assert [line.act for line in audit.read_entries(session)] == ["plan changed"] * 3
        assert audit.verify_chain(session) == []
    assert "Who has access" not in run("check").stderr


def test_a_sooner_day_for_somebody_who_has_signed_is_asked_about_first(app, run, layla):
    arguments = ("plan", "--until", in_days(60), "--delete", in_days(90))

    asked = run(*arguments, typed="n\n")
    assert asked.exit_code == 1
    assert "For 1 signatures this day of deletion is sooner" in asked.stderr
    assert rows(app, Plan) == []
    assert run(*arguments, typed="y\n").exit_code == 0

    assert str(rows(app, Signature)[0].delete_on) == in_days(90)
    assert run("plan", "--delete", in_days(80), "--yes").exit_code == 0
    assert str(rows(app, Signature)[0].delete_on) == in_days(80)


def test_opening_does_not_go_beyond_the_last_day_of_the_plan(run):
    run("plan", "--until", in_days(-1))

    refused = run("open")

    assert refused.exit_code == 1
    assert refused.stderr == f"Error: The plan ended it on {in_days(-1)}: set a later day with `campaign plan --until`.\n"


@on_sqlite
def test_what_is_no_day_or_does_not_fit_is_one_sentence(app, run):
    assert run("plan", "--until", "tomorrow").exit_code == 2
    refused = run("plan", "--delete", in_days(90))
    assert (refused.exit_code, refused.stderr) == (1, "Error: A day of deletion needs a last day of collecting.\n")
    assert rows(app, Plan) == []


def test_weeks_before_the_day_of_deletion_check_warns(run, layla):
    sentence = f"Names and addresses will be deleted for good on {in_days(28)}. Export and deliver before that day."
    run("plan", "--until", in_days(5), "--delete", in_days(29), "--yes")
    assert "will be deleted for good on" not in run("check").stderr

    run("plan", "--delete", in_days(28), "--yes")

    assert sentence in run("check").stderr.splitlines()
    assert run("check").exit_code == 0


def test_check_fails_while_deleting_waits_for_the_clock(app, run):
    database = app.extensions["campaign"].database
    purge_clock.PurgeGate(database).tick(now() - timedelta(days=40))
    assert "Nothing is deleted permanently" not in run("check").stderr

    purge_clock.PurgeGate(database).tick(now())

    said = run("check")
    assert (said.exit_code, "has run for 24 more hours" in said.stderr) == (1, True)
