"""Find the languages of the site, choose the one that a reader wants, and format numbers, days and countries in it.

Each folder of `translations/` with a `language.toml` is a language. The file says how the language is called in itself (`name`),
whose rules format its numbers and days (`locale`, CLDR), its direction (`dir`), what Facebook calls it (`og`), which other tags
browsers send for it (`counts_as`), its `digits`, and its `status`: `hidden`, or `public` once it is fit to be read.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from flask_babel import Babel, force_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header
from werkzeug.routing import BaseConverter

from campaign.config import TRANSLATIONS
from campaign.folding import fold
from campaign.identity import check_source, source_language

SOURCE = source_language(TRANSLATIONS)  # what the texts of all other languages are translated from
MESSAGES = "en"  # what the words of the program are translated from
HIDDEN, PUBLIC = "hidden", "public"
LANGUAGE_FILE = "language.toml"
LONGEST_HEADER = 1000  # characters of an Accept-Language header that are read
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
NUMERALS = {"latn": "0123456789", "arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹"}  # by CLDR's names
LATIN_DIGITS = str.maketrans(NUMERALS["arab"] + NUMERALS["arabext"], NUMERALS["latn"] * 2)
FIRST_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
RIGHT_TO_LEFT = "\u200f\u2067"  # a mark, and the start of an isolate

babel = Babel()


class LanguageError(Exception):
    """A language cannot be used; the message says which file and why."""


@dataclass(frozen=True)
class Language:
    """A language of the site."""

    code: str  # as in the address and in `lang`
    locale: str  # whose rules format numbers and days
    name: str  # in itself
    dir: str
    og: str  # what Facebook calls it
    counts_as: tuple[str, ...] = ()  # ISO 639 codes that browsers send for it
    status: str = PUBLIC
    first_countries: tuple[str, ...] = ()  # ISO 3166 codes
    country_names: tuple[tuple[str, str], ...] = ()  # ISO 3166 codes, and names in the place of CLDR's
    article: str = ""  # counts for nothing before the name of a country
    digits: str = "latn"  # one of NUMERALS

    @property
    def is_rtl(self) -> bool:
        """Return whether it is written from right to left."""
        return self.dir == "rtl"


def discover(translations: Path) -> dict[str, Language]:
    """Return every language by its code, the source first; raises LanguageError."""
    found = [describe(file) for file in translations.glob(f"*/{LANGUAGE_FILE}")]
    return {language.code: language for language in sorted(found, key=lambda one: (one.code != SOURCE, one.code))}


def describe(file: Path) -> Language:
    """Return the language that a `language.toml` describes; raises LanguageError."""
    code = file.parent.name
    try:
        data = tomllib.loads(file.read_text("utf-8"))
        names, lists = data.pop("country_names", {}), {key: tuple(data.pop(key, ())) for key in ("counts_as", "first_countries")}
        language = Language(code, country_names=tuple(names.items()), **(data | lists))
    except (OSError, ValueError, TypeError) as error:
        raise LanguageError(f"{file}: {error}") from None
    if language.dir not in {"ltr", "rtl"}:
        raise LanguageError(f"{file}: `dir` must be ltr or rtl, not {language.dir}.")
    if language.digits not in NUMERALS:
        raise LanguageError(f"{file}: `digits` must be {', '.join(NUMERALS)}, not {language.digits}.")
    if language.status not in {HIDDEN, PUBLIC}:
        raise LanguageError(f"{file}: `status` must be hidden or public, not {language.status}.")
    return language


class PublicLanguages(Mapping[str, Language]):
    """The languages on the site by their codes, read when one is first asked for; raises LanguageError or IdentityError."""

    @cached_property
    def _found(self) -> dict[str, Language]:
        found = {code: language for code, language in discover(TRANSLATIONS).items() if language.status == PUBLIC}
        check_source(TRANSLATIONS, SOURCE, found)
        return found

    @cached_property
    def by_tag(self) -> dict[str, Language]:
        """Return the languages by every tag that browsers send for them."""
        return {tag: language for language in self.values() for tag in (language.code, *language.counts_as)}

    def __getitem__(self, code: str) -> Language:
        return self._found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


LANGUAGES = PublicLanguages()


class LanguageConverter(BaseConverter):
    """The part of an address that names a language."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.regex = "|".join(LANGUAGES)


def init_app(app: Flask) -> None:
    """Set up Flask-Babel, and the language at the start of every address."""
    app.url_map.converters["lang"] = LanguageConverter
    app.url_value_preprocessor(_remove_language)
    app.url_defaults(_add_language)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[SOURCE].locale
    babel.init_app(app, locale_selector=lambda: current().locale)


