"""Reporting a name: somebody is among the names and did not sign; an organizer sees it and decides."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import Base, now
from campaign.organizers import reviews
from campaign.petition.models import NameReview, Signature
from tests.people import hidden_fields, link_in, rows
from tests.servers import on_sqlite

NAME = "Ahmad Alrealperson, engineer"


@pytest.fixture
def framed(somebody, post_office):
    """A signature of yesterday under the name of somebody else; its link."""
    somebody.sign(email="stranger@example.org", shown_as=NAME)
    link = link_in(post_office.deliver()[-1])
    somebody.press(link)
    with time_machine.travel(now() + timedelta(days=1)):
        yield link


@pytest.fixture
def send(somebody):
    """Fills the form in and sends it."""

    def fill_in(words, **options):
        page = f"/{somebody.language}/signatures/report"
        fields = hidden_fields(somebody.read(page).text, "/report") | {"shown_as": words}
        return somebody.client.post(page, data=fields, **options)

    return fill_in


@pytest.fixture
def reported(app):
    """The reported names as an organizer sees them."""

    def read():
        with app.extensions["campaign"].database.reading() as session:
            return [(one.name, one.reported_on) for one in reviews.reported_names(session)]

    return read


def names(visitor):
    """The page of names."""
    return visitor.read(f"/{visitor.language}/signatures").text


def test_a_reported_name_is_put_before_an_organizer_and_stays_until_one_decides(app, somebody, framed, send, reported):
    assert f'href="/{somebody.language}/signatures/report"' in names(somebody)

    answer = send(NAME)

    assert (answer.status_code, answer.location) == (303, f"/{somebody.language}/signatures/reported")
    assert somebody.read(answer.location).status_code == 200
    assert reported() == [(NAME, now().date())]
    assert NAME in names(somebody)
    with app.extensions["campaign"].database.writing() as session:
        reviews.refuse(session, [rows(app, Signature)[0].id], by="omar@example.org", today=now().date())
    assert NAME not in names(somebody)
    assert reported() == []
    assert len(rows(app, Signature)) == 1


def test_the_answer_says_nothing_of_whether_the_name_is_there(somebody, framed, send, reported):
    answers = [send(words) for words in (NAME, "Somebody else", NAME)]

    assert len({(one.status_code, one.location, one.text) for one in answers}) == 1
    assert len(reported()) == 1


@on_sqlite
@pytest.mark.parametrize("words", ["ahmad alrealperson, ENGINEER", f"  {NAME} "])
def test_a_name_is_found_however_its_letters_are_written(somebody, framed, send, reported, words):
    send(words)

    assert len(reported()) == 1


@on_sqlite
@pytest.mark.parametrize("words", ["Ahmad", "engineer", "Ahmad Alrealperson, engineer too", "12345"])
def test_a_part_of_a_name_reports_nobody(somebody, framed, send, reported, words):
    send(words)

    assert reported() == []


@on_sqlite
@pytest.mark.parametrize("words", ["", "www.example.com", "=1", "x" * 200, "\x00"])
def test_what_is_no_name_is_refused_and_kept_in_the_field(app, somebody, send, words):
    answer = send(words)

    assert answer.status_code == 422
    assert 'id="shown_as-error"' in answer.text
    assert rows(app, NameReview) == []


@on_sqlite
def test_a_form_of_another_site_or_without_its_token_reports_nobody(app, somebody, framed, send):
    page = f"/{somebody.language}/signatures/report"

    assert send(NAME, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert somebody.client.post(page, data={"shown_as": NAME}).status_code == 400
    assert somebody.client.post(page, data=b"shown_as=%ff", content_type="application/x-www-form-urlencoded").status_code == 422
    assert somebody.read(f"{page}?shown_as=Ahmad").status_code == 200
    assert rows(app, NameReview) == []


@on_sqlite
def test_too_many_reports_of_one_network_are_refused_and_signing_is_not(somebody, framed, send):
    answers = [send(f"Somebody {'abcdefghijkl'[place]}") for place in range(12)]

    assert [one.status_code for one in answers] == [303] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert somebody.sign(email="layla@example.org").status_code == 303


@on_sqlite
def test_a_name_is_reported_again_after_it_was_accepted(app, somebody, framed, send, reported):
    send(NAME)
    with app.extensions["campaign"].database.writing() as session:
        reviews.accept(session, [rows(app, Signature)[0].id], by="omar@example.org")
    assert reported() == []

    send(NAME)

    assert len(reported()) == 1


@on_sqlite
def test_nothing_is_kept_of_who_reports_a_name(app, somebody, framed, send):
    database = app.extensions["campaign"].database

    def everything():
        with database.engine.connect() as connection:
            return {(one.name, str(row)) for one in Base.metadata.sorted_tables for row in connection.execute(sa.select(one))}

    before = everything()
    send(NAME, headers={"User-Agent": "Sentinel/7", "Accept-Language": "fr"}, environ_base={"REMOTE_ADDR": "192.0.2.77"})

    [(name, row)] = everything() - before
    [review] = rows(app, NameReview)
    assert name == NameReview.__tablename__
    assert (review.reported_on, review.day, review.held, review.refused_on) == (now().date(), review.day, None, None)
    assert "192.0.2.77" not in row
    assert "Sentinel" not in row
