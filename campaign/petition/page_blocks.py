"""The campaign's own paragraphs on the pages about the site and about privacy: in place of the program's, or after them.

What is published of a page are those paragraphs alone, so that an update of the program changes all others. Each keeps the hash
of the program's words that it stands for, so that the desk can say when those have changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from campaign import config
from campaign.content.files import Block, Document, read_document, source_hash
from campaign.content.pages import Texts, text_from
from campaign.content.redaction import redact, withheld_words
from campaign.languages import LANGUAGES, SOURCE
from campaign.petition.drafts import Drafted, put_value
from campaign.petition.part import NEW, Part, PartState, Typed
from campaign.petition.published import TextKind, Words

PAGES = {TextKind.ABOUT: "about", TextKind.PRIVACY: "privacy"}
OWN = "own-"  # how the ids of paragraphs begin that the program does not have
Blocks = Mapping[str, Mapping[str, str]]  # `words`, `from` and `instead_of` by id


def page_files(kind: TextKind, folder: Path | None = None) -> dict[str, Document]:
    """Return a page as the program has it, by language."""
    return {code: read_document((folder or config.TRANSLATIONS) / code / f"{PAGES[kind]}.md") for code in LANGUAGES}


def page_documents(files: Mapping[str, Document], own: Mapping[str, Blocks | None]) -> dict[str, Document]:
    """Return a page in each language with the campaign's own paragraphs in it."""
    return {code: _with_blocks(document, own.get(code) or {}) for code, document in files.items()}


def _with_blocks(document: Document, own: Blocks) -> Document:
    ids = {block.id for block in document.blocks}
    blocks = [_own_block(block.id, own[block.id]) if block.id in own else block for block in document.blocks]
    blocks += [_own_block(name, said) for name, said in own.items() if name not in ids]
    return replace(document, blocks=tuple(block for block in blocks if block.words))


def _own_block(name: str, said: Mapping[str, str]) -> Block:
    return Block(name, said["words"], said.get("from", ""))


def with_pages(texts: Mapping[str, Texts], words: Words, files: Mapping[TextKind, Mapping[str, Document]]) -> dict[str, Texts]:
    """Return the texts of the site with the campaign's own paragraphs on its pages."""
    found = dict(texts)
    withheld = withheld_words(texts)
    for kind, name in PAGES.items():
        own = {code: words.current.get((kind, code)) for code in texts}
        if not any(own.values()):
            continue
        documents = page_documents(files[kind], own)
        for code in texts:
            page = redact(text_from(name, documents[code], documents[SOURCE], LANGUAGES[code]), withheld)
            found[code] = replace(found[code], **{name: page})
    return found


def page_parts(drafted: Drafted, kind: TextKind) -> Iterator[Part]:
    """Yield the paragraphs of a page as they are drafted."""
    files = page_files(kind)
    own = {code: drafted.value(kind, code) or {} for code in files}
    public = {code: drafted.words.current.get((kind, code)) or {} for code in files}
    pieces = {code: {block.id: block for block in one.blocks} for code, one in page_documents(files, own).items()}
    for key, source in pieces[SOURCE].items():
        words = {code: ours[key].words if key in ours else "" for code, ours in pieces.items()}
        states = {}
        for code, ours in pieces.items():
            found = [PartState.MISSING] if not words[code] else []
            if code != SOURCE and words[code] and ours[key].is_stale(source):
                found.append(PartState.STALE)
            if own[code].get(key) != public[code].get(key):
                found.append(PartState.DRAFT)
            if key in own[code] and own[code][key]["instead_of"] != _hash_in_file(files[code], key):
                found.append(PartState.OUTDATED)
            states[code] = tuple(found) or (PartState.PUBLISHED,)
        yield Part(kind, key, words, states, is_markdown=True)


def save_page_part(session: Session, drafted: Drafted, part: Part, typed: Typed, *, by: str, today: date) -> None:
    """Keep a paragraph as the campaign's own in each language in which it is another one than the program's."""
    files = page_files(part.kind)
    own = {code: dict(drafted.value(part.kind, code) or {}) for code in files}
    key = _new_id(drafted, part.kind, own) if part.key == NEW else part.key
    for code, document in files.items():
        ours, before = own[code], part.words[code]
        if typed.words[code] == before and code not in typed.still_right:
            continue
        origin = {} if code == SOURCE else {"from": source_hash(typed.words[SOURCE])}
        in_file = {block.id: block for block in document.blocks}.get(key)
        if in_file and in_file.words == typed.words[code] and in_file.made_from == origin.get("from", ""):
            ours.pop(key, None)  # it is the program's again
        else:
            ours[key] = {"words": typed.words[code], **origin, "instead_of": _hash_in_file(document, key)}
        put_value(session, drafted, (part.kind, code), ours, by=by, today=today)


def _hash_in_file(document: Document, key: str) -> str:
    return next((source_hash(block.words) for block in document.blocks if block.id == key), "")


def _new_id(drafted: Drafted, kind: TextKind, own: Mapping[str, Mapping[str, Any]]) -> str:
    """Return an id that no paragraph of the page has or had."""
    known = {name for row in drafted.words.rows if row.kind == kind for name in row.value}
    known |= {name for blocks in own.values() for name in blocks}
    return next(name for name in (f"{OWN}{number}" for number in range(1, len(known) + 2)) if name not in known)
