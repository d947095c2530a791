"""The editor's note: off by default, apart from the witness's words, signed and dated, in every language or in none."""

import pytest

from campaign.content.files import TextError
from tests.content.outputs import answers, traces
from tests.people import parse
from tests.prints.papers import letters
from tests.servers import on_sqlite

pytestmark = on_sqlite
NOTES = {"en": "A word of the editor.", "ar": "كلمة التحرير."}


def write(files, code, front="signed_by: Nour\nday: 2026-11-25\n"):
    """Puts a note beside the testimony in one language."""
    (files.folder / code / "note.md").write_text(f"---\n{front}---\n<!-- p1 -->\n{NOTES[code]}\n", "utf-8")


def test_there_is_no_note_unless_somebody_writes_one(open_site):
    assert 'id="editor"' not in open_site().test_client().get("/en/testimony").text


def test_a_note_stands_apart_from_the_testimony_with_its_signature_and_day(open_site, files):
    for code in NOTES:
        write(files, code)

    client = open_site().test_client()

    for code, words in NOTES.items():
        page = parse(client.get(f"/{code}/testimony").text)
        [note] = [aside for aside in page.iter("aside") if "editor" in aside.get("class")]
        said = "".join(note.itertext())
        assert all(part in said for part in (words, "Nour", "2026"))
        assert words not in "".join(text for article in page.iter("article") for text in article.itertext())


def test_a_note_is_not_part_of_the_text_that_is_saved_printed_or_set_beside_another(open_site, files):
    for code in NOTES:
        write(files, code)

    found = {name: letters(text) for name, text in answers(open_site())}

    for code, words in NOTES.items():
        pages = [name for name in traces(found, words) if not name.endswith("/copy.zip")]  # which has the page in it
        assert pages == [f"/{code}/testimony"]


@pytest.mark.parametrize(
    "front", ["day: 2026-11-25\n", "signed_by: Nour\n", "signed_by: ''\nday: 2026-11-25\n", "signed_by: Nour\nday: soon\n"]
)
def test_a_note_that_nobody_signed_or_dated_is_refused_with_a_sentence(open_site, files, front):
    for code in NOTES:
        write(files, code, front)

    with pytest.raises(TextError, match="`signed_by` and `day` must say who signs the note"):
        open_site()


def test_a_note_in_one_language_alone_is_refused_with_a_sentence(open_site, files):
    write(files, "en")

    with pytest.raises(TextError, match=r"must be there in every language or in none: translations/ar/note\.md is missing"):
        open_site()
