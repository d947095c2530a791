"""The command that writes what is handed over to one office."""

from contextlib import closing
from pathlib import Path

import click

from campaign import create_app
from campaign.cli.exports import find_office
from campaign.cli.signatures import open_campaign
from campaign.content.pages import Texts
from campaign.database import now
from campaign.handover.demands import SEEN_BY_PROGRAM, Offered, check_demands
from campaign.handover.documents import Handover, languages_of
from campaign.handover.package import draft_folder, name_folder, write_package
from campaign.languages import LANGUAGES, SOURCE
from campaign.organizers.deliveries import record_delivery
from campaign.petition.channels import CHANNELS, Demand
from campaign.petition.deliveries import Delivery, freeze_count
from campaign.petition.plan import COMMAND
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.state import state

ARRANGED = [demand.value for demand in Demand if demand not in SEEN_BY_PROGRAM]


@click.command()
@click.option("--to", "office", required=True, help="The addressee, by its name or key.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder to write.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="The first language; by default one that it reads.")
@click.option("--person", default="", help="The one person who answers, as the page is to name them.")
@click.option("--postal-address", "postal", default="", help="The postal address of the campaign.")
@click.option("--arranged", multiple=True, type=click.Choice(ARRANGED), help="A demand that you have seen to yourselves; each.")
@click.option("--names", "with_names", is_flag=True, help="Add the shown names that this office may get.")
def deliver(
    *, office: str, out: Path, language: str | None, person: str, postal: str, arranged: tuple[str, ...], with_names: bool
) -> None:
    """Write what is handed over to one office into a new folder, and record it with its count and the hash of each file."""
    settings, database = open_campaign()
    with closing(database), create_app(settings).app_context(), draft_folder(out) as draft:
        to, latest, texts = find_office(database, office), current_snapshot(), shown_texts()
        hashes = {code: one.consent_hash for code, one in texts.items()}
        count = freeze_count(latest, "" if to.is_endangering else to.details.country, hashes)
        handover = Handover(to, count, now().date(), person.strip(), postal.strip(), latest.is_testimony_withdrawn)
        languages = languages_of(to, language, SOURCE)
        offered = Offered(
            languages,
            _words(texts[languages[0]]),
            handover.person,
            [Demand(one) for one in arranged],
            None if latest.is_testimony_withdrawn else state().policy,
        )
        files = write_package(draft, handover, languages, offered, with_names=with_names)
        row = Delivery(office=to.key, day=handover.day, counts=count.as_value(), files=files, by=COMMAND)
        with database.writing() as session:
            record_delivery(session, row, by="", with_names=with_names)
        name_folder(draft, out)  # once it is recorded: killed between, it is recorded and nobody has it
    channel = CHANNELS.get(to.details.channel)
    missing = [one.value for one, is_met in check_demands(channel, offered).items() if not is_met] if channel else []
    click.echo(f"{out}: {len(files)} files for {to.name(SOURCE)}, {count.confirmed:,} signatures.", err=True)
    if channel is None:
        click.echo("No channel has been entered for this office, so its demands are not known.", err=True)
    elif missing:
        click.echo(f"Missing of what {channel.key} asks for: {', '.join(missing)}; README says more.", err=True)


def _words(texts: Texts) -> int:
    return len(texts.petition.body.split())


COMMANDS = (deliver,)
