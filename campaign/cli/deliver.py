"""The command that writes what is handed over to one office."""

from contextlib import closing
from pathlib import Path

import click

from campaign import create_app
from campaign.cli.exports import find_office
from campaign.cli.signatures import open_campaign
from campaign.handover.demands import SEEN_BY_PROGRAM, check_demands
from campaign.handover.offer import fill, offer
from campaign.handover.package import draft_folder, name_folder, write_package
from campaign.handover.printed_line import line_faults
from campaign.languages import LANGUAGES, SOURCE
from campaign.organizers.deliveries import record_delivery
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.deliveries import Delivery
from campaign.petition.plan import COMMAND
from campaign.petition.word_faults import clean_words

ARRANGED = [demand.value for demand in Demand if demand not in SEEN_BY_PROGRAM]


def to_printed_line(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    """Return what a package prints on one line; refuse what the desk refuses."""
    line = clean_words(typed, is_markdown=False)
    if faults := list(line_faults(line)):
        raise click.BadParameter(" ".join(faults))
    return line


@click.command()
@click.option("--to", "office", required=True, help="The addressee, by its name or key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder to write.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="The first language; by default one that the office reads.")
@click.option("--person", default="", callback=to_printed_line, help="The contact person, named as on the page.")
@click.option("--postal-address", "postal", default="", callback=to_printed_line, help="The postal address of the campaign.")
@click.option(
    "--arranged",
    multiple=True,
    type=click.Choice(ARRANGED),
    help="A requirement that you have met yourselves; repeat for each.",
)
@click.option("--names", "with_names", is_flag=True, help="Add the shown names that this office may get.")
def deliver(
    *, office: str, out: Path, language: str | None, person: str, postal: str, arranged: tuple[str, ...], with_names: bool
) -> None:
    """Write the package for one office into a new folder, and record it with its count and the hash of each file."""
    settings, database = open_campaign()
    with closing(database), create_app(settings).app_context(), draft_folder(out) as draft:
        to = find_office(database, office)
        handover = fill(to, person=person, postal=postal)
        offered = offer(handover, language, [Demand(one) for one in arranged])
        languages, count = list(offered.languages), handover.count
        files = write_package(draft, handover, languages, offered, with_names=with_names)
        row = Delivery(office=to.key, day=handover.day, counts=count.as_value(), files=files, by=COMMAND)
        with database.writing() as session:
            record_delivery(session, row, by="", with_names=with_names)
        name_folder(draft, out)  # once it is recorded: killed between, it is recorded and nobody has it
    channel = CHANNELS.get(to.details.channel)
    missing = [one.value for one, is_met in check_demands(channel, offered).items() if not is_met] if channel else []
    click.echo(f"{out}: {len(files)} files for {to.name(SOURCE)}, {count.confirmed:,} signatures.", err=True)
    if channel is None:
        click.echo("No channel has been entered for this office, so its requirements are not known.", err=True)
    elif missing:
        click.echo(f"Missing of what {channel.key} asks for: {', '.join(missing)}; README says more.", err=True)


COMMANDS = (deliver,)
