"""`campaign languages source` makes another language the source of every text."""

from click.testing import CliRunner

from campaign.cli.main import main
from campaign.content.files import read_document
from campaign.identity import Identity


def test_the_new_source_is_the_original_and_the_former_one_a_translation(translations):
    made = CliRunner().invoke(main, ["languages", "source", "ar"])

    assert (made.exit_code, made.output) == (0, "All texts are translated from ar now.\n")
    assert Identity.read(translations).source == "ar"
    texts = {code: [read_document(file) for file in (translations / code).glob("*.md")] for code in ("ar", "en")}
    assert {one.meta["status"] for one in texts["ar"]} == {"original"}
    assert {one.meta["status"] for one in texts["en"]} == {"translated"}
    assert all(piece.is_translated for one in texts["en"] for piece in one.pieces().values())
