"""Texts and messages go out as PO files and come back: what nobody touched is the same, what was changed is changed alone."""

from pathlib import Path

import polib
import pytest
from click.testing import CliRunner, Result

from campaign.cli.main import main
from campaign.config import TRANSLATIONS
from campaign.content.files import read_document, serialize, source_hash

FILES = sorted(file.relative_to(TRANSLATIONS) for file in TRANSLATIONS.glob("*/*.md"))


@pytest.fixture
def out(translations: Path, tmp_path: Path) -> Path:
    """What was extracted."""
    assert run("extract", "--out", str(tmp_path / "po")).exit_code == 0
    return tmp_path / "po"


def run(*words: str) -> Result:
    """`campaign languages ...`."""
    return CliRunner().invoke(main, ["languages", *words])


def contents(folder: Path) -> dict[str, str]:
    """Every text and catalogue as it stands."""
    files = [*folder.glob("*/*.md"), *folder.glob("*/LC_MESSAGES/messages.po")]
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_text_is_written_as_it_is_read(file):
    assert serialize(read_document(TRANSLATIONS / file)) == (TRANSLATIONS / file).read_text("utf-8")


def test_what_nobody_touched_comes_back_as_it_was(translations, out):
    before = contents(translations)

    result = run("take", str(out / "texts.ar.po"), str(out / "messages.ar.po"))

    assert result.exit_code == 0, result.output
    assert result.output.count(": 0 changed") == 2
    assert contents(translations) == before


def test_every_part_is_an_entry_with_its_id_and_its_source(out):
    entries = {entry.msgctxt: entry for entry in polib.pofile(str(out / "texts.ar.po"))}

    assert entries["petition p1"].msgid == "To the council of the town,"
    assert entries["petition p1"].msgstr == "إلى مجلس البلدة،"
    assert len([context for context in entries if context.startswith("testimony p")]) == 6
    assert not [entry.msgctxt for entry in entries.values() if entry.fuzzy or not entry.msgstr]


def test_one_changed_paragraph_changes_itself_alone(translations, out):
    before, catalogue = contents(translations), polib.pofile(str(out / "texts.ar.po"))
    [entry] = [entry for entry in catalogue if entry.msgctxt == "petition p1"]
    entry.msgstr = "إلى مجلس البلدة كلهم،"
    catalogue.save()

    result = run("take", str(out / "texts.ar.po"))

    after = contents(translations)
    assert "1 changed\n  petition p1" in result.output
    assert {name for name in after if after[name] != before[name]} == {"ar/petition.md"}
    assert after["ar/petition.md"] == before["ar/petition.md"].replace("إلى مجلس البلدة،\n", "إلى مجلس البلدة كلهم،\n", 1)


def test_a_stale_paragraph_goes_out_fuzzy_and_comes_back_with_the_new_fingerprint(translations, tmp_path):
    english = translations / "en" / "petition.md"
    english.write_text(english.read_text("utf-8").replace("council of the town,", "council of this town,"), "utf-8")
    run("extract", "ar", "--out", str(tmp_path))
    catalogue = polib.pofile(str(tmp_path / "texts.ar.po"))
    entry = catalogue.find("To the council of this town,", by="msgid")
    assert entry.fuzzy
    assert ": 0 changed" in run("take", str(tmp_path / "texts.ar.po")).output

    entry.flags.remove("fuzzy")
    catalogue.save()
    run("take", str(tmp_path / "texts.ar.po"))

    assert f"<!-- p1 from {source_hash(entry.msgid)} -->" in (translations / "ar" / "petition.md").read_text("utf-8")
    assert run("status").exit_code == 0


def test_a_title_and_a_passage_are_taken_back_into_the_lines_above_the_text(translations, out):
    catalogue = polib.pofile(str(out / "texts.ar.po"))
    for entry in catalogue:
        if entry.msgctxt in {"testimony title", "testimony heart.2"}:
            entry.msgstr = f"نص جديد: {entry.msgstr}"
    catalogue.save()

    run("take", str(out / "texts.ar.po"))

    meta = read_document(translations / "ar" / "testimony.md").meta
    assert meta["title"].startswith("نص جديد: ")
    assert [passage.startswith("نص جديد: ") for passage in meta["heart"]] == [False, True]


def test_a_changed_message_changes_itself_alone_and_is_compiled(translations, out):
    before, catalogue = contents(translations), polib.pofile(str(out / "messages.ar.po"))
    catalogue.find("Not allowed", by="msgid").msgstr = "هذا غير مسموح"
    catalogue.save()

    assert "1 changed\n  Not allowed" in run("take", str(out / "messages.ar.po")).output

    name = "ar/LC_MESSAGES/messages.po"
    expected = before[name].replace('"غير مسموح"', '"هذا غير مسموح"')
    assert lines(contents(translations)[name]) == lines(expected)
    assert "هذا غير مسموح".encode() in (translations / name).with_suffix(".mo").read_bytes()


def test_a_new_paragraph_and_a_text_that_was_not_there_are_taken_into_their_place(translations, tmp_path):
    english = translations / "en" / "mirrors.md"
    english.write_text(
        english.read_text("utf-8").replace("<!-- p1 -->", "<!-- p99 -->\nA new beginning.\n\n<!-- p1 -->"), "utf-8"
    )
    (translations / "ar" / "about.md").unlink()
    run("extract", "ar", "--out", str(tmp_path))
    catalogue = polib.pofile(str(tmp_path / "texts.ar.po"))
    for entry in catalogue:
        entry.msgstr = entry.msgstr or "بداية جديدة."
    catalogue.save()

    run("take", str(tmp_path / "texts.ar.po"))

    assert read_document(translations / "ar" / "mirrors.md").blocks[0].words == "بداية جديدة."
    assert {block.words for block in read_document(translations / "ar" / "about.md").blocks} == {"بداية جديدة."}


def test_a_file_that_is_no_catalogue_of_ours_is_refused_in_one_sentence(translations, tmp_path):
    broken, unknown = tmp_path / "broken.po", tmp_path / "unknown.po"
    broken.write_text('msgid "a\n', "utf-8")
    unknown.write_text('msgid ""\nmsgstr "Language: tlh\\n"\n', "utf-8")

    for file, sentence in ((broken, "does not parse"), (unknown, "no such language is translated here")):
        result = run("take", str(file))
        assert (result.exit_code, len(result.output.splitlines())) == (1, 1), result.output
        assert sentence in result.output
