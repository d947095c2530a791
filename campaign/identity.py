"""Read `translations/campaign.toml`, which says which campaign this is.

A language without its own words gets those of the source language.
"""

import re
import tomllib
from collections.abc import Container, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, Self

CAMPAIGN_FILE = "campaign.toml"
CODE = re.compile("[a-z]{2,3}")  # of a language (ISO 639)
OFFICE_KEY = re.compile(r"(?!new$)[a-z0-9-]{1,60}")  # `new` is the address of the page that adds one
OFFICE_DETAILS = ("country", "languages", "channel", "means", "address", "checked_on", "is_endangering")
BY_LANGUAGE = ("name", "share", "share_without_testimony", "risk")
FALLBACK_SOURCE = "en"  # while the file cannot be read, which is said once somebody asks for all of it

ByLanguage = Mapping[str, str]


class IdentityError(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True)
class Identity:
    """Which campaign this is."""

    source: str  # the language that all texts are translated from
    name: ByLanguage
    share: ByLanguage  # the words that are sent along with a link
    share_without_testimony: ByLanguage  # the same once the testimony is withdrawn
    risk: ByLanguage  # whom a signature can endanger, beside the button
    issuer: str = ""  # what authenticator apps list it under; its name where this is empty
    goal: int | None = None  # the first one
    addressees: tuple[Mapping[str, Any], ...] = ()  # the first ones: `key`, `name` by language, and details

    @classmethod
    def read(cls, translations: Path) -> Self:
        """Return what the file in a folder of translations says; raise IdentityError."""
        file = translations / CAMPAIGN_FILE
        try:
            data = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise IdentityError(f"{file}: {error}") from None
        for fault in _faults(data):
            raise IdentityError(f"{file}: {fault}")
        return cls(**data)

    def in_language(self, words: ByLanguage, code: str) -> str:
        """Return words in a language, in the source language where it lacks them."""
        return words.get(code) or words[self.source]

    def missing_in(self, code: str) -> Iterator[str]:
        """Yield the place of everything that a language lacks: `name`, `addressees.KEY`."""
        yield from (place for place in BY_LANGUAGE if not getattr(self, place).get(code))
        yield from (f"addressees.{one['key']}" for one in self.addressees if not one["name"].get(code))


def _faults(data: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the content of the file, a sentence each."""
    needed = [field.name for field in fields(Identity) if field.default is MISSING]
    others = [field.name for field in fields(Identity) if field.default is not MISSING]
    if not set(needed) <= set(data) <= {*needed, *others}:
        yield f"it must have {', '.join(needed)}; it may have {', '.join(others)}, and nothing else."
        return
    source, goal, addressees = data["source"], data.get("goal"), data.get("addressees", [])
    if not isinstance(source, str) or not CODE.fullmatch(source):
        yield '`source` must be the code of a language, such as "en".'
    for place in BY_LANGUAGE:
        yield from _faults_by_language(place, data[place], source)
    if not isinstance(data.get("issuer", ""), str):
        yield "`issuer` must be words in quotation marks."
    if goal is not None and (type(goal) is not int or goal < 1):
        yield "`goal` must be a whole number of 1 or more."
    if not isinstance(addressees, list) or not all(isinstance(one, Mapping) for one in addressees):
        yield "each of the addressees must begin with [[addressees]]."
        return
    keys = [one.get("key") for one in addressees]
    wholes = [one.get("key") for one in addressees if not one.get("within")]
    for number, one in enumerate(addressees, start=1):
        if not isinstance(one.get("key"), str) or not OFFICE_KEY.fullmatch(one["key"]) or keys.count(one["key"]) > 1:
            yield f"addressee {number} must have a `key` of its own, of small letters, digits and hyphens, other than `new`."
        if one.get("within") and one["within"] not in wholes:
            yield f"`within` of addressee {number} must be the `key` of another one that is not within any itself."
        for unknown in sorted(set(one) - {"key", "name", "within", *OFFICE_DETAILS}):
            yield f"addressee {number} cannot have `{unknown}`, only key, name, within, {', '.join(OFFICE_DETAILS)}."
        yield from _faults_by_language(f"name of addressee {number}", one.get("name"), source)


def _faults_by_language(place: str, words: object, source: str) -> Iterator[str]:
    if not isinstance(words, Mapping) or not all(isinstance(said, str) for said in words.values()):
        yield f"`{place}` must have words in quotation marks for each language."
    elif not words.get(source):
        yield f"`{place}` must have words in the source language, {source}."


def check_source(translations: Path, source: str, codes: Container[str]) -> None:
    """Raise IdentityError unless the source language is one of the site's: nothing could be said in it."""
    if source not in codes:
        file = translations / CAMPAIGN_FILE
        Identity.read(translations)  # where it cannot be read, the source is only a guess
        raise IdentityError(f"{file}: the source language, {source}, must be one of the public languages of the site.")


def source_language(translations: Path) -> str:
    """Return the language that all others are translated from."""
    try:
        return Identity.read(translations).source
    except IdentityError:
        return FALLBACK_SOURCE
