"""The command for the plan of the campaign: its days shown and set."""

from dataclasses import replace
from datetime import date

import click

from campaign.cli.signatures import open_campaign
from campaign.database import Database, now
from campaign.languages import read_day
from campaign.organizers import plan_change
from campaign.petition import plan as rules
from campaign.petition.plan import Days, InvalidPlan

OPEN = "none"  # typed for a day that is taken away
DAY_LABELS = {"opens_on": "first day", "closes_on": "last day", "hand_over_on": "handed over", "delete_on": "deleted"}
SOONER = "For {} signatures this day of deletion is sooner than what they were promised. It cannot be taken back. Set it?"


class DayOrNone(click.ParamType["date | str"]):
    """A day, or `none`."""

    name = "day"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        """Return the day, or the word."""
        if value == OPEN:
            return value
        try:
            return read_day(value)
        except ValueError:
            self.fail(f"{value!r} is not a day. Write it like 2026-11-22, or write `none`.", param, ctx)


@click.command()
@click.option("--from", "opens_on", type=DayOrNone(), help="The first day of collecting signatures.")
@click.option("--until", "closes_on", type=DayOrNone(), help="The last day of collecting signatures.")
@click.option("--hand-over", "hand_over_on", type=DayOrNone(), help="The day on which the letter is to be handed over.")
@click.option("--delete", "delete_on", type=DayOrNone(), help="The day on which names and addresses are deleted.")
@click.option("--yes", is_flag=True, help="Do not ask before an earlier day of deletion.")
def plan(*, yes: bool, **typed: date | str | None) -> None:
    """Show or set the first and last day of collecting, and the days of delivery and deletion."""
    _, database = open_campaign()
    wanted = {name: None if day == OPEN else day for name, day in typed.items() if day is not None}
    if wanted:
        _set(database, wanted, yes=yes)
    with database.reading() as session:
        changes = rules.history(session)
    for name, label in DAY_LABELS.items():
        day = getattr(changes[0].days if changes else Days(), name)
        click.echo(f"{label}: {day or 'not set'}")
    for change in changes:
        said = ", ".join(f"{DAY_LABELS[name]} {day or 'not set'}" for name, day in change.days.as_text().items())
        click.echo(f"set on {change.set_on}: {said}")


def _set(database: Database, wanted: dict[str, date | str | None], *, yes: bool) -> None:
    """Set the days that were typed; the others stay."""
    try:
        with database.reading() as session:
            days = replace(rules.current_days(session), **wanted)  # type: ignore[arg-type]  # days, as `convert` has returned them
            rules.check_plan(session, days, now().date())
            number = rules.sooner_for(session, days.delete_on)
        if number and not yes:
            click.confirm(SOONER.format(number), abort=True, err=True)
        with database.writing() as session:
            plan_change.change_plan(session, days, by="", today=now().date())
    except InvalidPlan as wrong:
        raise click.ClickException(str(wrong)) from None


COMMANDS = (plan,)
