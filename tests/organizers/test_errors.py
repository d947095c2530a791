"""Errors at the desk: a page of the desk, also where the database cannot even say how much waits."""

import pytest
import sqlalchemy as sa

from campaign.organizers import reviews
from tests.servers import on_sqlite


@pytest.fixture
def no_numbers(app, omar, monkeypatch):
    """The numbers of the navigation cannot be asked for."""

    def fail(_session):
        raise sa.exc.ProgrammingError("SELECT", {}, Exception("no such table"))

    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(reviews, "count_pending", fail)


@on_sqlite
@pytest.mark.parametrize(("path", "status"), [("", 500), ("signatures/no-number", 404)])
def test_an_error_at_the_desk_is_a_page_of_the_desk_that_asks_the_database_for_no_number(omar, no_numbers, path, status):
    answer = omar.read(path)

    assert answer.status_code == status
    assert "Desk home page" in answer.text
    assert 'class="ways"' in answer.text
