"""Texts and messages as PO files, for people who translate in a PO editor, and back into the files that they were made from.

In the PO file of the texts each part is an entry: the name of the text and the part's id as its context (`about p3`), the
source as its message. A stale part is marked fuzzy. What is fuzzy or empty is not taken back.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from campaign.content.files import Block, Document, read_document, source_hash, write_document
from campaign.languages import SOURCE, Language
from campaign.translation import catalogues
from campaign.translation.status import catalogue_path

TEXTS_NAME, MESSAGES_NAME = "texts", "messages"  # in the names of the files
PROJECT = "campaign-texts"


class ImportRefused(Exception):
    """A file that cannot be taken back; its text is one sentence."""


def export_po(translations: Path, language: Language, folder: Path) -> list[Path]:
    """Write the texts and the messages of a language into a folder and return the two files."""
    texts, messages = (folder / f"{kind}.{language.code}.po" for kind in (TEXTS_NAME, MESSAGES_NAME))
    folder.mkdir(parents=True, exist_ok=True)
    with texts.open("wb") as file:
        write_po(file, texts_catalogue(translations, language), width=0)
    messages.write_bytes(catalogue_path(translations, language.code).read_bytes())
    return [texts, messages]


def texts_catalogue(translations: Path, language: Language) -> Catalog:
    """Return every part of every text as an entry."""
    found = Catalog(locale=language.code, project=PROJECT, version="1", charset="utf-8")
    for file in sorted((translations / SOURCE).glob("*.md")):
        ours = read_translation(translations / language.code / file.name).pieces()
        for id_, source in read_document(file).pieces().items():
            piece = ours.get(id_)
            words = piece.words if piece and piece.is_translated else ""
            flags = ["fuzzy"] if piece and words and piece.is_stale(source) else []
            found.add(source.words, words, [(file.name, 1)], flags, context=f"{file.stem} {id_}")
    return found


def read_translation(file: Path) -> Document:
    """Return a text of a language; an empty one where it is not there yet."""
    return read_document(file) if file.exists() else Document({"status": "translated"}, ())


def import_po(translations: Path, file: Path) -> list[str]:
    """Take a PO file back and return what changed: the parts of texts, or the messages. Raise ImportRefused."""
    try:
        imported = read_po(BytesIO(file.read_bytes()), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise ImportRefused(f"{file} does not parse: {error}") from None
    code = str(imported.locale_identifier or "")
    if code == SOURCE or not catalogue_path(translations, code).exists():
        raise ImportRefused(f"{file}: its header says Language: {code or 'nothing'}, and no such language is translated here.")
    return list((import_texts if imported.project == PROJECT else import_messages)(translations, code, imported))


def import_texts(translations: Path, code: str, imported: Catalog) -> Iterator[str]:
    """Import the parts of the texts; each remembers the source in its entry."""
    for source_file in sorted((translations / SOURCE).glob("*.md")):
        file = translations / code / source_file.name
        before = read_translation(file)
        old = before.pieces()
        pieces = [piece for entry in imported if (piece := imported_block(entry, source_file.stem))]
        changed = [piece for piece in pieces if piece != old.get(piece.id)]
        if changed:
            write_document(file, before.arranged_like(read_document(source_file)).with_pieces(changed))
        yield from (f"{source_file.stem} {piece.id}" for piece in changed)


def imported_block(entry: Message, text: str) -> Block | None:
    """Return the part that an entry translates, where it is of this text, and done."""
    name, _, id_ = (entry.context or "").partition(" ")
    words = catalogues.entry_strings(entry)[0].strip()
    if name != text or not words or entry.fuzzy:
        return None
    return Block(id_, words, source_hash(catalogues.first_id(entry)))


def import_messages(translations: Path, code: str, imported: Catalog) -> Iterator[str]:
    """Take the messages that the catalogue has, too."""
    file = catalogue_path(translations, code)
    ours, changed = catalogues.read_catalogue(file), []
    for entry in ours:
        theirs = imported.get(entry.id, entry.context) if entry.id else None
        if theirs and any(catalogues.entry_strings(theirs)) and (theirs.string, theirs.fuzzy) != (entry.string, entry.fuzzy):
            entry.string, entry.flags = theirs.string, theirs.flags
            changed.append(catalogues.first_id(entry))
    if changed:
        with file.open("wb") as out:
            write_po(out, ours, width=0)
    yield from changed
