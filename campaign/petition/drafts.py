"""Words that are changed at the desk: drafts beside what is published, and the rows by which they become public.

A draft has a kind and a name, as what is published has. Of a letter it is the text of a file (content/files.py), which keeps from
which words of the source each part was translated; of all else it is YAML. Parts of it are read and changed in word_parts.py.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.orm import Session

from campaign.content.files import MADE_FROM, Block, Document, parse_document, serialize, source_hash, translated_fields
from campaign.content.pages import text_from
from campaign.languages import LANGUAGES, SOURCE, current
from campaign.petition.channels import CHANNELS
from campaign.petition.offices import Details
from campaign.petition.published import (
    LETTERS,
    Draft,
    Key,
    PublishedText,
    TextKind,
    Words,
    letter_value,
    new_row,
    parse_value,
    read_words,
)
from campaign.petition.word_values import draft_faults
from campaign.state import state

IN_NO_LANGUAGE = (TextKind.ADDRESSEE, TextKind.CONTACT, TextKind.GOAL, TextKind.DELIVERIES, TextKind.UPDATE)
COMMAND_LINE = "command"  # who changed a draft on the server
NOT_KNOWN = "0" * 8  # the hash of words of the source that are no longer known


@dataclass(frozen=True)
class Drafted:
    """The public words, and the drafts beside them."""

    words: Words
    drafts: Mapping[Key, Draft]

    def value(self, kind: str, name: str = "") -> Any:
        """Return the draft of anything but a letter, else the public value; None if there is neither."""
        draft = self.drafts.get((kind, name))
        return parse_value(draft.words) if draft else self.words.current.get((kind, name))

    def documents(self, kind: str) -> dict[str, Document]:
        """Return a letter in each language as it is drafted, or else as it is public."""
        public = published_documents(self.words, kind)
        drafts = {code: self.drafts.get((kind, code)) for code in public}
        return {code: parse_document(draft.words) if draft else public[code] for code, draft in drafts.items()}

    def of_kind(self, kind: str) -> dict[Key, Draft]:
        """Return the drafts of a kind."""
        return {key: draft for key, draft in self.drafts.items() if key[0] == kind}

    def faults(self, kind: str) -> list[str]:
        """Say why drafts of a kind cannot be read, a sentence each: no page can show or change those."""
        return [fault for draft in self.of_kind(kind).values() for fault in draft_faults(kind, draft.words)]


def read_drafted(session: Session) -> Drafted:
    """Return the public words, and every draft."""
    drafts = {(draft.kind, draft.name): draft for draft in session.scalars(sa.select(Draft))}
    return Drafted(read_words(session, {}), drafts)


def published_documents(words: Words, kind: str) -> dict[str, Document]:
    """Return a letter that is public in each language, as the text of its file would be."""
    there = {code: words.current[kind, code] for code in LANGUAGES if (kind, code) in words.current}
    return {code: document_from(value, None if code == SOURCE else there[SOURCE]) for code, value in there.items()}


def document_from(value: Mapping[str, Any], source: Mapping[str, Any] | None) -> Document:
    """Return a letter that was published as the text of its file; `source` is what it was translated from, if it was."""
    origins = value.get(MADE_FROM) or _origins(value, source)
    meta = {name: words for name, words in value["meta"].items() if name != MADE_FROM}
    fields = {name: origins[name] for name in translated_fields(meta) if name in origins}
    parts = [part for part in value["paragraphs"] if part["note"] != "missing"]
    blocks = tuple(Block(part["id"], part["words"], origins.get(part["id"], "")) for part in parts)
    return Document(meta | ({MADE_FROM: fields} if fields else {}), blocks)


def _origins(value: Mapping[str, Any], source: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the hashes of the words of the source, where a letter was published from a file and does not keep them."""
    if source is None:
        return {}
    said = {part["id"]: part["words"] for part in source["paragraphs"]}
    behind = {part["id"] for part in value["paragraphs"] if part["note"]}
    parts = {name: NOT_KNOWN if name in behind else source_hash(words) for name, words in said.items()}
    fields = translated_fields(source["meta"]).items()
    return parts | {name: NOT_KNOWN if value["is_behind"] else source_hash(words) for name, words in fields}


def value_of(documents: Mapping[str, Document], code: str) -> dict[str, Any]:
    """Return a letter in one language as it is stored once it is published."""
    ours = documents[code]
    value = letter_value(text_from("petition", ours, documents[SOURCE], LANGUAGES[code]))
    origins = {name: piece.made_from for name, piece in ours.pieces().items() if piece.made_from}
    return value | ({MADE_FROM: origins} if origins and code != SOURCE else {})


def new_rows(drafted: Drafted, kind: str, *, by: str, today: date) -> list[PublishedText]:
    """Return the rows by which the drafts of a kind become public; a letter also in languages that fall behind by them."""
    return [new_row(key, value, today, set_by=by) for key, value in _changes(drafted, kind)]


