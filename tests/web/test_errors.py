"""Errors of ours: a page for the reader, and in the log where it was, without what was asked for."""

import pytest
import sqlalchemy as sa

from campaign.outbox.queue import OutboxMessage


@pytest.fixture
def broken(app, sami):
    """Sami's link, whose record was damaged so that pressing it raises."""
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        session.execute(sa.update(OutboxMessage).values(box=b"damaged"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return sami


def test_an_exception_leaves_neither_link_nor_address_in_the_log(visitor, broken, caplog):
    answer = visitor.press(broken)

    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "at petition.confirm" in caplog.text
    token = broken.rpartition("/")[2]
    for secret in (token, broken, "sami@example.org", "Khalil"):
        assert secret not in caplog.text


def test_what_an_exception_says_is_not_logged_either(app, visitor, monkeypatch, caplog):
    def fail(*_arguments, **_options):
        raise ValueError("layla@example.org is not wanted here")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "public.about", fail)

    assert visitor.read("/en/about").status_code == 500
    assert "ValueError at public.about" in caplog.text
    assert "layla" not in caplog.text
