"""The campaign's own words as they are public: the letter, its addressees, the campaign's title, its contact and its goal.

They are in the database, in rows that are only added; files and settings are the first values, see publishing.py, and drafts.py
for words that are changed at the desk. What nobody has published yet, such as the letter in a new language, is shown as the files
have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Mapped, Session, mapped_column

from campaign.content.files import MADE_FROM
from campaign.content.pages import MISSING_NOTE, STALE_NOTE, Paragraph, Text, Texts, text_hash
from campaign.database import Base
from campaign.identity import Identity
from campaign.languages import LANGUAGES, SOURCE
from campaign.petition.offices import Addressee, Details

try:
    from yaml import CSafeLoader as SafeLoader  # ten times as fast: every change of the words reads all rows
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader

NOTES = {"missing": MISSING_NOTE, "stale": STALE_NOTE, "": ""}
OWN_KINDS = ("addressees", "campaign", MADE_FROM)  # front matter of the letter that is published as a kind of its own, or not


class TextKind(StrEnum):
    """What can be published, by the code that is stored."""

    LETTER = "letter"  # one for each language
    LETTER_WITHOUT_TESTIMONY = "other letter"  # the one that takes its place when the testimony is withdrawn
    TITLE = "title"  # of the campaign, one for each language
    ADDRESSEE = "addressee"  # one for each office
    CONTACT = "contact"
    GOAL = "goal"
    ABOUT = "about"  # the campaign's own paragraphs on that page, one row for each language
    PRIVACY = "privacy"  # the same
    DELIVERIES = "deliveries"  # what was handed over, on which days; before there are any, those of the letter hold
    UPDATE = "update"  # one for each piece of news
    EVENT = "event"  # of a delivery to an office, under the key of the delivery; all of its rows are shown, see timelines.py


LETTERS = (TextKind.LETTER, TextKind.LETTER_WITHOUT_TESTIMONY)
Key = tuple[str, str]  # the kind, and the language or the key of the addressee


class PublishedText(Base):
    """Words that were published on one day. The newest row of a kind and name is shown; none is ever changed or deleted."""

    __tablename__ = "published"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    name: Mapped[str] = mapped_column(sa.String(60))  # a language, the key of an addressee, or nothing
    day: Mapped[date]
    words: Mapped[str] = mapped_column(sa.Text)  # YAML, which keeps days
    sha256: Mapped[str | None] = mapped_column(sa.String(64))  # of a letter: what its signatures carry
    set_by: Mapped[str | None] = mapped_column(sa.String(20))  # at the desk: the number of the account; else they are of a file

    @cached_property
    def value(self) -> Any:
        """Return the words, parsed from their YAML."""
        return parse_value(self.words)


class Draft(Base):
    """A draft of words of one kind and name; deleted when it is published or discarded."""

    __tablename__ = "draft"

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    words: Mapped[str] = mapped_column(sa.Text)  # of a letter the text of a file, else YAML
    changed_on: Mapped[date]
    changed_by: Mapped[str] = mapped_column(sa.String(20))  # the number of an account, or `command`


@dataclass(frozen=True)
class Words:
    """All that is public of the campaign's own words: the rows, oldest first, and the first values of what has none."""

    rows: tuple[PublishedText, ...]
    first_values: Mapping[Key, Any]

    @cached_property
    def current(self) -> dict[Key, Any]:
        """Return what is shown, by kind and name."""
        return dict(self.first_values) | {(row.kind, row.name): row.value for row in self.rows}

    @property
    def contact(self) -> str:
        """Return who is responsible for the campaign; empty while nobody is named."""
        return str(self.current.get((TextKind.CONTACT, "")) or "")

    @property
    def goal(self) -> int | None:
        """Return the campaign's own goal, if it has one."""
        found: int | None = self.current.get((TextKind.GOAL, ""))
        return found

    def title(self, code: str) -> str:
        """Return how the campaign is called in a language."""
        return str(self.current[TextKind.TITLE, code])

    @cached_property
    def addressees(self) -> tuple[Addressee, ...]:
        """Return the offices in the order in which they were named."""
        days: dict[str, date] = {}
        for row in self.rows:
            if row.kind == TextKind.ADDRESSEE:
                days.setdefault(row.name, row.day)
        first = min(days.values(), default=None)
        found = {name: value for (kind, name), value in self.current.items() if kind == TextKind.ADDRESSEE}
        offices = []
        for name in sorted(found, key=lambda name: list(days).index(name) if name in days else len(days)):
            within = found[name].get("within", "")
            day = days.get(within or name)
            is_added = bool(day and first and day > first)
            is_endangering = any(Details.of(found[one]).is_endangering for one in _with_groups(name, found))
            offices.append(Addressee(name, found[name]["names"], within, day, is_added, Details.of(found[name]), is_endangering))
        return tuple(offices)

    def offices_within(self, key: str) -> list[Addressee]:
        """Return the offices that were named one by one as parts of an addressee."""
        return [one for one in self.addressees if one.within == key]

    def letter(self, code: str, kind: str = TextKind.LETTER) -> Text:
        """Return a letter as it is shown in a language, with those it goes to and what was delivered."""
        offices = [{"key": one.key, "name": one.name(code), "addressee": one} for one in self.addressees if not one.within]
        return letter_from(code, self.current[kind, code], addressees=offices, deliveries=self.deliveries(code))

    def deliveries(self, code: str) -> list[dict[str, Any]]:
        """Return what was handed over, each with its `day` and its `name` in a language."""
        at_the_desk = self.current.get((TextKind.DELIVERIES, ""))
        if at_the_desk is None:
            return self.current[TextKind.LETTER, code]["meta"].get("deliveries") or []
        return [{"day": one["day"], "name": one["names"].get(code) or one["names"].get(SOURCE, "")} for one in at_the_desk]

    @property
    def first_day(self) -> date:
        """Return the day on which the first words were published; a day long ago if none are."""
        return self.rows[0].day if self.rows else date(1970, 1, 1)

    @cached_property
    def of_the_desk(self) -> set[Key]:
        """Return the kinds and names last published at the desk, whose files no longer count."""
        newest = {(row.kind, row.name): row for row in self.rows}
        return {key for key, row in newest.items() if row.set_by}


