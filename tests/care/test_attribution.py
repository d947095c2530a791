"""One switch names the author, in full or less or not at all, in everything that the site gives out."""

import re

import pytest

from campaign.blocks import TextError, read
from campaign.site import Site
from tests.care.outputs import given_out, traces
from tests.servers import on_sqlite

pytestmark = on_sqlite
FULL = {"en": "Mohamed Barakat", "ar": "محمد بركات"}
SURNAMES = ("Barakat", "بركات")
FIRST_NAMES = ("Mohamed", "محمد")
NAMED = (
    "/{0}/ /{0}/testimony /{0}/testimony.txt /{0}/testimony.pdf /{0}/testimony/beside/{1} /{0}/testimony/beside/{1}.pdf".split()
)


def bylines(files, code):
    """The forms of the byline in a language."""
    return {form["key"]: form["name"] for form in read(files.folder / code / "testimony.md").meta["byline"]}


def test_the_full_name_stands_where_the_testimony_opens_and_in_every_copy_of_it(open_site, tmp_path):
    found = given_out(open_site(), tmp_path / "copy")

    for code, other in (("en", "ar"), ("ar", "en")):
        places = traces(found, FULL[code])
        for named in NAMED:
            assert named.format(code, other) in places, named
        assert {"/", f"mirror {code}/testimony.html", f"mirror {code}/testimony.pdf", f"zip copy/{code}/index.html"} <= {*places}


@pytest.mark.parametrize(
    ("form", "forbidden"),
    [("first", SURNAMES), ("initials", (*SURNAMES, *FIRST_NAMES)), ("none", (*SURNAMES, *FIRST_NAMES))],
)
def test_another_form_of_the_name_leaves_no_trace_of_what_it_leaves_out(open_site, files, tmp_path, form, forbidden):
    files.attribute(form)

    found = given_out(open_site(), tmp_path / "copy")

    assert [place for name in forbidden for place in traces(found, name)] == []
    for code in FULL:
        assert f"/{code}/testimony" in traces(found, bylines(files, code)[form])
        assert f"mirror {code}/testimony.txt" in traces(found, bylines(files, code)[form])


def test_without_the_name_no_initials_no_hash_of_the_source_and_no_word_about_its_spelling_remain(open_site, files, tmp_path):
    files.attribute("none")

    found = given_out(open_site(), tmp_path / "copy")

    assert traces(found, "619b51966a9434309e2cbec7b2cf1d649c9f282e52522a2024b8b5449c0a7ccf") == []
    assert traces(found, "كتابة اسم الكاتب بالعربية") == []
    assert [name for name in found if "ByMB" in found[name] or "بقلممب" in found[name]] == []


def test_the_names_that_are_not_shown_can_be_taken_out_of_the_files(open_site, files):
    files.attribute("none")
    for code in FULL:
        for form in ("full", "first", "initials"):
            files.change(f"{code}/testimony.md", f"- key: {form}\n  name: {bylines(files, code)[form]}\n", "")

    site: Site = open_site().extensions["site"]

    assert all("Barakat" not in one.testimony.meta["byline"] for one in site.texts.values())
    assert not [file for file in files.folder.glob("*/*.md") if re.search("|".join(FULL.values()), file.read_text("utf-8"))]


def test_a_form_that_a_language_does_not_have_is_refused_with_a_sentence(open_site, files):
    files.attribute("none")
    files.change("ar/testimony.md", f"- key: none\n  name: {bylines(files, 'ar')['none']}\n", "")

    with pytest.raises(TextError, match=r"ar/testimony\.md: `byline` has no form `none`"):
        open_site()


def test_a_switch_that_is_turned_to_nothing_known_is_refused_with_a_sentence(open_site, files):
    files.attribute("nickname")

    with pytest.raises(TextError, match="`attribution` is to be one of full, first, initials, none"):
        open_site()
