"""The site's words stand whole in every language: up to date, no form empty, no placeholder lost."""

import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from campaign.config import TRANSLATIONS
from campaign.languages import LANGUAGES
from campaign.translation import catalogues
from tests.own_texts import OWN_TEXTS

TOP = Path(__file__).resolve().parents[2]
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}  # as in translations/README.md
BUILT = ("campaign", "templates", "translations")


def source(code: str) -> Path:
    """The catalogue of one language."""
    return TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"


def entries(code: str) -> list[Message]:
    """The messages of a catalogue, without its header."""
    return [entry for entry in catalogues.read_catalogue(source(code)) if entry.id]


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> str:
    """Each language."""
    return str(request.param)


def test_a_catalogue_can_be_built_and_shows_nothing_unread(code):
    assert catalogues.check_catalogue(source(code)) == []


def test_every_message_is_translated_in_all_its_forms(code):
    empty = [entry.id for entry in entries(code) if not all(catalogues.entry_strings(entry))]

    assert empty == []


def test_every_plural_has_as_many_forms_as_its_language(code):
    forms = len(catalogues.categories(LANGUAGES[code].locale))

    assert {len(entry.string) for entry in entries(code) if entry.pluralizable} == {forms}


def test_a_catalogue_holds_the_messages_of_the_code_and_the_templates_and_no_others(code):
    with (OWN_TEXTS / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping, "babel.cfg")
    found = extract_from_dir(TOP, methods, options, KEYWORDS)
    messages = {(context, ids) for _, _, ids, _, context in found}
    catalogue = {(entry.context, entry.id) for entry in entries(code)}

    assert catalogue - messages == set(), "obsolete: translations/README.md says how to bring the catalogue up to date"
    assert messages - catalogue == set(), "missing: translations/README.md says how to bring the catalogue up to date"


def test_no_message_is_kept_that_nobody_shows_any_more(code):
    assert not read_po(BytesIO(source(code).read_bytes())).obsolete


def test_english_repeats_its_messages():
    changed = [entry.id for entry in entries("en") if entry.string != entry.id]

    assert changed == []


def test_isolates_come_in_pairs(code):
    for entry in entries(code):
        for string in catalogues.entry_strings(entry):
            assert string.count("\u2068") == string.count("\u2069"), string


def test_a_wrong_placeholder_makes_the_build_fail(tmp_path):
    for name in BUILT:
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
    for name in ("pyproject.toml", "hatch_build.py", "LICENSE"):
        shutil.copy(TOP / name, tmp_path)
    catalogue = tmp_path / "translations/ar/LC_MESSAGES/messages.po"
    catalogue.write_text(catalogue.read_text("utf-8").replace('msgstr "الفقرة %(place)s"', 'msgstr "الفقرة %(nmae)s"'), "utf-8")

    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    build = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)

    assert build.returncode == 1
    assert "the translation has %(nmae)s, which the message does not have" in build.stderr + build.stdout
    assert not list(tmp_path.rglob("*.whl")) + list(tmp_path.rglob("*.mo"))
