"""What is expected to go wrong in a command, and the sentence that says it."""

import sqlite3

import psycopg
import sqlalchemy as sa

from campaign.backup.container import BackupError
from campaign.config import SettingError
from campaign.content.files import TextError
from campaign.crypto.keys import KeyFileError
from campaign.crypto.sealing import CannotOpen
from campaign.database import DatabaseBusy
from campaign.exports.pdf import NamesHidden
from campaign.exports.warning_record import CannotWarn
from campaign.identity import IdentityError
from campaign.languages import LanguageError
from campaign.organizers.accounts import AccountError
from campaign.organizers.ledger import NotOurs
from campaign.petition.publishing import CannotPublish
from campaign.petition.samples import NotEmpty
from campaign.petition.word_files import FilesRefused
from campaign.prints.render import RenderError
from campaign.public.mirror import MirrorError
from campaign.schema_version import OtherSchema
from campaign.translation.catalogues import BadCatalogue
from campaign.translation.po_exchange import ImportRefused
from campaign.translation.source import CannotBeSource

FILE_ERRORS = (
    *(SettingError, IdentityError, LanguageError, TextError, BadCatalogue, CannotBeSource, ImportRefused, MirrorError),
    *(RenderError, FileExistsError),
)
RECORD_ERRORS = (
    *(BackupError, KeyFileError, CannotOpen, CannotPublish, CannotWarn, FilesRefused, NamesHidden, AccountError, NotEmpty),
    *(NotOurs, DatabaseBusy, OtherSchema),
)
DATABASE_DAMAGED = (
    "The database is damaged ({}): stop the site, keep a copy of the data folder, and put the newest backup back with"
    " `campaign restore`."
)


def error_sentence(error: Exception) -> str | None:
    """Return what went wrong in one sentence; None for a mistake of ours, which wants its traceback."""
    if isinstance(error, (*FILE_ERRORS, *RECORD_ERRORS)):
        return str(error)
    if isinstance(error, sa.exc.OperationalError):
        return f"The database cannot be used: {' '.join(str(error.orig).split())}"
    if isinstance(error, sa.exc.ProgrammingError) and isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
        return f"The database does not belong to the user in CAMPAIGN_DATABASE_URL: {' '.join(str(error.orig).split())}"
    if isinstance(error, sa.exc.DatabaseError) and type(error.orig) is sqlite3.DatabaseError:
        return DATABASE_DAMAGED.format(error.orig)
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'}: {error.strerror}"
    return None
