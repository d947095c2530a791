"""The words of the testimony are locked: nobody changes them but with an entry in a public log that only grows."""

import hashlib

import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.content import corrections, testimony_policy
from campaign.content.files import TextError, read_document
from tests.house.test_arabic_pages import assert_arabic
from tests.own_texts import OWN_TEXTS, own_texts
from tests.servers import on_sqlite

ADDED, OTHERS = "Words that nobody wrote.", "Other words that nobody wrote."
NONE_YET = {"en": "No corrections so far.", "ar": "لا تصحيحات حتى الآن."}


def add(files, words):
    """Adds words to the first paragraph of the source."""
    p1 = files.texts()["en"].testimony.paragraphs[0].words
    files.change("en/testimony.md", f"{p1}\n\n", f"{p1} {words}\n\n")


def sha256_of_p1(files):
    """The hash of the first paragraph as it stands in the file."""
    return corrections.paragraph_hashes(files.texts()["en"].testimony)["p1"]


@own_texts
def test_the_english_testimony_is_byte_for_byte_what_was_received():
    document = read_document(OWN_TEXTS / "en" / "testimony.md")
    care, _ = testimony_policy.load_testimony(OWN_TEXTS)
    byline = next(form["name"] for form in document.meta["byline"] if form["key"] == "full")

    parts = [document.meta["title"], byline, *(block.words for block in document.blocks)]
    received = "".join(f"{part}\n\n" for part in parts)

    if any(entry.language == "en" for entry in care.corrections) or not care.source_sha256:
        pytest.skip("The text was corrected, or the hash of its source was taken out: the log and the lock stand for it.")
    assert hashlib.sha256(received.encode()).hexdigest() == care.source_sha256


@on_sqlite
def test_a_changed_word_of_the_source_is_refused_with_the_hash_that_its_entry_would_have(open_site, files):
    add(files, ADDED)

    with pytest.raises(TextError, match="p1 is not as it is locked") as refused:
        open_site()

    assert sha256_of_p1(files) in str(refused.value)


@on_sqlite
def test_the_check_says_it_too_and_fails(open_site, files):
    add(files, ADDED)

    result = CliRunner().invoke(main, ["check"])

    assert result.exit_code == 1
    assert "p1 is not as it is locked" in result.output


@on_sqlite
def test_a_paragraph_that_is_taken_out_of_the_source_is_refused(open_site, files):
    block = read_document(files.folder / "en" / "testimony.md").blocks[3]
    files.change("en/testimony.md", f"<!-- p4 -->\n{block.words}\n", "")

    with pytest.raises(TextError, match="p4 is gone"):
        open_site()


@on_sqlite
def test_a_change_that_the_log_names_is_taken_and_shown_to_everybody_in_their_language(open_site, files):
    client = open_site().test_client()
    assert all(NONE_YET[code] in client.get(f"/{code}/about").text for code in NONE_YET)
    add(files, ADDED)
    files.log_changes("typo")

    client = open_site().test_client()

    assert ADDED in client.get("/en/testimony").text
    for code, words in (("en", ("25 November 2026", "Why it was.")), ("ar", ("25 تشرين الثاني 2026", "سبب التغيير."))):
        page = client.get(f"/{code}/about").text
        assert NONE_YET[code] not in page
        assert all(word in page for word in words)
    assert_arabic(client.get("/ar/about"))


@on_sqlite
def test_the_next_change_of_the_same_paragraph_needs_an_entry_of_its_own(open_site, files):
    add(files, ADDED)
    files.log_changes("typo")
    files.change("en/testimony.md", ADDED, OTHERS)

    with pytest.raises(TextError, match="p1 is not as it is locked"):
        open_site()

    files.log(sha256=sha256_of_p1(files), kind="substance")
    assert open_site().test_client().get("/en/testimony").status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    ("old", "new"),
    [('kind = "typo"', 'kind = "substance"'), ("What was changed.", "Nothing."), ("day = 2026-11-25", "day = 2026-11-24")],
)
def test_an_old_entry_cannot_be_changed(open_site, files, old, new):
    for place in ("p1", "p2"):
        files.log(language="ar", place=place)
    text = (files.folder / corrections.LOG_FILE).read_text("utf-8")
    (files.folder / corrections.LOG_FILE).write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(TextError, match="entry 2 does not follow on those before it"):
        open_site()


@on_sqlite
def test_an_old_entry_cannot_be_taken_out(open_site, files):
    for place in ("p1", "p2", "p3"):
        files.log(language="ar", place=place)
    head, first, *others = (files.folder / corrections.LOG_FILE).read_text("utf-8").split("[[entries]]")
    (files.folder / corrections.LOG_FILE).write_text("[[entries]]".join([head, *others]), "utf-8")

    assert 'place = "p1"' in first
    with pytest.raises(TextError, match="entry 1 does not follow"):
        open_site()


@on_sqlite
def test_a_hash_by_which_withheld_words_could_be_guessed_can_be_taken_out_of_an_old_entry(open_site, files):
    files.log(language="ar", sha256="0" * 64)
    files.log(language="ar", place="p2")
    files.change(corrections.LOG_FILE, f'sha256 = "{"0" * 64}"\n', "")

    assert open_site().test_client().get("/en/about").status_code == 200


@on_sqlite
@pytest.mark.parametrize("entry", [{"kind": "beauty"}, {"language": ""}, {"author": "me"}])
def test_an_entry_that_does_not_say_what_an_entry_says_is_refused(open_site, files, entry):
    files.log(**entry)

    with pytest.raises(TextError, match=r"corrections\.toml: entry 1"):
        open_site()
