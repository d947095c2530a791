"""Which signatures are exported: all that count, of some days, of one country, in one language, whose names are shown."""

import pytest

from campaign.exports.rows import SignatureFilter
from tests.exports.terminal import DAY
from tests.servers import on_sqlite


@pytest.fixture
def four(omar):
    """Four signatures: of two days, from Syria, from Germany and from nowhere said."""
    for day, country in ((21, "SY"), (22, "SY"), (22, "DE"), (22, None)):
        omar.has(email=f"{country}{day}@example.org", country=country, confirmed_on=DAY.replace(day=day))
    return omar


def who(rows):
    """The people of an export."""
    return {row["email"].split("@")[0] for row in rows}


def test_all_of_them_unless_something_else_is_said(four):
    assert who(four.reads()) == {"SY21", "SY22", "DE22", "None22"}


@pytest.mark.parametrize("day", ["2026-11-22", "٢٠٢٦-١١-٢٢", "۲۰۲۶-۱۱-۲۲"])
def test_from_a_day_on_in_whatever_digits_it_is_typed(four, day):
    assert who(four.reads("--since", day)) == {"SY22", "DE22", "None22"}


@pytest.mark.parametrize("day", ["2026-11-21", "٢٠٢٦-١١-٢١"])
def test_until_a_day_that_is_in_it(four, day):
    assert who(four.reads("--until", day)) == {"SY21"}
    assert who(four.reads("--since", "2026-11-21", "--until", "2026-11-22")) == {"SY21", "SY22", "DE22", "None22"}


def test_of_those_who_signed_the_letter_in_one_language(omar):
    omar.has(email="ar@example.org", language="ar")
    omar.has(email="en@example.org", language="en")

    assert who(omar.reads("--signed-in", "ar", "--language", "en")) == {"ar"}


def test_of_those_whose_names_are_shown(omar):
    omar.has(email="shown@example.org", shown_as="Layla")
    omar.has(email="not-shown@example.org", shown_as=None)

    assert who(omar.reads("--shown")) == {"shown"}


def test_what_is_wanted_is_the_same_after_it_was_written_down():
    wanted = SignatureFilter(since=DAY, until=DAY, country="SY", language="ar", shown=True)

    assert [SignatureFilter.of(one.details()) for one in (wanted, SignatureFilter(), SignatureFilter(shown=True))] == [
        wanted,
        SignatureFilter(),
        SignatureFilter(shown=True),
    ]


@pytest.mark.parametrize("country", ["SY", "sy"])
def test_the_signatures_of_one_country(four, country):
    assert who(four.reads("--country", country)) == {"SY21", "SY22"}


def test_of_one_country_from_a_day_on(four):
    assert who(four.reads("--country", "SY", "--since", "2026-11-22")) == {"SY22"}


def test_the_sealed_export_holds_the_same_ones(four):
    sealed = four.exports("sealed", "--country", "SY")

    assert sealed.read_bytes().endswith(b'{"count": 2}\n')


def test_who_withdrew_or_has_not_confirmed_is_in_no_export(app, visitor, layla, sami, omar):
    assert [row["email"] for row in omar.reads()] == ["layla@example.org"]

    visitor.press(layla, act="withdraw")

    assert omar.reads() == []


@pytest.mark.parametrize("day", ["22.11.2026", "2026-13-01", "2026-02-30", "20261122", "2026-W47-7", "yesterday", ""])
@on_sqlite
def test_what_is_no_day_is_wrong_use(omar, day):
    done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv", "--since", day)

    assert done.exit_code == 2
    assert f"{day!r} is not a day. Write it like 2026-11-22." in done.stderr
    assert list(omar.desk.iterdir()) == []


@pytest.mark.parametrize("country", ["Syria", "XX", "S", "ZZ", "٣٣", ""])
@on_sqlite
def test_what_is_no_country_is_wrong_use(omar, country):
    done = omar.run("export", "--format", "csv", "--out", omar.desk / "all.csv", "--country", country)

    assert done.exit_code == 2
    assert f"{country!r} is not a country" in done.stderr


@on_sqlite
def test_a_document_that_there_is_not_is_wrong_use(omar):
    assert omar.run("export", "--format", "docx", "--out", "-").exit_code == 2
