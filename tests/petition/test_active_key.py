"""The key that is sealed to: known within a second of a change, whatever becomes of the published count."""

from contextlib import closing

import pytest
import sqlalchemy as sa
from nacl.public import PrivateKey

from campaign import create_app
from campaign.crypto.keys import key_id
from campaign.database import now
from campaign.petition import active_key, key_rotation
from campaign.petition.active_key import ActiveKey
from campaign.petition.models import Publication, Submission
from tests.people import Visitor, rows
from tests.servers import on_sqlite


@pytest.fixture
def site(app):
    """The site of one process."""
    return app.extensions["campaign"]


@pytest.fixture
def change(site):
    """Puts another key in force, as another process does, and returns it."""

    def put_in_force():
        public = PrivateKey.generate().public_key
        with site.database.writing() as session:
            key_rotation.activate_key(session, site.keys, public, now().date())
        return public

    return put_in_force


def test_another_process_seals_to_the_new_key_within_a_second(app, settings, change, monkeypatch):
    other = create_app(settings)
    for process in (app, other):
        assert process.extensions["campaign"].active_key() is None
    monkeypatch.setattr(active_key, "READ_AGAIN_AFTER", 0)  # a second has passed
    new = change()

    with closing(other.extensions["campaign"].database):
        Visitor(other.test_client()).sign(email="nour@example.org")

    [submission] = rows(app, Submission)
    assert submission.sealed[1:9] == key_id(new)


def test_the_key_is_read_at_most_once_a_second(site, change):
    change()
    active = ActiveKey(site.database, site.keys)
    new, asked = active(), []
    sa.event.listen(site.database.engine, "before_cursor_execute", lambda *_: asked.append(1))

    for _ in range(100):
        assert active() is new
    assert asked == []


def test_a_count_that_cannot_be_read_holds_no_key_back(app, site, change, monkeypatch):
    published = app.extensions["campaign"].snapshots
    published()
    with site.database.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {Publication.__tablename__} RENAME TO away")
    published.refresh()  # from now on it rests for a quarter of a minute
    new = change()
    monkeypatch.setattr(active_key, "READ_AGAIN_AFTER", 0)

    assert app.extensions["campaign"].active_key() == new


@on_sqlite
def test_while_the_database_cannot_be_read_nothing_is_sealed_to_a_key_that_may_be_old(site):
    site.database.engine.dispose()
    (site.settings.data / "campaign.db").write_bytes(b"this is no database" * 1000)

    with pytest.raises(sa.exc.DatabaseError):
        ActiveKey(site.database, site.keys)()
