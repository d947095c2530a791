"""What is expected to go wrong in a command, and the sentence that says it."""

import sqlalchemy as sa

from campaign.config import SettingError
from campaign.content.files import TextError
from campaign.crypto.keys import KeyFileError
from campaign.crypto.sealing import CannotOpen
from campaign.database import DatabaseBusy
from campaign.exports.pdf import NamesHidden
from campaign.exports.warning_record import CannotWarn
from campaign.languages import LanguageError
from campaign.organizers.accounts import AccountError
from campaign.organizers.ledger import NotOurs
from campaign.petition.samples import NotEmpty
from campaign.prints.render import RenderError
from campaign.public.mirror import MirrorError
from campaign.translation.catalogues import BadCatalogue
from campaign.translation.po_exchange import ImportRefused

FILE_ERRORS = (SettingError, LanguageError, TextError, BadCatalogue, ImportRefused, MirrorError, RenderError, FileExistsError)
RECORD_ERRORS = (KeyFileError, CannotOpen, CannotWarn, NamesHidden, AccountError, NotEmpty, NotOurs, DatabaseBusy)


def error_sentence(error: Exception) -> str | None:
    """Return what went wrong in one sentence; None for a mistake of ours, which wants its traceback."""
    if isinstance(error, (*FILE_ERRORS, *RECORD_ERRORS)):
        return str(error)
    if isinstance(error, sa.exc.OperationalError):
        return f"The database cannot be used: {' '.join(str(error.orig).split())}"
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'}: {error.strerror}"
    return None
