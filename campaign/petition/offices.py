"""What is known of an office besides its name: where it is, what it reads, and how one reaches it, as organizers checked it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self
from urllib.parse import quote

import regex
from babel import Locale, UnknownLocaleError
from flask_babel import gettext, lazy_gettext

from campaign.content.files import TextError
from campaign.database import now
from campaign.languages import SOURCE, countries, current, day, isolate, language_names, number
from campaign.outbox.address import NotAnAddress, parse_address
from campaign.petition.channels import CHANNELS

LANGUAGE_TAG = re.compile("[a-z]{2,3}")
LONGEST_ADDRESS = 500  # characters
AHEAD = timedelta(days=1)  # of UTC, where somebody's day has begun already
# Joiners stay, as Persian needs them, and so do the ends of lines of a postal address.
HIDDEN_CHARACTER = regex.compile(r"[[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\n\u200C\u200D]]", regex.V1)
HOST_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# A host in Latin letters (RFC 1123 2.1; `xn--` for others), as letters of two scripts can look the same; then no character that
# browsers read as another one, such as a backslash, or leave out.
WEB_ADDRESS = re.compile(rf'https://(?:{HOST_LABEL}\.)+(?![0-9]){HOST_LABEL}(?::[0-9]{{1,5}})?(?:[/?#][^\s\\"<>]*)?')


class WrongDetails(TextError):
    """What a file says of an office cannot be so; the message is one sentence."""


class Means(StrEnum):
    """How an office is reached, by the code that is stored."""

    BY_HAND = "by hand"
    POST = "post"
    EMAIL = "email"
    WEB_FORM = "web form"


MEANS_LABELS = {
    Means.BY_HAND: lazy_gettext("By hand"),
    Means.POST: lazy_gettext("By post"),
    Means.EMAIL: lazy_gettext("By e-mail"),
    Means.WEB_FORM: lazy_gettext("In the form of the office"),
}


@dataclass(frozen=True)
class Details:
    """All of it may be open: nothing is guessed. An address counts only with the day on which somebody checked it."""

    country: str = ""  # ISO 3166
    languages: tuple[str, ...] = ()  # that the office reads, the one it likes best first (ISO 639)
    channel: str = ""  # a key of CHANNELS
    means: str = ""  # one of Means
    address: str = ""
    checked_on: date | None = None
    is_endangering: bool = False  # writing to it can bring somebody into danger

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Return what a stored addressee says; one from before says nothing."""
        known = {field.name: value[field.name] for field in fields(cls) if value.get(field.name)}
        return cls(**known | {"languages": tuple(known.get("languages", ()))})

    @classmethod
    def typed(cls, value: Mapping[str, Any]) -> Self:
        """Return what a file says of an addressee; raise WrongDetails."""
        if value.get("country") is False:
            raise WrongDetails(f'The addressee {value.get("key", "")}: write "NO" in quotation marks, YAML reads it as a no.')
        for fault in _type_faults(value):
            raise WrongDetails(f"The addressee {value.get('key', '')}: {fault}")
        found = cls.of(value)
        for fault in found.faults():
            raise WrongDetails(f"The addressee {value.get('key', '')}: {fault}")
        return found

    def as_value(self) -> dict[str, Any]:
        """Return it as it is stored: nothing of what is open."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: list(one) if name == "languages" else one for name, one in said.items() if one}

    def as_text(self) -> dict[str, str]:
        """Return what is known by the name of the field, in the reader's language; the channel by its key."""
        said = {name: str(one) for name, one in self.as_value().items()}
        if self.country:
            said["country"] = dict(countries(current().code)).get(self.country, self.country)
        if self.languages:
            said["languages"] = language_names(self.languages)
        if self.means in list(Means):
            said["means"] = str(MEANS_LABELS[Means(self.means)])
        if self.checked_on:
            said["checked_on"] = day(self.checked_on)
        return said | ({"is_endangering": gettext("yes")} if self.is_endangering else {})

    @property
    def is_reachable(self) -> bool:
        """Return whether its address was entered and checked; see `Addressee.can_be_written_to`."""
        return bool(self.means and self.address and self.checked_on)

    @property
    def mailto(self) -> str:
        """Return the link that opens an empty e-mail to it (RFC 6068)."""
        return f"mailto:{quote(self.address, safe='@')}"

    def faults(self) -> Iterator[str]:
        """Say what cannot be so, a sentence each."""
        if self.country and self.country not in dict(countries(SOURCE)):
            yield gettext("This is not a country code. Write two letters, like FR: %(words)s", words=isolate(str(self.country)))
        for language in self.languages:
            if not _is_language(language):
                yield gettext("This is not a language code. Write two letters, like fr: %(words)s", words=isolate(str(language)))
        if self.channel and self.channel not in CHANNELS:
            yield gettext("There are no rules for this channel: %(words)s", words=isolate(str(self.channel)))
        if self.means and self.means not in list(Means):
            yield gettext("This is not a way to reach an office: %(words)s", words=isolate(str(self.means)))
        if self.checked_on is not None and type(self.checked_on) is not date:
            words = isolate(f"checked_on: {self.checked_on}")
            yield gettext("This must be a date such as 2026-11-22, without quotation marks: %(words)s", words=words)
        elif self.checked_on and self.checked_on > (now() + AHEAD).date():
            yield gettext("This day is in the future: %(words)s", words=isolate(f"checked_on: {self.checked_on}"))
        if self.address:
            yield from self._address_faults()

    def _address_faults(self) -> Iterator[str]:
        if not (self.means and self.checked_on):
            yield gettext("An address needs how to reach it and the day it was checked.")
        if len(self.address) > LONGEST_ADDRESS:
            yield gettext("An address can have at most %(count)s characters.", count=number(LONGEST_ADDRESS))
        for unseen in HIDDEN_CHARACTER.findall(self.address):
            code = isolate(f"U+{ord(unseen):04X}")
            yield gettext("An address contains the invisible character %(code)s. Delete it.", code=code)
        if self.means == Means.EMAIL and not _is_email(self.address):
            yield gettext("This is not an e-mail address: %(words)s", words=isolate(self.address))
        if self.means == Means.WEB_FORM and not _is_web(self.address):
            words = isolate(self.address)
            yield gettext("This is not the address of a form, such as https://example.org/form: %(words)s", words=words)


