"""The languages of the site: which one a reader wants, and how numbers, days and countries are written in it.

Digits are Latin in all of them. What a language is called and how it is formatted stands in its `language.toml` (tongues.py).
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from flask_babel import Babel, force_locale
from werkzeug.routing import BaseConverter

from campaign.config import TRANSLATIONS
from campaign.tongues import PUBLIC, SOURCE, Language, discover

# What is on the site; the folders of translations/ say so, once at the start.
LANGUAGES = {code: language for code, language in discover(TRANSLATIONS).items() if language.status == PUBLIC}
ENGLISH = LANGUAGES[SOURCE]
TAGS = {tag: language for language in LANGUAGES.values() for tag in (language.code, *language.counts_as)}
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
ARABIC_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
FIRST_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

babel = Babel()


class LanguageConverter(BaseConverter):
    """The part of an address that names a language."""

    regex = "|".join(LANGUAGES)


def init_app(app: Flask) -> None:
    """Lets every page and every letter be written in its language, and every address begin with it."""
    app.url_map.converters["lang"] = LanguageConverter
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = ENGLISH.locale
    babel.init_app(app, locale_selector=lambda: current().locale)


def current() -> Language:
    """The language of the page that is asked for: the first part of its path; where there is none, what its reader asks for."""
    if not request:
        return ENGLISH
    code = request.path.split("/", 2)[1]
    return LANGUAGES.get(code) or negotiate(request.headers.get("Accept-Language")) or ENGLISH


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views need not take the language; `current` knows it."""
    if values:
        values.pop("lang", None)


def _give_language(endpoint: str, values: dict[str, Any]) -> None:
    """An address stays in the language of the page it stands on unless it says otherwise."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = current().code


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Within this block everything is written in the language `code`."""
    language = LANGUAGES.get(code, ENGLISH)
    with force_locale(language.locale):
        yield language


def negotiate(header: str | None) -> Language | None:
    """The best language for an Accept-Language header (RFC 9110 12.5.4); None where it names none of ours."""
    wishes = []
    for place, part in enumerate((header or "")[:1000].split(",")):
        tag, _, parameter = part.strip().partition(";")
        quality = _quality(parameter)
        if quality > 0:
            wishes.append((-quality, place, re.split("[-_]", tag.strip().lower())[0]))
    for _, _, base in sorted(wishes):
        if base in TAGS:
            return TAGS[base]
    return None


def _quality(parameter: str) -> float:
    """The `q` of one wish; 1 where there is none, 0 where it is no number of RFC 9110 12.4.2."""
    if not parameter.strip():
        return 1.0
    found = re.fullmatch(r"\s*[qQ]\s*=\s*(0(\.\d{0,3})?|1(\.0{0,3})?)\s*", parameter)
    return float(found[1]) if found else 0.0


def number(value: int, language: Language | None = None) -> str:
    """A number with its thousands set apart: 1,284."""
    return str(format_decimal(value, locale=(language or current()).locale))


def day(value: date, language: Language | None = None) -> str:
    """A day in words: 10 August 2018, and with the months of the Levant in Arabic."""
    return str(format_date(value, format="long", locale=(language or current()).locale))


def clock(value: datetime) -> str:
    """The time of day in UTC: 11:00."""
    return value.astimezone(UTC).strftime("%H:%M")


def digits(text: str) -> str:
    """Text with Arabic-Indic and Persian digits turned into Latin ones, for what people type as a number."""
    return text.translate(ARABIC_DIGITS)


def isolate(text: str) -> str:
    """Text that does not reorder what stands beside it in plain text (Unicode's first strong isolate)."""
    return f"{FIRST_ISOLATE}{text}{POP_ISOLATE}"


@cache
def countries(code: str) -> tuple[tuple[str, str], ...]:
    """Country codes (ISO 3166) and their names in a language (CLDR), in the order of the names."""
    territories = Locale.parse(LANGUAGES[code].locale).territories
    named = [(key, name) for key, name in territories.items() if re.fullmatch("[A-Z]{2}", key) and key not in NOT_COUNTRIES]
    return tuple(sorted(named, key=lambda country: fold(country[1])))


# For sorting and searching: hamzas and marks do not count (as in Lucene's ArabicNormalizer), accents neither, and Persian and
# Kurdish letters stand for the Arabic ones they look like. A hyphen, a dot or an apostrophe is a space.
MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u0640\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
BETWEEN = re.compile(r"[\s\-_.'’`،]+")
LETTERS = str.maketrans("أإآٱىئؤةکیھەı", "ااااييوهكيههi", "ء")


def fold(text: str) -> str:
    """A key to sort and find names by: words without Arabic marks, hamzas, accents and case, with Latin digits."""
    plain = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    plain = unicodedata.normalize("NFKD", MARKS.sub("", plain).translate(LETTERS))
    letters = (_digit(letter) for letter in plain if not unicodedata.combining(letter))
    return BETWEEN.sub(" ", "".join(letters)).strip().casefold()


def _digit(letter: str) -> str:
    """A digit of any script as a Latin one; another letter as it is."""
    return str(unicodedata.digit(letter)) if unicodedata.category(letter) == "Nd" else letter
