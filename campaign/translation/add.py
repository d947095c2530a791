"""Adds a language: its folder, described by CLDR, with every text and message to translate. It is hidden at first."""

import re
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from campaign.content.files import Document, read_document, write_document
from campaign.languages import HIDDEN, LANGUAGE_FILE, MESSAGES, NUMERALS, SOURCE
from campaign.translation import catalogues
from campaign.translation.status import catalogue_path

HEADER_COMMENT = "# How to work on this file: translations/README.md. The plural rule below is CLDR's."
EMPTY_HEADERS = {"msgid_bugs_address": "", "last_translator": "", "language_team": "", "charset": "utf-8"}
NEW_TEXT_META = {"status": "translated", "translator": "name withheld"}
LANGUAGE_TEMPLATE = """\
name = "{name}"
# Whose rules format numbers and days (CLDR); a country may be added, as in ar_SY.
locale = "{locale}"
dir = "{dir}"
# Its digits in numbers and days: latn, arab or arabext, as CLDR calls them.
digits = "{digits}"
# What Facebook calls it.
og = "{og}"
# Other tags that browsers send for it.
counts_as = [{tags}]
# Set it to "public" when it may be read: until then no visitor sees it.
status = "{status}"
"""


class UnknownLanguage(Exception):
    """A language that cannot be added; its text is one sentence."""


def cldr_locale(code: str) -> Locale:
    """Return what CLDR knows of a language; raise UnknownLanguage."""
    if not re.fullmatch("[a-z]{2,3}", code):
        raise UnknownLanguage(f"{code!r} is not the code of a language: two or three letters of ISO 639, such as fr or ckb.")
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        raise UnknownLanguage(f"CLDR knows no language {code!r}.") from None


def add_language(translations: Path, code: str) -> None:
    """Make the folder of a language. Raise UnknownLanguage where CLDR does not know it, FileExistsError where it is there."""
    known, folder = cldr_locale(code), translations / code
    try:
        catalogue_path(translations, code).parent.mkdir(parents=True)
    except FileExistsError:
        raise FileExistsError(f"{folder} already exists.") from None
    (folder / LANGUAGE_FILE).write_text(describe_language(known), "utf-8")
    for file in sorted((translations / SOURCE).glob("*.md")):
        write_document(folder / file.name, Document(dict(NEW_TEXT_META), ()).arranged_like(read_document(file)))
    messages = untranslated_catalogue(catalogues.read_catalogue(catalogue_path(translations, MESSAGES)), code)
    with catalogue_path(translations, code).open("wb") as out:
        write_po(out, messages, width=0)
    catalogues.compile_catalogue(catalogue_path(translations, code))


def describe_language(known: Locale) -> str:
    """Return the `language.toml` of a language that CLDR knows."""
    code, name = known.language, known.language_name or known.language
    likely = get_global("likely_subtags").get(code, code).split("_")
    aliases = get_global("language_aliases")
    tags = sorted(tag for tag, other in aliases.items() if re.fullmatch("[a-z]{2,3}", tag) and other.split("_")[0] == code)
    return LANGUAGE_TEMPLATE.format(
        name=name[0].upper() + name[1:],
        locale=code,
        dir=known.text_direction,
        digits=known.default_numbering_system if known.default_numbering_system in NUMERALS else "latn",
        og=f"{code}_{likely[-1]}",
        tags=", ".join(f'"{tag}"' for tag in tags),
        status=HIDDEN,
    )


def untranslated_catalogue(source: Catalog, code: str) -> Catalog:
    """Return a catalogue with every message of the source, with nothing translated yet and CLDR's plural rule."""
    found = Catalog(
        locale=code, project=source.project, version=source.version, header_comment=HEADER_COMMENT, fuzzy=False, **EMPTY_HEADERS
    )
    rule = catalogues.plural_forms_header(code)
    others = [(name, value) for name, value in found.mime_headers if name != "Plural-Forms"]
    found.mime_headers = [*others, ("Plural-Forms", rule)]
    for entry in source:
        if entry.id:
            empty = ("",) * found.num_plurals if entry.pluralizable else ""
            found.add(entry.id, empty, entry.locations, entry.flags, entry.auto_comments, context=entry.context)
    return found
