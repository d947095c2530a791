"""What is expected to go wrong in a command, and the sentence that says it."""

import sqlalchemy as sa

from campaign.blocks import TextError
from campaign.config import SettingError
from campaign.database import Busy
from campaign.exports.namebook import NamesHidden
from campaign.languages import LanguageError
from campaign.mirror import NoMirror
from campaign.organizers.accounts import NoAccount
from campaign.petition.samples import NotEmpty
from campaign.prints.drawing import NotDrawn
from campaign.sealing import CannotOpen, KeyTrouble
from campaign.translating.catalogues import BadCatalogue
from campaign.translating.exchange import NotTaken

OF_FILES = (SettingError, LanguageError, TextError, BadCatalogue, NotTaken, NoMirror, NotDrawn, FileExistsError)
OF_RECORDS = (KeyTrouble, CannotOpen, NamesHidden, NoAccount, NotEmpty, Busy)


def sentence(error: Exception) -> str | None:
    """Return what went wrong in one sentence; None for a mistake of ours, which wants its traceback."""
    if isinstance(error, (*OF_FILES, *OF_RECORDS)):
        return str(error)
    if isinstance(error, sa.exc.OperationalError):
        return f"The database cannot be used: {' '.join(str(error.orig).split())}"
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'}: {error.strerror}"
    return None
