"""Passages that are withheld leave a mark that readers see, and no trace of their words.

The passages are read from the texts: one stands on the front page too, one in the letter, one in the title and in the letter.
"""

from collections.abc import Callable

import pytest

from campaign.content.files import TextError
from campaign.content.pages import Texts
from campaign.content.redaction import REDACTED, quotations
from campaign.state import AppState
from tests.content.outputs import given_out, traces
from tests.prints.papers import sentences
from tests.servers import on_sqlite

pytestmark = on_sqlite
SHOWN = {"en": "[withheld for safety]", "ar": "[محجوب لأسباب تتعلق بالسلامة]"}
PASSAGES: dict[str, Callable[[Texts], str]] = {
    "on the front page": lambda one: sentences(one.testimony.meta["heart"][0])[0],
    "in the letter": lambda one: list(quotations(one.petition))[1],
    "in the title": lambda one: next(quotations(one.petition)),
}


def passages(files, where):
    """The same passage in each language."""
    return {code: PASSAGES[where](one) for code, one in files.texts().items()}


def consent_hashes(app):
    """What is stored of the text that is signed, by language."""
    site: AppState = app.extensions["campaign"]
    return {code: texts.consent_hash for code, texts in site.texts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("where", PASSAGES)
def test_a_passage_that_is_withheld_leaves_no_trace_and_readers_see_that_it_is(open_site, files, tmp_path, where):
    withheld, sha256 = passages(files, where), open_site().extensions["campaign"].policy.source_sha256
    files.withhold(withheld, "testimony.md", "petition.md")

    app = open_site()
    found = given_out(app, tmp_path / "copy")

    assert REDACTED not in app.test_client().get("/en/testimony.txt").text
    assert traces(found, sha256) == []
    for code, passage in withheld.items():
        assert traces(found, passage) == []
        for path in (f"/{code}/testimony", f"/{code}/testimony.txt", f"/{code}/testimony.pdf", f"mirror {code}/testimony.html"):
            assert path in traces(found, SHOWN[code]), path


def test_the_words_of_a_picture_change_when_words_of_the_title_are_withheld(open_site, files):
    before = open_site().test_client().get("/en/card.png").data
    files.withhold(passages(files, "in the title"), "testimony.md", "petition.md")

    assert open_site().test_client().get("/en/card.png").data != before


def test_a_passage_that_is_withheld_in_one_language_only_is_refused_with_a_sentence(open_site, files):
    files.withhold({"en": passages(files, "on the front page")["en"]}, "testimony.md")

    with pytest.raises(TextError, match="en withholds words in p1 of the testimony that ar still says"):
        open_site()


def test_a_passage_that_the_letter_still_quotes_is_refused_with_a_sentence(open_site, files):
    withheld = passages(files, "in the letter")
    files.withhold(withheld, "testimony.md")

    with pytest.raises(TextError, match=f"en/petition.md: “{withheld['en']}” is not in the testimony"):
        open_site()


def test_a_passage_that_the_description_still_says_is_refused_with_a_sentence(open_site, files):
    withheld = {code: one.testimony.description for code, one in files.texts().items()}
    files.withhold(withheld, "testimony.md")
    for code, passage in withheld.items():
        files.change(f"{code}/testimony.md", f"description: {REDACTED}", f"description: {passage}")

    with pytest.raises(TextError, match=r"testimony\.md, `description`: “"):
        open_site()


def test_who_signs_a_letter_with_words_withheld_signs_another_text(open_site, files):
    before = consent_hashes(open_site())

    files.withhold(passages(files, "in the letter"), "testimony.md", "petition.md")

    after = consent_hashes(open_site())
    assert not set(before.values()) & set(after.values())
