"""The ledger of the desk: a change of its format by a byte fails here, and so does a table whose column nobody thought of."""

from datetime import date, datetime

import sqlalchemy as sa

from campaign.database import Base
from campaign.organizers import audit, ledger, models
from campaign.organizers.models import AuditEntry
from campaign.organizers.protected_rows import PROTECTED, SINCE_THEN, digest_row
from campaign.petition.models import Publication

RECORDS = {record.__name__: record for record in PROTECTED}
READ = {sa.LargeBinary: bytes.fromhex, sa.Date: date.fromisoformat, sa.DateTime: datetime.fromisoformat}
FREE = {  # what may be written without being in the ledger: how far an export is, the audit's end, who wants a daily e-mail
    models.Account: "daily_language daily_sent_on",
    models.ExportJob: "begun_at attempts lease_until claimed_by expected done"
    " prepared_at sha256 size key_box failed_at trouble taken_at",
    models.Desk: "last_line last_hash ledger counter mac",
}


def loaded(recorded):
    """A recorded row, as it comes from the database."""
    record = RECORDS[recorded["record"]]
    values = {}
    for name, value in recorded["values"].items():
        kind = record.__table__.c[name].type
        read = next((READ[one] for one in READ if isinstance(getattr(kind, "impl_instance", kind), one)), None)
        values[name] = read(value) if read and value is not None else value
    return record(**values)


def test_rows_have_the_recorded_names_and_digests(vectors, keys):
    for recorded in vectors["ledger of the desk"]["rows"]:
        assert digest_row(loaded(recorded), keys.desk) == (recorded["name"], recorded["digest"])


def test_the_ledger_is_stored_and_coded_as_recorded(vectors, keys):
    recorded = vectors["ledger of the desk"]
    rows = {row["name"]: row["digest"] for row in recorded["rows"]}

    text = ledger.Ledger(recorded["counter"], rows, unsigned_lines=2).text()

    assert text == recorded["text"]
    assert ledger.mac(keys.desk, recorded["counter"], text).hex() == recorded["mac"]


def test_audit_lines_have_the_recorded_codes(vectors, keys):
    for recorded in vectors["audit line"]["lines"]:
        assert audit.entry_mac(keys.desk, AuditEntry(hash=bytes.fromhex(recorded["hash"]))).hex() == recorded["mac"]


def test_every_column_of_a_protected_table_is_protected_or_known_not_to_be():
    known: dict[type[Base], set[str]] = {
        record: {*PROTECTED[record], *SINCE_THEN.get(record, ()), *FREE.get(record, "").split()} for record in PROTECTED
    }

    for record, names in known.items():
        if record is not Publication:
            assert {column.name for column in record.__table__.columns} == names, record


def test_the_audit_and_the_counts_of_wrong_guesses_have_no_column_for_a_network_or_a_browser():
    columns = {one.__tablename__: " ".join(one.__table__.columns.keys()) for one in (models.AuditEntry, models.LoginAttempts)}

    assert columns == {
        "audit_line": "number at by act facts previous hash mac",
        "guesses": "account_id day device tried wrong next_at",
    }
