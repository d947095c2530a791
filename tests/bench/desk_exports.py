"""Exports from the desk: the process that prepares one, its memory at each size; and the book of names."""

from contextlib import closing

import sqlalchemy as sa

from campaign.crypto.keys import load_keys
from campaign.database import Database, now
from campaign.exports import rows
from campaign.exports.formats import FORMATS
from campaign.exports.pdf import PDF
from campaign.exports.rows import SignatureFilter
from campaign.organizers import export_jobs, export_store, ledger
from campaign.organizers.models import ORGANIZER, Account, ExportJob
from tests.bench.exporting import MOST, Run, watched
from tests.bench.figures import Section
from tests.bench.servers import Site

MOST_OF_A_BOOK = 1_500  # MB, for 100,000 names
EMAIL = "exports@example.org"


def measure(sites: list[Site]) -> Section:
    """Time and memory of each document at each size."""
    section = Section(
        "Exports from the desk, and the book of names",
        "The processes that prepare one file, including the start of the interpreter: the largest one, and all of them together"
        " with shared memory counted once. The file is encrypted as it is written. The book has every third name.",
        ["", "names or rows", "seconds", "largest process, MB", "together, MB", "MB of file"],
    )
    for site in sites:
        with closing(site.open_database()) as database:
            found = {document: _prepare(site, database, document) for document in FORMATS if FORMATS[document].at_desk}
        for document, (number, run, size) in found.items():
            section.add(f"{site.size:,}: {document}", f"{number:,}", run.seconds, run.largest, run.together, size / 1e6)
        tables = max(run.together for document, (_, run, _) in found.items() if document != PDF.name)
        names, book, _ = found[PDF.name]
        section.hold(f"memory of an export of {site.size:,} from the desk", tables, most=MOST, unit=" MB")
        section.hold(f"memory of a book of {names:,} names", book.together, most=MOST_OF_A_BOOK, unit=" MB")
    return section


def _prepare(site: Site, database: Database, document: str) -> tuple[int, Run, int]:
    """Orders a file as a second organizer's agreement does, has it prepared and takes it: how many, the run, its size."""
    with database.writing() as session:
        ledger.begin_change(session)
        session.merge(Account(id=1_000_000, email=EMAIL, role=ORGANIZER, last_step=0, ready_at=now()))
        session.flush()
        export_jobs.enqueue_export(session, {"format": document, "reader": "ar"}, EMAIL)
    run = watched(site, "prepare")
    key = load_keys(site.data / "keys").desk
    with database.writing() as session:
        export = session.scalars(sa.select(ExportJob).where(ExportJob.key_box.is_not(None))).one()
        export_jobs.claim_download(session, key, export.id, export.account, now())
        export_store.open_once(session, database, site.data, export).close()
    with database.writing() as session:  # what is left of its parts, on PostgreSQL
        export_store.delete_unneeded(session, site.data, now())
    assert export.done == rows.count_rows(database, FORMATS[document].narrow(SignatureFilter()))
    return export.done, run, export.size or 0