def _changes(drafted: Drafted, kind: str) -> Iterator[tuple[Key, Any]]:
    if not drafted.of_kind(kind):
        return
    if kind in LETTERS:
        before, after = published_documents(drafted.words, kind), drafted.documents(kind)
        for code in after:
            if value_of(before, code) != value_of(after, code):
                yield (kind, code), value_of(after, code)
        return
    for key in drafted.of_kind(kind):
        if (wanted := drafted.value(*key)) != drafted.words.current.get(key):
            yield key, wanted


def changes_what_is_signed(rows: Iterable[PublishedText], words: Words) -> bool:
    """Return whether a letter or its consent becomes another one, in any language."""
    signed = {(row.kind, row.name): row.sha256 for row in words.rows}
    return any(row.kind in LETTERS and row.sha256 != signed.get((row.kind, row.name)) for row in rows)


def digest(rows: Iterable[PublishedText], words: Words) -> str:
    """Return 32 hex digits over the drafts and the public words that they replace, so that nobody agrees to anything else."""
    newest = {(row.kind, row.name): row.id for row in words.rows}
    said = [[row.kind, row.name, row.words, newest.get((row.kind, row.name))] for row in rows]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def put_draft(session: Session, key: Key, words: str, *, by: str, today: date) -> None:
    """Keep words of a kind and name as their draft."""
    session.merge(Draft(kind=str(key[0]), name=key[1], words=words, changed_on=today, changed_by=by))


def put_document(session: Session, drafted: Drafted, key: Key, document: Document, *, by: str, today: date) -> None:
    """Keep a letter as its draft; drop the draft if it equals the public letter."""
    if document == published_documents(drafted.words, key[0])[key[1]]:
        drop_drafts(session, [key])
    else:
        put_draft(session, key, serialize(document), by=by, today=today)


def put_value(session: Session, drafted: Drafted, key: Key, value: Any, *, by: str, today: date) -> None:
    """Keep anything but a letter as its draft; drop the draft if it equals what is public."""
    if (value or None) == (drafted.words.current.get(key) or None):
        drop_drafts(session, [key])
    else:
        put_draft(session, key, yaml.safe_dump(value, allow_unicode=True, sort_keys=False), by=by, today=today)


def drop_drafts(session: Session, keys: Iterable[Key]) -> None:
    """Delete drafts."""
    for kind, name in list(keys):
        session.execute(sa.delete(Draft).where(Draft.kind == str(kind), Draft.name == name))


def drop_published(session: Session, drafted: Drafted, kind: str) -> None:
    """Delete the drafts of a kind that are public now; one whose words are others by now stays."""
    for (_, name), draft in drafted.of_kind(kind).items():
        same = Draft.kind == str(kind), Draft.name == name, Draft.words == draft.words
        session.execute(sa.delete(Draft).where(*same).execution_options(synchronize_session=False))


def take_back(session: Session, drafted: Drafted, number: int, *, by: str, today: date) -> TextKind | None:
    """Make formerly public words the draft, to publish them again; return their kind, or None if that is impossible."""
    row = next((one for one in drafted.words.rows if one.id == number), None)
    if row is None or not can_be_taken_back(row):
        return None
    key = row.kind, row.name
    if row.kind in LETTERS:
        sources = [one.value for one in drafted.words.rows if (one.kind, one.name) == (row.kind, SOURCE) and one.id < number]
        source = None if row.name == SOURCE or not sources else sources[-1]
        put_document(session, drafted, key, document_from(row.value, source), by=by, today=today)
    else:
        put_value(session, drafted, key, row.value, by=by, today=today)
    return TextKind(row.kind)


def can_be_taken_back(row: PublishedText) -> bool:
    """Return whether words can be published again: those of a language that is no longer on the site cannot."""
    return row.name in LANGUAGES or row.kind in IN_NO_LANGUAGE


def readable(kind: str, value: Any) -> dict[str, str]:
    """Return words that were or are to be public by the name of the part: a field, a paragraph, a language, a number."""
    if kind in LETTERS and value:
        fields = {name: words for name, words in translated_fields(value["meta"]).items() if "." not in name}
        return fields | {part["id"]: part["words"] for part in value["paragraphs"]}
    if kind == TextKind.ADDRESSEE and value:
        group = value.get("within")
        names = {one.key: one.name(current().code) for one in state().words.addressees}
        within = {"within": names.get(group, group)} if group else {}
        details = Details.of(value)
        rules = state().texts[current().code].channels.parts
        channel = {"channel": rules[details.channel].words} if details.channel in CHANNELS else {}
        return dict(value["names"]) | within | details.as_text() | channel
    if kind == TextKind.UPDATE and value:
        return dict(value["names"])
    if kind in (TextKind.ABOUT, TextKind.PRIVACY):
        return {name: one["words"] for name, one in (value or {}).items()}
    if kind == TextKind.DELIVERIES:
        return dict(_readable_deliveries(value or ()))
    return {"": "" if value is None else str(value)}


def _readable_deliveries(value: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what was delivered by day and language; what came later on the same day has its number beside the day."""
    days = [one["day"] for one in value]
    for place, one in enumerate(value):
        nth = days[:place].count(one["day"]) + 1
        for code, words in one["names"].items():
            yield f"{one['day']}{f' ({nth})' if nth > 1 else ''}, {code}", words
