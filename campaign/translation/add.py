"""Adds a language: its folder, described by CLDR, with every text and message to translate. It is hidden at first."""

import re
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from campaign.content.files import Document, read, write
from campaign.languages import DESCRIPTION, HIDDEN, SOURCE
from campaign.translation import catalogues, plurals
from campaign.translation.messages import catalogue

HEAD = "# How to work on this file: translations/README.md. The plural rule below is CLDR's."
EMPTY = {"msgid_bugs_address": "", "last_translator": "", "language_team": "", "charset": "utf-8"}
TEXT = {"status": "translated", "translator": "name withheld"}
DESCRIBED = """\
name = "{name}"
# Whose rules format numbers and days (CLDR); a country may be added, as in ar_SY.
locale = "{locale}"
dir = "{dir}"
# What Facebook calls it.
og = "{og}"
# Other tags that browsers send for it.
counts_as = [{tags}]
# Set it to "public" when it may be read: until then no visitor sees it.
status = "{status}"
"""


class NoLanguage(Exception):
    """A language that cannot be added; its text is one sentence."""


def locale(code: str) -> Locale:
    """What CLDR knows of a language; raises NoLanguage."""
    if not re.fullmatch("[a-z]{2,3}", code):
        raise NoLanguage(f"{code!r} is not the code of a language: two or three letters of ISO 639, such as fr or ckb.")
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        raise NoLanguage(f"CLDR knows no language {code!r}.") from None


def add(translations: Path, code: str) -> None:
    """Makes the folder of a language. Raises NoLanguage where CLDR does not know it, FileExistsError where it is there."""
    known, folder = locale(code), translations / code
    try:
        catalogue(translations, code).parent.mkdir(parents=True)
    except FileExistsError:
        raise FileExistsError(f"{folder} is there already.") from None
    (folder / DESCRIPTION).write_text(description(known), "utf-8")
    for file in sorted((translations / SOURCE).glob("*.md")):
        write(folder / file.name, Document(dict(TEXT), ()).following(read(file)))
    messages = untranslated(catalogues.read(catalogue(translations, SOURCE)), code)
    with catalogue(translations, code).open("wb") as out:
        write_po(out, messages, width=0)


def description(known: Locale) -> str:
    """The `language.toml` of a language that CLDR knows."""
    code, name = known.language, known.language_name or known.language
    likely = get_global("likely_subtags").get(code, code).split("_")
    aliases = get_global("language_aliases")
    tags = sorted(tag for tag, other in aliases.items() if re.fullmatch("[a-z]{2,3}", tag) and other.split("_")[0] == code)
    return DESCRIBED.format(
        name=name[0].upper() + name[1:],
        locale=code,
        dir=known.text_direction,
        og=f"{code}_{likely[-1]}",
        tags=", ".join(f'"{tag}"' for tag in tags),
        status=HIDDEN,
    )


def untranslated(source: Catalog, code: str) -> Catalog:
    """A catalogue with every message of the source, with nothing translated yet and CLDR's plural rule."""
    found = Catalog(locale=code, project=source.project, version=source.version, header_comment=HEAD, fuzzy=False, **EMPTY)
    rule = plurals.header(code)
    others = [(name, value) for name, value in found.mime_headers if name != "Plural-Forms"]
    found.mime_headers = [*others, ("Plural-Forms", rule)]
    for entry in source:
        if entry.id:
            empty = ("",) * found.num_plurals if entry.pluralizable else ""
            found.add(entry.id, empty, entry.locations, entry.flags, entry.auto_comments, context=entry.context)
    return found
