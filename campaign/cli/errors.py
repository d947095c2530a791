"""What is expected to go wrong in a command, and the sentence that says it."""

import sqlalchemy as sa

from campaign.config import SettingError
from campaign.content.files import TextError
from campaign.crypto.sealing import CannotOpen, KeyTrouble
from campaign.database import Busy
from campaign.exports.pdf import NamesHidden
from campaign.languages import LanguageError
from campaign.organizers.accounts import NoAccount
from campaign.petition.samples import NotEmpty
from campaign.prints.render import NotDrawn
from campaign.public.mirror import NoMirror
from campaign.translation.catalogues import BadCatalogue
from campaign.translation.po_exchange import NotTaken

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
