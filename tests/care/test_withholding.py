"""Passages that are withheld leave a mark that readers see, and no trace of their words."""

import pytest

from campaign.blocks import TextError
from campaign.care.withholding import MARK
from campaign.site import Site
from tests.care.outputs import given_out, traces
from tests.servers import on_sqlite

pytestmark = on_sqlite
SHOWN = {"en": "[withheld for safety]", "ar": "[محجوب لأسباب تتعلق بالسلامة]"}
# One stands on the front page too, one in the letter, one in the title, a paragraph and the letter.
HOUSE = {"en": "a bomb missed our house, just by a few meters", "ar": "أخطأت قنبلةٌ بيتنا بأمتار قليلة فقط"}
LIE = {"en": "a lie that the world cannot accept", "ar": "كذبة لا يمكن أن يقبلها العالم"}
TITLE = {"en": "what Assad and Russia are capable of", "ar": "ما يقدر الأسد وروسيا على فعله"}


def consent_hashes(app):
    """What is stored of the text that is signed, by language."""
    site: Site = app.extensions["site"]
    return {code: texts.consent_hash for code, texts in site.texts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("passages", [HOUSE, LIE, TITLE], ids=["on the front page", "in the letter", "in the title"])
def test_a_passage_that_is_withheld_leaves_no_trace_and_readers_see_that_it_is(open_site, files, tmp_path, passages):
    for code, passage in passages.items():
        for name in ("testimony.md", "petition.md"):
            if passage in (files.folder / code / name).read_text("utf-8"):
                files.change(f"{code}/{name}", passage, MARK)
    files.log_changes("withheld")

    app = open_site()
    found = given_out(app, tmp_path / "copy")

    assert MARK not in app.test_client().get("/en/testimony.txt").text
    for code, passage in passages.items():
        assert traces(found, passage) == []
        for path in (f"/{code}/testimony", f"/{code}/testimony.txt", f"/{code}/testimony.pdf", f"mirror {code}/testimony.html"):
            assert path in traces(found, SHOWN[code]), path
    assert not [name for name in found if "619b51966a94" in found[name]]


def test_a_passage_that_is_withheld_in_one_language_only_is_refused_with_a_sentence(open_site, files):
    files.withhold({"en": HOUSE["en"]}, "testimony.md")

    with pytest.raises(TextError, match="en withholds words in p1 of the testimony that ar still says"):
        open_site()


def test_a_passage_that_the_letter_still_quotes_is_refused_with_a_sentence(open_site, files):
    files.withhold(LIE, "testimony.md")

    with pytest.raises(TextError, match=r"en/petition\.md: “a lie that the world cannot accept” does not stand"):
        open_site()


def test_a_passage_that_the_description_still_says_is_refused_with_a_sentence(open_site, files):
    every_proof = {"en": "We provided the world with every proof", "ar": "لقد قدّمنا للعالم كل دليل"}
    files.withhold(every_proof, "testimony.md")
    for code, passage in every_proof.items():
        files.change(f"{code}/testimony.md", f"description: {MARK}", f"description: {passage}")

    with pytest.raises(TextError, match=r"testimony\.md, `description`: “We provided the world with every proof"):
        open_site()


def test_who_signs_a_letter_with_words_withheld_signs_another_text(open_site, files):
    before = consent_hashes(open_site())

    files.withhold(LIE, "testimony.md", "petition.md")

    after = consent_hashes(open_site())
    assert not set(before.values()) & set(after.values())
