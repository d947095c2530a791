"""The command line: every command by its name, and what goes wrong in one sentence."""

from typing import Any

import click
import sqlalchemy as sa

from campaign.blocks import TextError
from campaign.commands import exporting, keys, languages, looking, mirroring, organizers, running, signatures, testimony
from campaign.config import SettingError
from campaign.database import Busy
from campaign.exports.namebook import NamesHidden
from campaign.folder import NoFolder
from campaign.mirror import NoMirror
from campaign.organizers.accounts import NoAccount
from campaign.petition.samples import NotEmpty
from campaign.prints.drawing import NotDrawn
from campaign.sealing import CannotOpen, KeyTrouble
from campaign.translating.catalogues import BadCatalogue
from campaign.translating.exchange import NotTaken

EXPECTED = (
    SettingError,
    NoFolder,
    NotEmpty,
    NoAccount,
    NoMirror,
    KeyTrouble,
    TextError,
    Busy,
    NotTaken,
    BadCatalogue,
    FileExistsError,
)
EXPECTED_OF_EXPORTS = (CannotOpen, NamesHidden, NotDrawn)


class Campaign(click.Group):
    """A group whose commands end with one sentence and exit code 1 when something goes wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; what is expected to go wrong is said without a traceback."""
        try:
            return super().invoke(ctx)
        except (*EXPECTED, *EXPECTED_OF_EXPORTS) as error:
            raise click.ClickException(str(error)) from None
        except sa.exc.OperationalError as error:
            raise click.ClickException(f"The database cannot be used: {' '.join(str(error.orig).split())}") from None
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'The file'}: {error.strerror}") from None


@click.group(cls=Campaign, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="campaign")
def main() -> None:
    """A testimony, a call, and the signatures under it."""


ROOMS = (running, looking, signatures, exporting, mirroring, keys, languages, organizers, testimony)
for command in (command for room in ROOMS for command in room.COMMANDS):
    main.add_command(command)
