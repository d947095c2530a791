"""The site's words stand whole in every language: up to date, no form empty, no placeholder lost, Arabic as it is written."""

import re
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
from campaign.translating import catalogues

TOP = Path(__file__).resolve().parents[2]
KEYWORDS = DEFAULT_KEYWORDS | {"lazy_gettext": None}  # as in translations/README.md
BUILT = ("campaign", "templates", "translations")
PLACEHOLDER = re.compile(r"%\(\w+\)s")
# Masculine imperatives; the reader is asked with «يُرجى» and a noun, and a button speaks in the first person.
IMPERATIVES = (
    "وقّع وقّعي اكتب أكتب شارك انقر اضغط ادخل أدخل اختر حاول انتظر اقرأ ابحث احذف تأكد تأكّد تحقق تحقّق أكّد أكد اسحب أضف راجع"
    " أعد قم أرسل افتح استخدم اترك أظهر أخف غيّر حدّد"
).split()
LETTER = r"[\w\u064b-\u0652]"  # or a mark on one
FAULTS = {
    "a Latin punctuation mark": re.compile(r"[,;?!\"'%]"),
    "a tatweel": re.compile("ـ"),
    "a digit other than 0 to 9": re.compile("[٠-٩۰-۹]"),
    "a space before a punctuation mark": re.compile(r"\s[،؛.:؟»]"),
    "a slash for two genders": re.compile("/"),
    "a vowel that makes the reader a man or a woman": re.compile(rf"ك[\u064e\u0650](?!{LETTER})"),
    "an imperative": re.compile(rf"(?<!{LETTER})({'|'.join(IMPERATIVES)})(?!{LETTER})"),
    "tanwin after its alif": re.compile("ا\u064b"),
}


def source(code: str) -> Path:
    """The catalogue of one language."""
    return TRANSLATIONS / code / "LC_MESSAGES" / "messages.po"


def entries(code: str) -> list[Message]:
    """The messages of a catalogue, without its header."""
    return [entry for entry in catalogues.read(source(code)) if entry.id]


@pytest.fixture(params=LANGUAGES)
def code(request: pytest.FixtureRequest) -> str:
    """Each language."""
    return str(request.param)


def test_a_catalogue_can_be_built_and_shows_nothing_unread(code):
    assert catalogues.check(source(code)) == []


def test_every_message_is_translated_in_all_its_forms(code):
    empty = [entry.id for entry in entries(code) if not all(catalogues.strings(entry))]

    assert empty == []


def test_every_plural_has_as_many_forms_as_its_language(code):
    forms = {"en": 2, "ar": 6}[code]

    assert {len(entry.string) for entry in entries(code) if entry.pluralizable} == {forms}


def test_a_catalogue_holds_the_messages_of_the_code_and_the_templates_and_no_others(code):
    with (TRANSLATIONS / "babel.cfg").open() as mapping:
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


@pytest.mark.parametrize("fault", FAULTS)
def test_arabic_is_written_as_arabic_is(fault):
    sentences = [PLACEHOLDER.sub("0", string) for entry in entries("ar") for string in catalogues.strings(entry)]

    assert [sentence for sentence in sentences if FAULTS[fault].search(sentence)] == []


def test_quotation_marks_and_isolates_come_in_pairs():
    for entry in entries("ar"):
        for string in catalogues.strings(entry):
            assert string.count("«") == string.count("»"), string
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
