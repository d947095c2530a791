"""A backup of an earlier version of the program is put back by this one, its tables brought up to date on the way."""

import shutil
from contextlib import closing

import sqlalchemy as sa

from campaign import instance
from campaign.backup import making
from campaign.config import Settings
from campaign.petition.models import Signature
from tests.servers import PostgreSQL

FIRST_WITH_BACKUPS = "0016"
SIGNATURE = (
    "INSERT INTO signature (id, tag, token_hash, sealed, shown_as, language, news, text_sha256, confirmed_on)"
    " VALUES (:id, :tag, :hash, :sealed, 'Layla', 'en', false, 'aa', '2026-11-20')"
)
PUBLICATION = (
    "INSERT INTO publication (id, confirmed, withdrawn, removed, removed_by_reason, countries, as_of, is_sample)"
    " VALUES (1, 0, 0, 0, '{}', '{}', '2026-11-20 00:00:00', false)"
)


def test_tables_of_the_first_version_with_backups_are_brought_up_to_date(host, tmp_path, request, database_url):
    url = ""
    if database_url:
        server: PostgreSQL = request.getfixturevalue("postgresql_server")
        url = server.new_database()
    older = Settings(data=tmp_path / "older", database_url=url)
    shutil.copytree(host.settings.data / "keys", older.data / "keys")
    keys = instance.open_keys(older)
    with closing(instance.open_database(older)) as database:
        with database.writing() as session:
            instance.upgrade(session.connection(), FIRST_WITH_BACKUPS)
            for name, mark in keys.fingerprints().items():
                session.execute(sa.text("INSERT INTO key_mark VALUES (:name, :mark)"), {"name": name, "mark": mark})
            session.execute(sa.text(PUBLICATION))
            values = {"id": b"1" * 16, "tag": b"2" * 33, "hash": b"3" * 32, "sealed": b"4" * 569}
            session.execute(sa.text(SIGNATURE), values)
        file = host.key.parent / "older.backup"
        making.make_backup(older, database, keys, file)

    host.restore(file, "--without-old")

    assert [row.shown_as for row in host.all(Signature)] == ["Layla"]
    instance.check(host.settings)
    assert host.run("status").exit_code == 0
