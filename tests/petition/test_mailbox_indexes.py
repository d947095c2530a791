"""Signatures of a mailbox are found on an index, removed ones too: no index of tags has both."""

import pytest
import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.database import now
from campaign.organizers import removals, signature_search
from campaign.petition import links, signing
from campaign.petition.models import Signature
from tests.people import rows


@pytest.fixture
def site(app):
    """The database and keys of the site."""
    return app.extensions["campaign"]


@pytest.fixture
def plans(site):
    """Explains what was asked about tags of signatures since the test began."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        if any(f"{name}.tag {compare}" in statement for name in ("signature", "own") for compare in ("IN", "=")):
            asked.append((statement, parameters))

    def explain():
        sa.event.remove(site.database.engine, "before_cursor_execute", note)
        with site.database.engine.connect() as connection:
            explaining = "EXPLAIN QUERY PLAN" if site.database.is_sqlite else "EXPLAIN"
            if not site.database.is_sqlite:  # a table of a few rows is read as a whole, wherever that is allowed
                connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            found = [connection.exec_driver_sql(f"{explaining} {what}", given).all() for what, given in asked]
        return ["\n".join(str(row[-1]) for row in plan) for plan in found]

    sa.event.listen(site.database.engine, "before_cursor_execute", note)
    return explain


def uses_both(plan):
    """Whether a plan uses an index of those that count and one of those that were removed, and looks at no others."""
    reads_all = "SCAN signature" in plan or "Seq Scan on signature" in plan
    return "ix_signature_tag_standing" in plan and "ix_signature_tag_removed" in plan and not reads_all


def test_pressing_the_link_of_an_e_mail_looks_for_its_mailbox_on_both_indexes(visitor, sami, plans):
    assert visitor.press(sami).status_code == 303

    assert [uses_both(plan) for plan in plans()] == [True]


def test_a_link_finds_the_signatures_of_its_mailbox_on_both_indexes(visitor, layla, plans):
    assert "Layla" in visitor.read(layla).text

    found = plans()
    assert found
    assert all(uses_both(plan) for plan in found)


def test_withdrawing_and_erasing_look_on_both_indexes(site, layla, plans):
    with site.database.writing() as session:
        signing.withdraw(session, session.scalars(sa.select(Signature)).one(), now().date())
        signing.erase(session, site.keys, "layla@example.org", now().date())

    found = plans()
    assert len(found) >= 4
    assert all(uses_both(plan) for plan in found)


def test_the_desk_looks_for_a_mailbox_on_both_indexes(site, layla, plans):
    tags = sealing.mailbox_tags(site.keys.tag, "layla@example.org")
    with site.database.reading() as session:
        assert signature_search.find_by_mailbox(session, tags).number == 1

    assert [uses_both(plan) for plan in plans()] == [True]


def test_a_removed_signature_is_found_by_its_mailbox_everywhere(app, site, visitor, layla):
    tags = sealing.mailbox_tags(site.keys.tag, "layla@example.org")
    with site.database.writing() as session:
        ids = list(session.scalars(sa.select(Signature.id)))
        removal = removals.draft(session, ids, by="omar@example.org", at=now())
        removals.remove_drafted(session, removal.id, reason="duplicate", at=now())

    with site.database.reading() as session:
        assert len(signature_search.find_by_mailbox(session, tags).records) == 1
        assert len(list(session.scalars(sa.select(Signature).where(links.signed_by(tags))))) == 1
    assert "removed" in visitor.read(layla).text
    with site.database.writing() as session:
        assert signing.erase(session, site.keys, "layla@example.org", now().date())
    assert rows(app, Signature) == []
