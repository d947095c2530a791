"""The type of each of the campaign's own words, from any source: text, a day, a number.

Files are typed by hand, and YAML reads `goal: '5000'` as text and `name: 2026` as a number; a page that shows either breaks.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml
from flask_babel import gettext

from campaign.content.files import TRANSLATED_FIELDS, parse_document
from campaign.content.pages import REVIEWED, STATUSES
from campaign.languages import isolate
from campaign.petition.offices import Details
from campaign.petition.published import LETTERS, TextKind

LARGEST_GOAL = 1_000_000_000
LISTS = ("addressees", "heart")  # of the fields that are translated
TEXT_FIELDS = (*(name for name in TRANSLATED_FIELDS if name not in LISTS), "translation_note", "reviewer")
DAY_FIELDS = ("reviewed_on", "translated_on")


def draft_faults(kind: str, words: str) -> Iterator[str]:
    """Say what in a draft is not what it has to be, a sentence each."""
    try:
        value = {"meta": parse_document(words).meta} if kind in LETTERS else yaml.safe_load(words)
    except (yaml.YAMLError, ValueError):
        yield _form_sentence()
    else:
        yield from value_faults(kind, value)


def value_faults(kind: str, value: Any) -> Iterator[str]:
    """Say what in words that are to be public is not what it has to be, a sentence each."""
    try:
        yield from CHECKS[TextKind(kind)](value)
    except (KeyError, TypeError, AttributeError, ValueError):
        yield _form_sentence()


def _form_sentence() -> str:
    return str(gettext("These words are not in the form in which they were exported."))


def _letter(value: Mapping[str, Any]) -> Iterator[str]:
    meta = value["meta"]
    if meta["status"] not in STATUSES or (meta["status"] == REVIEWED and not meta.get("reviewed_on")):
        yield _form_sentence()
    for name in TEXT_FIELDS:
        yield from _text(name, meta.get(name) or "")
    for name in DAY_FIELDS:
        yield from _day(name, meta[name]) if meta.get(name) else ()
    for one in meta.get("deliveries") or ():
        yield from (*_day("day", one["day"]), *_text("name", one["name"]))


def _office(value: Mapping[str, Any]) -> Iterator[str]:
    yield from (*_names(value["names"]), *_text("within", value.get("within", "")))
    yield from Details.of(value).faults()


def _deliveries(value: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in value:
        yield from (*_day("day", one["day"]), *_names(one["names"]))


def _page(value: Mapping[str, Mapping[str, str]] | None) -> Iterator[str]:
    for block in (value or {}).values():
        yield from (*_text("words", block["words"]), *_text("from", block.get("from", "")))
        yield from _text("instead_of", block["instead_of"])


def _goal(value: Any) -> Iterator[str]:
    if value is not None and not (type(value) is int and 0 < value <= LARGEST_GOAL):
        yield gettext("Write the goal as a number, like 5000.")


def _names(names: Mapping[str, Any]) -> Iterator[str]:
    for code, name in names.items():
        yield from _text(code, name)


def _text(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        yield gettext("This must be text, so put quotation marks around it: %(words)s", words=isolate(f"{name}: {value}"))


def _day(name: str, value: Any) -> Iterator[str]:
    if type(value) is not date:
        words = isolate(f"{name}: {value}")
        yield gettext("This must be a date such as 2026-11-22, without quotation marks: %(words)s", words=words)


CHECKS: dict[TextKind, Callable[[Any], Iterator[str]]] = {
    TextKind.LETTER: _letter,
    TextKind.LETTER_WITHOUT_TESTIMONY: _letter,
    TextKind.TITLE: lambda value: _text("campaign", value or ""),
    TextKind.ADDRESSEE: _office,
    TextKind.CONTACT: lambda value: _text("contact", value or ""),
    TextKind.GOAL: _goal,
    TextKind.ABOUT: _page,
    TextKind.PRIVACY: _page,
    TextKind.DELIVERIES: _deliveries,
    TextKind.UPDATE: lambda value: _names(value["names"]),
    TextKind.EVENT: lambda value: _names(value["words"]),
}
