"""What is printed: there in both languages, drawn once, kept; and a page that says so when it cannot be drawn."""

import sys
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from campaign import create_app
from campaign.database import DATABASE_UNAVAILABLE
from campaign.prints import render
from campaign.prints import views as room
from campaign.prints.documents import all_prints, sheet
from campaign.prints.render import prerender_next
from campaign.state import AppState
from campaign.web.errors import error_message
from tests.prints.papers import CARDS, PDFS, PRINTS, pages
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("path", PRINTS)
def test_every_print_is_there_and_is_kept_after_the_first_reader(visitor, prints, monkeypatch, path):
    first = visitor.read(path)
    monkeypatch.delattr(room, "get_or_render")
    second = visitor.read(path)

    assert first.status_code == 200
    assert first.content_type == ("image/png" if path in CARDS else "application/pdf")
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert first.headers["Content-Disposition"].startswith("inline; filename=")
    assert (second.data, dict(second.headers)) == (first.data, dict(first.headers))


def test_every_print_is_of_moderate_size(visitor, prints):
    for path in PDFS:
        assert len(visitor.read(path).data) < 100_000, path


def test_nothing_stands_beside_itself(visitor, prints):
    assert visitor.read("/en/testimony/beside/en.pdf").status_code == 404
    assert visitor.read("/fr/testimony.pdf").status_code == 404


def test_the_web_worker_never_loads_the_typesetter(visitor, prints):
    visitor.read("/en/testimony.pdf")

    assert "typst" not in sys.modules


def test_a_print_is_found_as_a_file_by_a_site_that_starts_again(visitor, prints, settings, monkeypatch):
    drawn = visitor.read("/en/testimony.pdf").data
    monkeypatch.setattr(render, "TYPESETTER", settings.data / "no such program")
    again = create_app(settings)

    assert again.test_client().get("/en/testimony.pdf").data == drawn

    site: AppState = again.extensions["campaign"]
    site.database.close()


def test_another_address_of_the_site_is_another_print(app, settings, prints):
    with app.app_context():
        here, folder = sheet("en"), settings.data
    elsewhere = render.Print(here.name, here.template, here.ending, here.data | {"address": "https://elsewhere.example"})

    assert render.print_file(here, folder) != render.print_file(elsewhere, folder)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_a_print_that_cannot_be_drawn_is_said_in_the_readers_language_and_not_tried_again_at_once(
    app, visitor, empty_prints, broken_typesetter, code
):
    for _ in range(3):
        answer = visitor.read(f"/{code}/testimony.pdf")

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
        assert answer.headers["Cache-Control"] == "no-store"
        assert f'lang="{code}"' in answer.text
    with app.test_request_context(f"/{code}/"):
        assert error_message(503)[0] in answer.text
    assert broken_typesetter.read_text() == "once\n"


def test_the_timed_work_draws_what_is_missing_and_forgets_what_is_old(app, prints):
    said: list[str] = []
    old = prints / "card.en.0123456789abcdef.png"
    old.touch()

    while not prerender_next(app, prints, said.append):
        pass

    with app.app_context():
        wanted = [render.print_file(one, prints) for one in all_prints()]
    assert all(file.exists() for file in wanted)
    assert not old.exists()
    assert said == []


def test_the_timed_work_goes_on_when_nothing_can_be_drawn(app, empty_prints, broken_typesetter):
    said: list[str] = []

    assert prerender_next(app, empty_prints, said.append)

    assert len(said) == 8
    assert said[0] == "card.en could not be drawn: no ink"


def test_the_timed_work_of_a_worker_that_starts_while_the_database_is_away_waits_for_it(settings, empty_prints):
    fresh = create_app(settings)
    database = fresh.extensions["campaign"].database

    with (
        patch.object(database, "reading", side_effect=sa.exc.OperationalError("", {}, Exception())),
        pytest.raises(DATABASE_UNAVAILABLE),
    ):
        prerender_next(fresh, empty_prints, print)


def test_words_that_look_like_markup_are_printed_as_they_stand(app, prints):
    odd = '#panic("x") *bold* $x$ \\ [a] // @b </p> `c`'
    with app.app_context():
        wanted = sheet("en")
    wanted.data["voices"][0]["contact"] = odd

    printed = pages(render.get_or_render(wanted, prints))

    assert odd.split() == [word for word in "".join(printed).split() if word in odd.split()][: len(odd.split())]
