"""`campaign languages source` makes another language the source of every text, or changes nothing."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.content.files import read_document
from campaign.identity import Identity
from campaign.translation.source import CannotBeSource, make_source


def files_of(folder):
    """What every file says, hidden ones too."""
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def change_identity(folder, old, new):
    file = folder / "campaign.toml"
    words = file.read_text("utf-8")
    assert old in words
    file.write_text(words.replace(old, new, 1), "utf-8")


def test_the_new_source_is_the_original_and_the_former_one_a_translation(translations):
    made = CliRunner().invoke(main, ["languages", "source", "ar"])

    assert (made.exit_code, made.output) == (0, "All texts are translated from ar now.\n")
    assert Identity.read(translations).source == "ar"
    texts = {code: [read_document(file) for file in (translations / code).glob("*.md")] for code in ("ar", "en")}
    assert {one.meta["status"] for one in texts["ar"]} == {"original"}
    assert {one.meta["status"] for one in texts["en"]} == {"translated"}
    assert all(piece.is_translated for one in texts["en"] for piece in one.pieces().values())


def test_the_source_may_be_in_single_quotation_marks(translations):
    change_identity(translations, 'source = "en"', "source = 'en'")

    make_source(translations, "ar")

    assert "source = 'ar'\n" in (translations / "campaign.toml").read_text("utf-8")


@pytest.mark.parametrize("line", ['"source" = "en"', 'issuer = """\nsource = "en"\n"""\nsource = "en"'])
def test_a_file_in_which_the_source_cannot_be_told_is_refused_before_anything_is_written(translations, line):
    change_identity(translations, 'source = "en"', line)
    before = files_of(translations)

    with pytest.raises(CannotBeSource, match="the source must stand once, in a line of its own"):
        make_source(translations, "ar")

    assert files_of(translations) == before


def test_what_was_cut_off_is_done_by_running_it_again(translations, tmp_path, monkeypatch):
    whole = shutil.copytree(translations, tmp_path / "whole")
    make_source(whole, "ar")
    really_replace, left = Path.replace, [0]

    def replace(self, target):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return really_replace(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    cut_off = 0
    while Identity.read(translations).source == "en":
        left[0] = 3
        try:
            make_source(translations, "ar")
        except KeyboardInterrupt:
            cut_off += 1
    assert cut_off > 1
    assert files_of(translations).items() >= files_of(whole).items()
