"""The campaign's own words as files, for those who work with files: written out, changed, and read in again as drafts.

They look as the files in `translations/` do, and say in `exported` what they were, so that older files do not quietly take the
place of newer drafts. The testimony is not among them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from campaign.content.files import MADE_FROM, Block, Document, read_document, serialize, source_hash
from campaign.content.pages import REVIEWED, STATUSES
from campaign.languages import LANGUAGES, SOURCE
from campaign.petition.drafts import Drafted, put_document, put_value
from campaign.petition.offices import Details
from campaign.petition.part import ONLY
from campaign.petition.published import Key, TextKind
from campaign.petition.publishing import KIND_NAMES
from campaign.petition.word_faults import beside_faults, word_faults
from campaign.petition.word_parts import LETTER_FIELDS, deliveries_of, parts_of

FILES = {TextKind.LETTER: "petition.md", TextKind.LETTER_WITHOUT_TESTIMONY: "letter-without-testimony.md"}
SETTINGS_FILE = "campaign.yaml"  # what is in no language
EXPORTED = "exported"
OWN_FIELDS = ("campaign", "addressees", "deliveries", EXPORTED)  # of the front matter, which are no part of the letter
WITH_LETTER = TextKind.LETTER  # in whose file they are


FILES_OLDER = (
    "{} is older than the words at the desk: export them again and change those, or say --over-newer to put these in their place."
)


class FilesRefused(Exception):
    """Files that cannot be read in; the message is one sentence."""


def exported_files(drafted: Drafted) -> dict[str, str]:
    """Return the content of each file by its path, with drafts where there are some. Raise FilesRefused."""
    _check_drafts(drafted)
    settings = _settings(drafted)
    found = {SETTINGS_FILE: _as_yaml(settings | {EXPORTED: source_hash(_as_yaml(settings))})}
    for kind, name in FILES.items():
        for code in drafted.documents(kind):
            document = _as_file(drafted, kind, code)
            mark = source_hash(serialize(document))
            found[f"{code}/{name}"] = serialize(replace(document, meta=document.meta | {EXPORTED: mark}))
    return found


def _settings(drafted: Drafted) -> dict[str, Any]:
    return {kind.value: drafted.value(kind) for kind in (TextKind.CONTACT, TextKind.GOAL)}


def _as_yaml(said: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(said, allow_unicode=True, sort_keys=False))


def _check_drafts(drafted: Drafted) -> None:
    """Refuse to go on beside a draft that cannot be read."""
    for kind in TextKind:
        for fault in drafted.faults(kind):
            raise FilesRefused(f"The draft of {KIND_NAMES[kind]} cannot be read: throw it away at the desk, under Words. {fault}")


def _as_file(drafted: Drafted, kind: TextKind, code: str) -> Document:
    """Return the document of a letter, every part of the source in it, and with the first one what is published beside it."""
    documents = drafted.documents(kind)
    ours = documents[code] if code == SOURCE else documents[code].arranged_like(documents[SOURCE])
    meta = {name: value for name, value in ours.meta.items() if name not in OWN_FIELDS}
    if kind == WITH_LETTER:
        offices = {part.key: part for part in parts_of(drafted, TextKind.ADDRESSEE)}
        named = [
            {"key": key, "name": one.words[code]}
            | ({"within": one.within} if one.within else {})
            | (_details(drafted, key) if code == SOURCE else {})
            for key, one in offices.items()
        ]
        deliveries = [{"day": one["day"], "name": one["names"].get(code, "")} for one in deliveries_of(drafted)]
        meta |= {"campaign": drafted.value(TextKind.TITLE, code), "addressees": named, "deliveries": deliveries}
    return Document(meta, ours.blocks)


def _details(drafted: Drafted, key: str) -> dict[str, Any]:
    return Details.of(drafted.value(TextKind.ADDRESSEE, key) or {}).as_value()


def import_files(session: Session, drafted: Drafted, folder: Path, *, by: str, today: date, over_newer: bool) -> None:
    """Keep what the files of a folder say otherwise as drafts. Raise FilesRefused or TextError."""
    _check_drafts(drafted)
    places = {(kind, code): folder / code / name for kind, name in FILES.items() for code in LANGUAGES}
    found = {key: read_document(file) for key, file in places.items() if file.exists()}
    said = _read_settings(folder / SETTINGS_FILE)
    if not found and not said:
        raise FilesRefused(f"{folder} has none of the files that `campaign texts export` writes.")
    if not over_newer:
        _check_age(drafted, found, places)
        _check_settings_age(drafted, said, folder / SETTINGS_FILE)
    for (kind, code), document in found.items():
        source = found.get((kind, SOURCE)) or drafted.documents(kind)[SOURCE]
        letter = _letter(drafted.documents(kind)[code], document, source, is_source=code == SOURCE)
        put_document(session, drafted, (kind, code), letter, by=by, today=today)
    try:
        beside = _beside_the_letter(drafted, {code: one.meta for (kind, code), one in found.items() if kind == WITH_LETTER})
    except (KeyError, TypeError, AttributeError):
        raise FilesRefused(f"{folder}: addressees and deliveries must have the form in which they were exported.") from None
    settled = {(kind, ONLY): said[kind.value] for kind in (TextKind.CONTACT, TextKind.GOAL) if kind.value in said}
    for key, value in (beside | settled).items():
        put_value(session, drafted, key, value, by=by, today=today)


def _read_settings(file: Path) -> dict[str, Any]:
    try:
        return dict(yaml.safe_load(file.read_text("utf-8"))) if file.exists() else {}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise FilesRefused(f"{file}: {' '.join(str(error).split())}") from None


def _check_age(drafted: Drafted, found: Mapping[tuple[TextKind, str], Document], places: Mapping[Any, Path]) -> None:
    """Refuse files that say something else than the desk, and were written before the desk was changed last."""
    for (kind, code), document in found.items():
        there = _as_file(drafted, kind, code)
        ours = replace(document, meta={name: value for name, value in document.meta.items() if name != EXPORTED})
        if ours != there and document.meta.get(EXPORTED) != source_hash(serialize(there)):
            raise FilesRefused(FILES_OLDER.format(places[kind, code]))


def _check_settings_age(drafted: Drafted, said: Mapping[str, Any], file: Path) -> None:
    """Do the same for what is in no language."""
    there = _settings(drafted)
    is_other = any((said[name] or None) != (value or None) for name, value in there.items() if name in said)
    if is_other and said.get(EXPORTED) != source_hash(_as_yaml(there)):
        raise FilesRefused(FILES_OLDER.format(file))


def _letter(before: Document, after: Document, source: Document, *, is_source: bool) -> Document:
    """Return a letter as its draft; a newly translated part counts as made from the source's words beside it."""
    left = {name: value for name, value in after.meta.items() if name not in (*OWN_FIELDS, MADE_FROM)}
    left = {"status": before.meta["status"]} | left
    if left["status"] not in STATUSES or (left["status"] == REVIEWED and not left.get("reviewed_on")):
        raise FilesRefused(f"`status` must be one of {', '.join(STATUSES)}; `reviewed` needs `reviewed_on`, the day.")
    left |= {name: before.meta[name] for name in OWN_FIELDS if name in before.meta}
    if is_source:
        return Document(left, tuple(block for block in after.blocks if block.words))
    said, was = source.pieces(), before.pieces()
    kept: dict[str, Block] = {}
    for name, piece in after.pieces().items():
        words, old = said[name].words if name in said else "", was.get(name)
        if piece.words and piece.words != words:
            is_new = (old is None or old.words != piece.words) and piece.made_from in ("", old.made_from if old else "")
            kept[name] = replace(piece, made_from=source_hash(words)) if is_new else piece
    meta = {name: value for name, value in left.items() if name not in LETTER_FIELDS or name in kept}
    origins = {name: kept[name].made_from for name in LETTER_FIELDS if name in kept}
    return Document(meta | {MADE_FROM: origins}, tuple(kept[block.id] for block in after.blocks if block.id in kept))


