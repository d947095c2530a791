"""While several machines are updated, a newer version has stored what this one does not know: no page breaks by it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.health import conditions
from campaign.health.conditions import ConditionState, State
from tests.servers import on_sqlite

MACHINE = "north"


@pytest.fixture
def site(app):
    """The site's state."""
    return app.extensions["campaign"]


@on_sqlite
@pytest.mark.parametrize(
    ("name", "change", "state"),
    [
        ("disk", {"reason": "melted"}, State.TROUBLE),
        ("disk", {"reason": ""}, State.TROUBLE),
        ("disk", {"details": {}}, State.TROUBLE),
        ("disk", {"details": {"free": "a lot"}}, State.TROUBLE),
        ("disk", {"details": None}, State.TROUBLE),
        ("disk", {"state": "burning"}, State.UNKNOWN),
        ("mail_server", {"reason": "silent", "details": {"category": "asleep"}}, State.TROUBLE),
        ("mail_server", {"reason": "silent", "details": {"category": ["asleep"]}}, State.TROUBLE),
        ("clock", {"reason": "waits"}, State.TROUBLE),
        ("a new one", {"reason": "odd"}, None),
    ],
)
def test_what_a_newer_version_has_stored_breaks_no_page(app, site, visitor, monkeypatch, omar, name, change, state):
    token = "a word for the monitor"
    with_monitor = site.settings.model_copy(update={"metrics_token": token})
    monkeypatch.setitem(app.extensions, "campaign", replace(site, settings=with_monitor))
    row = {"name": name, "machine": MACHINE, "state": "trouble", "reason": "full", "details": {"free": 3}} | change
    with site.database.writing() as session:
        session.execute(sa.insert(ConditionState).values(**row, since=now(), looked_at=now()))

    readyz = visitor.read("/readyz", Authorization=f"Bearer {token}")
    metrics = visitor.read("/metrics", Authorization=f"Bearer {token}")

    assert (readyz.status_code, metrics.status_code, omar.read().status_code) == (200, 200, 200)
    if name != "clock":  # which each page looks at for itself
        assert readyz.json["conditions"].get(name) == state
    with site.database.reading() as session:
        found = conditions.read_findings(session, site.settings, now()).values()
    assert all(one.sentence for one in found if one.state == State.TROUBLE)


@on_sqlite
def test_an_outage_of_a_reason_that_a_newer_version_has_stored_is_shown_with_advice(site, omar, visitor):
    with site.database.writing() as session:
        session.execute(
            sa.text("INSERT INTO outage (id, since, category, answer, probe_at) VALUES (1, :at, 'asleep', '', :at)"),
            {"at": f"{now() - timedelta(hours=1):%Y-%m-%d %H:%M:%S.000000}"},
        )

    assert "Ask the operator of the mail server why it accepts none of our e-mails." in omar.read().text
    assert "Ask the operator of the mail server why" in omar.read("emails").text
    assert visitor.read("/readyz").json["mail"] == "waiting"
