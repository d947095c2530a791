"""One switch names the author, in full or less or not at all, in everything that the site gives out.

The name is read from the files: nothing else of this project knows it.
"""

import pytest

from campaign.content.files import TextError
from campaign.state import AppState
from tests.content.files import Files
from tests.content.outputs import given_out, traces
from tests.own_texts import OWN_TEXTS, own_texts
from tests.servers import on_sqlite

CODES = ("en", "ar")
NAMED = (
    "/{0}/ /{0}/testimony /{0}/testimony.txt /{0}/testimony.pdf /{0}/testimony/beside/{1} /{0}/testimony/beside/{1}.pdf".split()
)
TOP = OWN_TEXTS.parent
PUBLIC = ("campaign", "docs", "templates", "tests", "translations", "README.md")
READABLE = {".md", ".py", ".html", ".txt", ".toml", ".po", ".css", ".json", ".typ"}


@pytest.mark.slow
@on_sqlite
def test_the_full_name_stands_where_the_testimony_opens_and_in_every_copy_of_it(open_site, files, tmp_path):
    found = given_out(open_site(), tmp_path / "copy")

    for code, other in (CODES, CODES[::-1]):
        places = traces(found, " ".join(files.left_out(code, "none")))
        for named in NAMED:
            assert named.format(code, other) in places, named
        assert {"/", f"mirror {code}/testimony.html", f"mirror {code}/testimony.pdf", f"zip copy/{code}/index.html"} <= {*places}


@pytest.mark.slow
@on_sqlite
@pytest.mark.parametrize("form", ["first", "initials", "none"])
def test_another_form_of_the_name_leaves_no_trace_of_what_it_leaves_out(open_site, files, tmp_path, form):
    files.attribute(form)

    found = given_out(open_site(), tmp_path / "copy")

    for code in CODES:
        assert len(files.left_out(code, form)) == (1 if form == "first" else 2)
        assert [place for name in files.left_out(code, form) for place in traces(found, name)] == []
        for place in (f"/{code}/testimony", f"mirror {code}/testimony.txt", f"words of testimony.{code}"):
            assert place in traces(found, files.bylines(code)[form])


@on_sqlite
@pytest.mark.parametrize("form", ["first", "initials", "none"])
def test_without_the_whole_name_no_hash_tells_whether_a_guess_of_it_is_right(open_site, files, form):
    sha256 = open_site().extensions["campaign"].policy.source_sha256
    files.attribute(form)

    client = open_site().test_client()

    assert len(sha256) == 64
    assert all(sha256 not in client.get(f"/{code}/about").text for code in CODES)


@on_sqlite
def test_without_a_name_nothing_is_said_of_its_spelling(open_site, files):
    files.attribute("none")

    texts = open_site().extensions["campaign"].texts

    assert files.texts()["ar"].testimony.meta["name_note"] not in texts["ar"].testimony.standing


@on_sqlite
def test_the_names_that_are_not_shown_can_be_taken_out_of_the_files(open_site, files):
    files.attribute("none")
    names = {code: files.left_out(code, "none") for code in CODES}
    for code in CODES:
        for form in ("full", "first", "initials"):
            files.change(f"{code}/testimony.md", f"- key: {form}\n  name: {files.bylines(code)[form]}\n", "")

    site: AppState = open_site().extensions["campaign"]

    for code in CODES:
        assert site.texts[code].testimony.meta["byline"] == files.bylines(code)["none"]
        assert not [name for name in names[code] if name in (files.folder / code / "testimony.md").read_text("utf-8")]


@own_texts
def test_the_family_name_stands_nowhere_in_the_project_but_where_the_switch_reaches():
    names = [name for code in CODES for name in Files(OWN_TEXTS).left_out(code, "first")]
    places = [place for name in PUBLIC for place in (TOP / name, *(TOP / name).rglob("*")) if place.suffix in READABLE]

    holding = {
        place.relative_to(OWN_TEXTS).as_posix() if place.is_relative_to(OWN_TEXTS) else place
        for place in places
        if any(name in place.read_text("utf-8") for name in names)
    }

    assert len(places) > 200
    assert holding == {f"{code}/testimony.md" for code in CODES}


@on_sqlite
def test_a_form_that_a_language_does_not_have_is_refused_with_a_sentence(open_site, files):
    files.attribute("none")
    files.change("ar/testimony.md", f"- key: none\n  name: {files.bylines('ar')['none']}\n", "")

    with pytest.raises(TextError, match=r"ar/testimony\.md: `byline` has no form `none`"):
        open_site()


@on_sqlite
def test_a_switch_that_is_turned_to_nothing_known_is_refused_with_a_sentence(open_site, files):
    files.attribute("nickname")

    with pytest.raises(TextError, match="`attribution` must be one of full, first, initials, none"):
        open_site()