def current() -> Language:
    """Return the language of the request: the first part of its path, else the best that its browser asks for."""
    if not request:
        return LANGUAGES[SOURCE]
    code = request.path.split("/", 2)[1]
    return LANGUAGES.get(code) or negotiate(request.headers.get("Accept-Language")) or LANGUAGES[SOURCE]


def _remove_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Remove the language from the arguments of views, which call `current`."""
    if values:
        values.pop("lang", None)


def _add_language(endpoint: str, values: dict[str, Any]) -> None:
    """Add the language of the request to an address that is built without one."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current().code


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Translate and format in the language `code` within the block."""
    language = LANGUAGES.get(code, LANGUAGES[SOURCE])
    with force_locale(language.locale):
        yield language


def negotiate(header: str | None) -> Language | None:
    """Return the best language for an Accept-Language header (RFC 9110 12.5.4); None where it names none of ours."""
    for tag, quality in parse_accept_header((header or "")[:LONGEST_HEADER], LanguageAccept):
        base = re.split("[-_]", tag.lower())[0]
        if quality > 0 and base in LANGUAGES.by_tag:
            return LANGUAGES.by_tag[base]
    return None


def number(value: int, language: Language | None = None) -> str:
    """Return a number with its thousands separated: 1,284."""
    language = language or current()
    return _in_digits(format_decimal(value, locale=language.locale, numbering_system=language.digits), language)


def day(value: date, language: Language | None = None) -> str:
    """Return a day in words: 10 August 2018, with the months and digits of the language."""
    language = language or current()
    return _in_digits(format_date(value, format="long", locale=language.locale), language)


def clock(value: datetime, language: Language | None = None) -> str:
    """Return the time of day in UTC: 11:00."""
    return _in_digits(value.astimezone(UTC).strftime("%H:%M"), language or current())


def _in_digits(text: str, language: Language) -> str:
    """Return text whose Latin digits are those of a language."""
    return text.translate(str.maketrans(NUMERALS["latn"], NUMERALS[language.digits]))


def digits(text: str) -> str:
    """Return text with Arabic-Indic and Persian digits as Latin ones, for numbers that people type."""
    return text.translate(LATIN_DIGITS)


def read_day(text: str) -> date:
    """Return the day of an ISO 8601 date in Latin or Arabic digits, of the years 1970 to 9998; raise ValueError."""
    plain = digits(text).strip()
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", plain, re.ASCII) or not "1970" <= plain[:4] <= "9998":
        raise ValueError(text)
    return date.fromisoformat(plain)


def isolate(text: str) -> str:
    """Return text that does not reorder the plain text beside it (Unicode's first strong isolate)."""
    return f"{FIRST_ISOLATE}{text}{POP_ISOLATE}"


def with_direction(text: str, language: Language | None = None) -> str:
    """Return plain text whose every line runs from right to left where its language does (UAX #9).

    Programs that find the direction of a line by its first letter skip an isolate, so put a mark before it.
    """
    return re.sub("(?m)^.+$", f"{RIGHT_TO_LEFT}\\g<0>{POP_ISOLATE}", text) if (language or current()).is_rtl else text


@cache
def countries(code: str) -> tuple[tuple[str, str], ...]:
    """Return country codes (ISO 3166) and their names in a language (CLDR), by name after those that come first."""
    language, first = LANGUAGES[code], LANGUAGES[code].first_countries
    territories = dict(Locale.parse(language.locale).territories) | dict(language.country_names)
    named = [(key, name) for key, name in territories.items() if re.fullmatch("[A-Z]{2}", key) and key not in NOT_COUNTRIES]
    return tuple(sorted(named, key=lambda one: (one[0] not in first, fold(one[1].removeprefix(language.article)))))


def language_names(tags: Iterable[str]) -> str:
    """Return the names of languages (ISO 639) in the reader's own (CLDR), as a list in words."""
    locale = Locale.parse(current().locale)
    return str(format_list([locale.languages.get(tag, tag) for tag in tags], locale=locale))


def language_name(tag: str, language: Language) -> str:
    """Return the name of one language (ISO 639) in another (CLDR)."""
    return str(Locale.parse(language.locale).languages.get(tag, tag))


def clear_caches() -> None:
    """Have the language files read again when they are next needed."""
    vars(LANGUAGES).clear()
    countries.cache_clear()
