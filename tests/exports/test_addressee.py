"""An addressee gets the shown names of those who saw it named when they signed, and of nobody else."""

from datetime import timedelta

import pypdfium2
import pytest

from campaign import instance
from campaign.petition.published import TextKind, new_row
from tests.exports.terminal import DAY
from tests.servers import on_sqlite

ADDED = DAY - timedelta(days=20)


def text(file):
    """The text of a PDF."""
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(file))


@pytest.fixture
def offices(omar):
    """One addressee was there from the beginning, one was added, and an office of the first was named with the second."""
    database = instance.open_database(omar.settings)
    with database.writing() as session:
        for key, name, day, more in (
            ("first", "The First Office", ADDED - timedelta(days=30), {}),
            ("second", "The Second Office", ADDED, {}),
            ("part", "A Part of the First", ADDED, {"within": "first"}),
        ):
            names = {"names": {"en": name, "ar": f"{name} بالعربية"}}
            session.add(new_row((TextKind.ADDRESSEE, key), names | more, day))
    database.close()
    days = {"Amal": ADDED - timedelta(days=1), "Basma": ADDED + timedelta(days=7), "Celine": ADDED + timedelta(days=8)}
    for name, day in days.items():
        omar.has(email=f"{name}@example.org", shown_as=name, confirmed_on=day)
    omar.has(email="hidden@example.org", confirmed_on=DAY)


@on_sqlite
def test_the_book_for_an_addressee_leaves_out_who_signed_before_it_was_added(omar, offices):
    for addressee, names, is_said in (
        ("first", {"Amal", "Basma", "Celine"}, False),
        ("The Second Office", {"Celine"}, True),
        ("the second office بالعربية", {"Celine"}, True),
        ("part", {"Amal", "Basma", "Celine"}, False),
    ):
        book = text(omar.exports("pdf", "--addressee", addressee))
        assert {name for name in ("Amal", "Basma", "Celine") if name in book} == names, addressee
        assert "To be handed to:" in book
        assert ("were not told about this addressee" in " ".join(book.split())) == is_said


@on_sqlite
def test_an_unknown_addressee_and_a_format_with_addresses_are_refused(omar, offices):
    out = omar.desk / "refused"

    unknown = omar.run("export", "--format", "pdf", "--addressee", "nobody", "--out", out)
    assert (unknown.exit_code, "'nobody' is not an addressee. The addressees are: " in unknown.stderr) == (2, True)
    for document in ("csv", "sealed", "sealed-news"):
        refused = omar.run("export", "--format", document, "--addressee", "first", "--out", out)
        assert (refused.exit_code, "holds shown names and nothing else: --format pdf." in refused.stderr) == (2, True)
    assert not out.exists()