def _with_groups(name: str, found: Mapping[str, Any]) -> list[str]:
    """Return the key of an office, and of each that it is within."""
    keys: list[str] = []
    while name in found and name not in keys:
        keys.append(name)
        name = found[name].get("within", "")
    return keys


def parse_value(words: str) -> Any:
    """Return words, parsed from their YAML."""
    return yaml.load(words, SafeLoader)


def letter_value(letter: Text) -> dict[str, Any]:
    """Return a letter as it is stored: all that its page shows, so that no file is needed to show it again."""
    note_names = {id(note): name for name, note in NOTES.items()}
    return {
        "meta": {name: value for name, value in letter.meta.items() if name not in OWN_KINDS},
        "is_behind": letter.is_behind,
        "paragraphs": [
            {"id": part.id, "words": part.words, "language": part.language.code, "note": note_names.get(id(part.note), "")}
            for part in letter.paragraphs
        ],
    }


def letter_from(code: str, value: Mapping[str, Any], **meta: Any) -> Text:
    """Return a letter that was stored; a language that is no longer on the site counts as the source."""

    def paragraph(part: Mapping[str, str]) -> Paragraph:
        language = LANGUAGES.get(part["language"], LANGUAGES[SOURCE])
        return Paragraph(part["id"], part["words"], language, NOTES[part["note"]])

    paragraphs = tuple(paragraph(part) for part in value["paragraphs"])
    return Text("petition", LANGUAGES[code], value["meta"] | meta, paragraphs, value["is_behind"])


def first_values(texts: Mapping[str, Texts], identity: Identity, *, contact: str, goal: int | None) -> dict[Key, Any]:
    """Return what the files and settings say, by kind and name."""
    found: dict[Key, Any] = {}
    for code, one in texts.items():
        found[TextKind.LETTER, code] = letter_value(one.petition)
        found[TextKind.LETTER_WITHOUT_TESTIMONY, code] = letter_value(one.letter_without_testimony)
        found[TextKind.TITLE, code] = identity.in_language(identity.name, code)
    for office in identity.addressees:
        names = {code: office["name"].get(code, "") for code in texts}
        within = {"within": office["within"]} if office.get("within") else {}
        also = within | Details.typed(office).as_value()
        found[TextKind.ADDRESSEE, office["key"]] = {"names": {code: name for code, name in names.items() if name}, **also}
    return found | {(TextKind.CONTACT, ""): contact, (TextKind.GOAL, ""): goal or identity.goal}


def new_row(key: Key, value: Any, day: date, set_by: str | None = None) -> PublishedText:
    """Return a row to be added."""
    kind, name = key
    words = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100_000)
    sha256 = text_hash(letter_from(name, value)) if kind in LETTERS else None
    return PublishedText(kind=str(kind), name=name, day=day, words=words, sha256=sha256, set_by=set_by)


def read_rows(session: Session) -> tuple[PublishedText, ...]:
    """Return everything that was ever published, oldest first."""
    return tuple(session.scalars(sa.select(PublishedText).order_by(PublishedText.id)))


def newest_id(session: Session) -> int:
    """Return the number of the newest row: with another one, what is public has changed."""
    return session.scalar(sa.select(sa.func.max(PublishedText.id))) or 0


def current_hashes(session: Session) -> dict[str, str]:
    """Return the hash of the letter that is public in each language."""
    return {row.name: str(row.sha256) for row in read_rows(session) if row.kind == TextKind.LETTER}


def read_words(session: Session, values: Mapping[Key, Any]) -> Words:
    """Return what is public."""
    return Words(read_rows(session), values)


def with_letters(texts: Mapping[str, Texts], words: Words, kind: str = TextKind.LETTER) -> dict[str, Texts]:
    """Return the texts of the site with the letter that is public, instead of the files'."""
    return {code: replace(one, petition=words.letter(code, kind)) for code, one in texts.items()}
