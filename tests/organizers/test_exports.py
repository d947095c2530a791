"""Exports at the desk: asked for, prepared by the worker, taken once by the organizer who asked."""

import hashlib
import json

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers.exporting import Export
from campaign.organizers.models import AuditLine, Desk
from campaign.organizers.preparing import prepare_all
from campaign.site import Site

READABLE = ["csv", "xlsx", "jsonl"]


@pytest.fixture
def site(app) -> Site:
    """What the rooms stand on."""
    return app.extensions["site"]


@pytest.fixture
def alone(app, omar, site):
    """Omar is the only organizer, and has turned the rule of four eyes off."""
    with site.database.writing() as session:
        session.get_one(Desk, 1).four_eyes_off_at = now()
    return omar


def prepare(app, said=None):
    """The worker prepares what waits."""
    with app.app_context():
        prepare_all(app.extensions["site"], (said if said is not None else []).append)


def exports(site):
    """What was asked for, the newest first."""
    with site.database.reading() as session:
        return list(session.scalars(sa.select(Export).order_by(Export.asked_at.desc())))


def take(organizer, site, number=0):
    """Takes the file of an export."""
    return organizer.send("exports/take", export=exports(site)[number].id.hex())


def audit(site, act):
    """The facts of every line of one kind."""
    with site.database.reading() as session:
        return [(line.by, line.facts) for line in session.scalars(sa.select(AuditLine).where(AuditLine.act == act))]


def test_an_organizer_asks_for_a_file_and_takes_it_when_it_is_prepared(app, site, layla, alone):
    assert alone.send("exports", document="jsonl", state="standing").headers["Location"] == "/en/organize/exports"
    assert "It waits to be prepared." in alone.read("exports").text

    prepare(app)
    page, file = alone.read("exports").text, take(alone, site)

    assert "1 signature." in page
    assert "Take the file" in page
    assert json.loads(file.data)["email"] == "layla@example.org"
    assert file.headers["Content-Disposition"] == f'attachment; filename="signatures-{now().date()}.jsonl"'
    assert file.headers["Cache-Control"] == "no-store"
    assert int(file.headers["Content-Length"]) == len(file.data)
    assert hashlib.sha256(file.data).hexdigest() in page
