"""Strangers send what no form of the site sends, and look closely at the page that comes back."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from campaign.database import Database
from campaign.outbox.queue import OutboxMessage
from campaign.petition.models import Signature, Submission
from campaign.state import AppState
from tests.people import Visitor, hidden_fields, parse

FORM = "application/x-www-form-urlencoded"
PREFIX = {"en": "Error: ", "ar": "خطأ: "}
LATIN, ARABIC = re.compile("[A-Za-z]"), re.compile("[ء-ي]")
SENTENCES = re.compile(r"[^.]+\.( [^.]+\.)*")
TITLE = re.compile("<title>([^<]*)</title>")
COUNTRIES = re.compile(r'<option value="[A-Z]{2}">[^<]*</option>\s*')  # most of a page, and slow to parse
FULL = {"shown_as": "Layla", "country": "SY"}


@dataclass
class Stranger(Visitor):
    """Somebody who fills the form in like nobody else; each time from another network, so that nobody has to wait."""

    times: int = 0
    forms: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The address of the form."""
        return f"/{self.language}/sign"

    def blank(self, path: str = "") -> dict[str, str]:
        """What the form on a page holds before anybody types: the whole one, or the short one on the front page."""
        if path not in self.forms:
            self.forms[path] = hidden_fields(self.read(path or self.page).text, "/sign")
        return self.forms[path]

    def fill(self, typed: dict[str, str | None], *, is_short: bool = False) -> dict[str, str]:
        """A form filled in as anybody would but for what is `typed`; None leaves a field out."""
        usual = {"name": "Layla Haddad", "email": "layla@example.org"} | ({} if is_short else FULL)
        blank = self.blank(f"/{self.language}/" if is_short else "")
        return {name: value for name, value in (blank | usual | typed).items() if value is not None}

    def send(self, data: Any, path: str = "", **options: Any) -> TestResponse:
        """Posts a form, or raw bytes in its place."""
        self.times += 1
        network = {"REMOTE_ADDR": f"10.{self.times >> 16}.{self.times >> 8 & 255}.{self.times & 255}"}
        if isinstance(data, bytes):
            options.setdefault("content_type", FORM)
        return self.client.post(path or self.page, data=data, environ_base=network, **options)


class Page:
    """The main part of a page as a browser reads it, with what it says is wrong."""

    def __init__(self, answer: TestResponse, language: str) -> None:
        before, start, rest = answer.text.partition("<main")
        self.language, self.title = language, unescape(TITLE.findall(before)[0])
        self.elements = list(parse(start + COUNTRIES.sub("", rest.rpartition("</main>")[0])).iter())
        self.ids = {element.get("id"): element for element in self.elements if element.get("id")}

    def value(self, name: str) -> str | None:
        """What stands in a field: its text, the value of a ticked box, the chosen option."""
        control = next(element for element in self.elements if element.get("name") == name)
        if control.tag == "select":
            chosen = [option.get("value") for option in control.iter("option") if "selected" in option.attrib]
            return chosen[0] if chosen else ""
        if control.get("type") == "checkbox":
            return control.get("value") if "checked" in control.attrib else None
        return str(control.get("value", ""))

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """The summary at the top: the field and what is wrong with it; no field where it is the whole form."""
        box = self.ids.get("errors")
        items = [] if box is None else list(box.iter("li"))
        return [(next((link.get("href")[1:] for link in item.iter("a")), ""), words_of(item)) for item in items]

    def complaint(self, name: str = "") -> str:
        """The one thing that is wrong, said of this field: in the summary and at the field in the same plain words."""
        assert self.title.startswith(PREFIX[self.language]), self.title
        [(where, message)] = self.complaints
        assert where == name, self.complaints
        if name:
            control = self.ids[name]
            assert control.get("aria-invalid") == "true"
            described_by = control.get("aria-describedby").split()
            assert all(place in self.ids for place in described_by)
            assert f"{name}-error" in described_by
            assert words_of(self.ids[f"{name}-error"]) == message
        assert is_plain(message, self.language), message
        return message


def words_of(element: Any) -> str:
    """The text of an element as it is read."""
    return " ".join("".join(element.itertext()).split())


def is_plain(message: str, language: str) -> bool:
    """Whether this is a short sentence or a few, in the language of the page."""
    own, other = (ARABIC, LATIN) if language == "ar" else (LATIN, ARABIC)
    text = message.replace("\u2068name@example.com\u2069" if language == "ar" else "name@example.com", "")
    return bool(SENTENCES.fullmatch(text) and own.search(text) and not other.search(text) and len(text) < 120)


def path_of(answer: TestResponse) -> str:
    """Where an answer leads, without the encrypted address behind it."""
    return str(answer.location).partition("?")[0]


def as_shown(typed: str) -> str:
    """What a browser makes of a value that stands in HTML (its rules for line ends and NUL)."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def stored(app: Flask) -> tuple[int, ...]:
    """How many submissions, letters and signatures there are."""
    site: AppState = app.extensions["campaign"]
    return stored_in(site.database)


def stored_in(database: Database) -> tuple[int, ...]:
    """How many submissions, letters and signatures there are in a database."""
    with database.reading() as session:
        counts = (
            sa.select(sa.func.count()).select_from(record).scalar_subquery() for record in (Submission, OutboxMessage, Signature)
        )
        return tuple(session.execute(sa.select(*counts)).one())


NOTHING = (0, 0, 0)
