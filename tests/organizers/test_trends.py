"""The whole campaign by day and week: every day is there once, what is drawn is in the table, and both can be downloaded."""

import csv
import io
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa

from campaign.database import Base, now
from campaign.organizers import trends
from campaign.organizers.trends import Period
from campaign.petition.models import DayCount, Tally
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
SUNDAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def count(database):
    """Write down what was counted on some days, and what went away."""

    def write(*rows):
        with database.writing() as session:
            session.add_all(rows)

    return write


def confirmed(day, number, country=""):
    """So many signatures of one day."""
    return DayCount(day=day, country=country, language="en", number=number)


def read(database, by, today):
    """The periods as numbers."""
    with database.reading() as session:
        return trends.read_periods(session, by, today)


def test_every_day_stands_there_once_and_the_running_one_is_marked(database, count):
    count(confirmed(SUNDAY, 5), confirmed(SUNDAY, 2, "SY"), confirmed(SUNDAY + timedelta(days=2), 1))
    count(Tally(day=SUNDAY + timedelta(days=1), reason="withdrawn", number=3), Tally(day=SUNDAY, reason="abuse", number=4))

    found = read(database, "day", SUNDAY + timedelta(days=3))

    days = [SUNDAY + timedelta(days=place) for place in range(4)]
    assert found == [
        Period(days[0], days[0], True, 7, 0, 4),
        Period(days[1], days[1], True, 0, 3, 0),
        Period(days[2], days[2], True, 1, 0, 0),
        Period(days[3], days[3], False, 0, 0, 0),
    ]


def test_weeks_begin_on_monday_and_add_up_to_the_same(database, count):
    count(
        *(confirmed(SUNDAY - timedelta(days=back), back + 1) for back in range(30)), Tally(day=SUNDAY, reason="asked", number=2)
    )
    today = SUNDAY + timedelta(days=4)

    weeks, days = read(database, "week", today), read(database, "day", today)

    assert {week.first.weekday() for week in weeks} == {0}
    assert [week.last for week in weeks][-1] == SUNDAY + timedelta(days=7)
    assert [week.is_over for week in weeks] == [True] * (len(weeks) - 1) + [False]
    assert sum(week.confirmed for week in weeks) == sum(day.confirmed for day in days) == 465
    assert sum(week.removed for week in weeks) == 2


def test_the_page_says_in_its_table_all_that_is_drawn(omar, count):
    today = now().date()
    count(confirmed(today - timedelta(days=400), 1234), confirmed(today, 1), Tally(day=today, reason="withdrawn", number=7))

    for by in ("week", "day"):
        page = parse(omar.read(f"trends?by={by}").text)
        rows = [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in page.find(".//table/tbody")]
        plots = [svg for svg in page.iter(f"{SVG}svg") if svg.get("role") == "img"]
        bars = [len(list(svg.iter(f"{SVG}rect"))) for svg in plots]

        assert [row[1] for row in rows if row[1] != "0"] == ["1", "1,234"]
        assert [row[0].endswith("(not over yet)") for row in rows] == [True] + [False] * (len(rows) - 1)
        assert (rows[0][2], bars) == ("7", [2, 1])
        assert len(rows) == (401 if by == "day" else len(rows))
        assert "Most in one" in plots[0].get("aria-label")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_both_files_say_the_same_in_the_asked_language(omar, count, language):
    count(confirmed(now().date() - timedelta(days=3), 12), Tally(day=now().date(), reason="abuse", number=2))
    omar.language = language

    table, picture = omar.read("trends/signatures-by-day.csv"), omar.read("trends/signatures-by-day.svg")

    assert table.headers["Content-Disposition"] == "attachment; filename=signatures-by-day.csv"
    headings, *rows = csv.reader(io.StringIO(table.data.decode("utf-8-sig")))
    assert headings[0] == {"en": "First day", "ar": "اليوم الأول"}[language]
    assert [row[3:] for row in rows] == [["12", "0", "0"], ["0", "0", "0"], ["0", "0", "0"], ["0", "0", "2"]]
    assert [date.fromisoformat(row[0]) for row in rows][-1] == now().date()
    assert picture.content_type == "image/svg+xml"
    drawn = ElementTree.fromstring(picture.data)
    assert drawn.get("direction") == {"en": "ltr", "ar": "rtl"}[language]
    assert drawn.find(f"{SVG}title").text == drawn.find(f"{SVG}text").text
    assert "prefers-color-scheme: dark" in drawn.find(f"{SVG}style").text
    assert not list(drawn.iter(f"{SVG}script"))


def test_the_plots_of_an_arabic_page_begin_at_the_right(omar, count):
    count(confirmed(now().date() - timedelta(days=3), 12))

    first = {}
    for language in ("en", "ar"):
        omar.language = language
        page = parse(omar.read("trends?by=day").text)
        first[language] = float(next(page.iter(f"{SVG}rect")).get("x"))
    assert first["en"] == 0
    assert first["ar"] > 700


def test_before_anybody_signed_there_is_nothing_to_draw(omar):
    assert "No one has signed yet" in omar.read("trends").text
    assert "No one has signed yet" in omar.read("trends/signatures-by-week.svg").text
    assert len(omar.read("trends/signatures-by-week.csv").text.splitlines()) == 1


def test_other_files_and_steps_are_not_there_and_a_moderator_sees_the_same(omar, hadi):
    for path in ("trends?by=hour", "trends/signatures-by-hour.csv", "trends/x"):
        assert omar.read(path).status_code == 404
    assert hadi.read("trends").status_code == 200
    assert 'href="/en/organize/trends"' in omar.read().text


def test_the_pages_read_counts_and_no_signature(omar, layla, database):
    asked = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    omar.read("trends")

    assert any("day_count" in statement for statement in asked)
    assert not [one for one in asked if "FROM signature" in one and "review" not in one and "wave" not in one]
    assert Base.metadata.tables["tally"].columns.keys() == ["day", "reason", "number"]
