"""The command line: every command by its name, imported when it is called, and what goes wrong in one sentence."""

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click

# Where each command is, and the first sentence of its help, so that `campaign --help` imports none of them; a test compares.
COMMAND_PLACES = {
    "backup": ("backup", "Write the database into the new FILE, encrypted to the backup key, while people sign."),
    "check": ("check", "Check settings, texts, keys, database and mail; say what is wrong, and how to fix it."),
    "close": ("signatures", "Close signing; links already sent can still be confirmed."),
    "confirm-clock": (
        "status",
        "Confirm that this machine's clock is right after a jump, so that expired data is deleted again.",
    ),
    "deliver": (
        "deliver",
        "Write the package for one office into a new folder, and record it with its count and the hash of each file.",
    ),
    "erase": ("signatures", "Find everything stored about an e-mail address, and erase it."),
    "export": (
        "exports",
        "Export the confirmed signatures; use `sealed` to carry them to the machine that has the private key.",
    ),
    "keys": ("keys", "Manage the keys that records are sealed to."),
    "languages": ("languages", "Manage the languages of the site and their translations."),
    "mail": ("status", "Test the mail, and send failed e-mails again."),
    "migrate": ("server", "Update the database's schema; safe when two start at once."),
    "mirror": (
        "exports",
        "Copy every page for readers into FOLDER, as files that open from a disk or from any web server.",
    ),
    "move": ("backup", "Move everything from SQLite into the empty PostgreSQL database at DATABASE_URL."),
    "news": ("news", "Send an update by e-mail to those who asked for news, without the key of the signatures."),
    "open": ("signatures", "Let people sign again."),
    "open-export": ("exports", "Open a sealed export; needs nothing but the private key."),
    "organizers": ("organizers", "Manage the accounts of the organizers' desk."),
    "plan": (
        "plan",
        "Show or set the first and last day of collecting, and the days of delivery and deletion.",
    ),
    "prepare": ("server", "Prepare the exports that organizers asked for at the desk; the worker does so by itself."),
    "publish": (
        "publish",
        "Publish the campaign's own words from the files and settings; show what changes, and ask first.",
    ),
    "restore": ("backup", "Replace the database with the backup FILE, without people who left since."),
    "sample": ("signatures", "Fill an empty data folder with NUMBER made-up signatures, for trying and measuring."),
    "serve": ("server", "Serve the site and send its mail; create what is missing."),
    "status": (
        "status",
        "Show the published count, the signatures and e-mails that wait, failed or overdue e-mails, and every condition.",
    ),
    "testimony": ("signatures", "Look after the testimony."),
    "texts": ("texts", "Export the campaign's own words as files, and import them as drafts."),
    "warn": ("warn", "Warn everyone in a sealed export by e-mail, each once; without --send only show what would be sent."),
    "work": ("server", "Send the mail and do the timed work, without serving."),
}


class LazyCommands(Mapping[str, click.Command]):
    """The commands by name; a module is imported when one of its commands is needed."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"campaign.cli.{COMMAND_PLACES[name][0]}")
        found: dict[str, click.Command] = {command.name: command for command in module.COMMANDS}
        return found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMAND_PLACES)

    def __len__(self) -> int:
        return len(COMMAND_PLACES)


class CampaignGroup(click.Group):
    """A group whose commands end with one sentence and exit code 1 when something goes wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what is expected to go wrong is said without a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # whoever reads, such as `head`, has seen enough: click ends without a word
        except Exception as error:
            from campaign.cli.errors import error_sentence

            words = error_sentence(error)
            if words is None:
                raise
            raise click.ClickException(words) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        width = formatter.width - 6 - max(map(len, COMMAND_PLACES))
        lines = [(name, click.Command(name, help=words).get_short_help_str(width)) for name, (_, words) in COMMAND_PLACES.items()]
        with formatter.section("Commands"):
            formatter.write_dl(lines)


@click.group(
    cls=CampaignGroup,
    commands=LazyCommands(),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="campaign")
def main() -> None:
    """A testimony, a call, and the signatures under it."""
    os.umask(0o077)  # what is written is for this user alone; commands that write for others say so