@dataclass(frozen=True)
class Addressee:
    """An office that the letter goes to. One `within` another is part of it: naming it adds nobody."""

    key: str
    names: dict[str, str]  # by language
    within: str
    day: date | None  # since when it, or the one that it is within, is an addressee; None: nothing was published yet
    is_added: bool  # whether it came after the first ones
    details: Details
    is_endangering: bool  # it, or one that it is within: it gets no names, and readers are not told how to reach it

    @property
    def can_be_written_to(self) -> bool:
        """Return whether readers see its address: it is entered and checked, and puts nobody in danger."""
        return self.details.is_reachable and not self.is_endangering

    def name(self, code: str) -> str:
        """Return how it is called in a language, or in the source's."""
        return self.names.get(code) or self.names.get(SOURCE, self.key)


def _type_faults(value: Mapping[str, Any]) -> Iterator[str]:
    """Say what in a file is of another type than it has to be; what is left open is of none."""
    for name in ("country", "channel", "means", "address"):
        if not isinstance(value.get(name), str | None):
            yield f"`{name}` is text; put it in quotation marks."
    languages = value.get("languages")
    if languages is not None and not (isinstance(languages, list) and all(isinstance(one, str) for one in languages)):
        yield "`languages` is a list, such as [de, en]."
    if not isinstance(value.get("is_endangering", False), bool):
        yield "`is_endangering` is true or false."


def _is_language(tag: Any) -> bool:
    try:
        return bool(LANGUAGE_TAG.fullmatch(str(tag)) and Locale.parse(tag))
    except (UnknownLocaleError, ValueError):
        return False


def _is_email(address: str) -> bool:
    try:
        return parse_address(address).text == address
    except NotAnAddress:
        return False


def _is_web(address: str) -> bool:
    return bool(WEB_ADDRESS.fullmatch(address))