def _beside_the_letter(drafted: Drafted, found: Mapping[str, Mapping[str, Any]]) -> dict[Key, Any]:
    """Return what the front matter of the letter says that is no part of it: the title, the offices, what was delivered."""
    values: dict[Key, Any] = {(TextKind.TITLE, code): meta["campaign"] for code, meta in found.items() if meta.get("campaign")}
    for code, meta in found.items():
        for office in meta.get("addressees") or ():
            key = TextKind.ADDRESSEE, str(office["key"])
            there = values.get(key) or drafted.value(*key) or {"names": {}}
            within = there.get("within") or office.get("within")
            names = there["names"] | ({code: office["name"]} if office.get("name") else {})
            details = Details.typed(office).as_value() if code == SOURCE else Details.of(there).as_value()
            values[key] = {"names": names} | ({"within": within} if within else {}) | details
    delivered = _deliveries(drafted, found)
    if delivered and not deliveries_of(drafted):
        raise FilesRefused("Write what was delivered down at the desk, under Deliveries, and take `deliveries` out of the files.")
    return values | ({(TextKind.DELIVERIES, ONLY): delivered} if delivered != deliveries_of(drafted) else {})


def _deliveries(drafted: Drafted, found: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what was delivered, the same ones in each language brought together by their day and their place within it."""
    lists = {code: [(one["day"], one["names"].get(code)) for one in deliveries_of(drafted)] for code in LANGUAGES}
    lists |= {
        code: [(one["day"], one["name"]) for one in meta["deliveries"] or ()]
        for code, meta in found.items()
        if "deliveries" in meta
    }
    together: dict[tuple[date, int], dict[str, str]] = {}
    for code, ours in lists.items():
        for place, (day, name) in enumerate(ours):
            nth = [one for one, _ in ours[:place]].count(day)
            together.setdefault((day, nth), {}).update({code: name} if name else {})
    return [{"day": day, "names": names} for (day, _), names in sorted(together.items()) if names]


def file_faults(drafted: Drafted) -> Iterator[str]:
    """Say what is wrong with the words of drafts, a sentence each, with the part before it."""
    for kind in sorted({TextKind(key[0]) for key in drafted.drafts}):
        if broken := drafted.faults(kind):
            yield from (f"{KIND_NAMES[kind]}: {fault}" for fault in broken)
            continue
        yield from (f"{KIND_NAMES[kind]}: {fault}" for fault in beside_faults(drafted, kind))
        for part in parts_of(drafted, kind):
            is_needed = part.kind not in (TextKind.CONTACT, TextKind.GOAL, TextKind.UPDATE)
            if is_needed and not part.words.get(SOURCE, part.words.get(ONLY, "")):
                yield f"{KIND_NAMES[part.kind]}, {part.key}: it is empty in {SOURCE}."
            for code, words in part.words.items():
                for fault in word_faults(words, is_markdown=part.is_markdown):
                    yield f"{KIND_NAMES[part.kind]}, {part.key}, {code}: {fault}".replace(", :", ":")
