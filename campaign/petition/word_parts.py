"""The campaign's own words in parts, as they are changed at the desk: a paragraph, a title, an office, each in every language.

The words of the source decide what there is: where they are empty, the part is taken out in every language.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from campaign.content.files import MADE_FROM, Block, Document, source_hash
from campaign.content.pages import REVIEWED, TRANSLATED
from campaign.folding import fold
from campaign.languages import LANGUAGES, SOURCE
from campaign.petition.drafts import Drafted, published_documents, put_document, put_value
from campaign.petition.offices import Details
from campaign.petition.page_blocks import PAGES, page_parts, save_page_part
from campaign.petition.part import NEW, ONLY, Part, PartState, Typed, hash_of
from campaign.petition.published import LETTERS, Key, TextKind
from campaign.petition.updates import headline, update_rows

LETTER_FIELDS = ("title", "call", "consent", "description")
LONGEST_KEY = 50  # characters at the end of an address
WITH_MORE_PARTS = (*LETTERS, *PAGES, TextKind.ADDRESSEE, TextKind.DELIVERIES, TextKind.UPDATE)


def parts_of(drafted: Drafted, kind: TextKind) -> list[Part]:
    """Return every part of a kind in its order."""
    if kind in LETTERS:
        return list(_letter_parts(drafted, kind))
    if kind in PAGES:
        return list(page_parts(drafted, kind))
    if kind == TextKind.TITLE:
        return [_plain_part(drafted, kind, "title", {code: str(drafted.value(kind, code) or "") for code in LANGUAGES})]
    if kind == TextKind.ADDRESSEE:
        return [_office(drafted, key) for key in _office_keys(drafted)]
    if kind == TextKind.UPDATE:
        return [_update(drafted, key) for key in _update_keys(drafted)]
    if kind == TextKind.DELIVERIES:
        deliveries = deliveries_of(drafted)
        return [_plain_part(drafted, kind, _delivery_key(one), _in_all(one["names"]), day=one["day"]) for one in deliveries]
    value = drafted.value(kind)
    return [_plain_part(drafted, kind, str(kind), {ONLY: "" if value is None else str(value)})]


def new_part(kind: TextKind) -> Part:
    """Return a part that is not there yet."""
    return Part(kind, NEW, dict.fromkeys(LANGUAGES, ""), is_markdown=kind in (*LETTERS, *PAGES, TextKind.UPDATE))


def deliveries_of(drafted: Drafted) -> list[dict[str, Any]]:
    """Return what was handed over, each with its day and its names by language; before any were drafted, the letter's own."""
    found = drafted.value(TextKind.DELIVERIES)
    if found is not None:
        return list(found)
    days = {code: drafted.words.deliveries(code) for code in LANGUAGES}
    ours = {code: {one["day"]: one["name"] for one in days[code]} for code in days}
    return [{"day": day, "names": {code: ours[code][day] for code in ours if day in ours[code]}} for day in _all_days(ours)]


def _delivery_key(delivery: Mapping[str, Any]) -> str:
    """Return the key of a delivery: of what it says, so that a form of it never changes another one that took its place."""
    return hash_of(_in_all(delivery["names"]), delivery["day"])


def _all_days(ours: Mapping[str, Mapping[date, str]]) -> list[date]:
    return sorted({day for one in ours.values() for day in one})


def _in_all(names: Mapping[str, str]) -> dict[str, str]:
    return {code: names.get(code, "") for code in LANGUAGES}


def _plain_part(drafted: Drafted, kind: TextKind, key: str, words: Mapping[str, str], **also: Any) -> Part:
    """Return a part of words that are no document."""
    drafts = drafted.of_kind(kind)
    states = {}
    for code, said in words.items():
        is_drafted = (kind, code) in drafts or (kind, ONLY) in drafts or (kind, key) in drafts
        found = [PartState.MISSING] if not said and kind != TextKind.GOAL else []
        found += [PartState.DRAFT] if is_drafted else []
        states[code] = tuple(found) or ((PartState.PUBLISHED,) if said else ())
    return Part(kind, key, words, states, **also)


def _office(drafted: Drafted, key: str) -> Part:
    value = drafted.value(TextKind.ADDRESSEE, key)
    return _plain_part(drafted, TextKind.ADDRESSEE, key, _in_all(value["names"]), within=value.get("within", ""))


def _update(drafted: Drafted, key: str) -> Part:
    names = drafted.value(TextKind.UPDATE, key)["names"]
    return _plain_part(drafted, TextKind.UPDATE, key, _in_all(names), is_markdown=True)


def _update_keys(drafted: Drafted) -> list[str]:
    """Return the keys of updates: drafts that were never public, then public ones, the newest first."""
    drafts, public = [name for _, name in drafted.of_kind(TextKind.UPDATE)], update_rows(drafted.words)
    shown = [name for name, rows in public.items() if name in drafts or any(rows[-1].value["names"].values())]
    return [*(name for name in drafts if name not in public), *shown]


def _office_keys(drafted: Drafted) -> list[str]:
    public = [one.key for one in drafted.words.addressees]
    return [*public, *(name for _, name in drafted.of_kind(TextKind.ADDRESSEE) if name not in public)]


def _letter_parts(drafted: Drafted, kind: TextKind) -> Iterator[Part]:
    documents, public = drafted.documents(kind), published_documents(drafted.words, kind)
    source = documents[SOURCE]
    pieces = {code: document.pieces() for code, document in documents.items()}
    before = {code: document.pieces() for code, document in public.items()}
    for key in (*LETTER_FIELDS, *(block.id for block in source.blocks)):
        words, states = {}, {}
        for code, ours in pieces.items():
            piece = ours.get(key)
            words[code] = piece.words if piece else ""
            found = [PartState.MISSING] if not words[code] else []
            if piece and code != SOURCE and key in pieces[SOURCE] and piece.is_stale(pieces[SOURCE][key]):
                found.append(PartState.STALE)
            if piece != before[code].get(key):
                found.append(PartState.DRAFT)
            states[code] = tuple(found) or (PartState.PUBLISHED,)
        yield Part(kind, key, words, states, is_markdown=key not in LETTER_FIELDS)


def save_part(session: Session, drafted: Drafted, part: Part, typed: Typed, *, by: str, today: date) -> None:
    """Keep what was typed as a draft."""
    kind = part.kind
    if kind in LETTERS:
        _save_in_letter(session, drafted, part, typed, by=by, today=today)
        return
    if kind in PAGES:
        save_page_part(session, drafted, part, typed, by=by, today=today)
        return
    for key, value in _values(drafted, part, typed):
        put_value(session, drafted, key, value, by=by, today=today)


def _values(drafted: Drafted, part: Part, typed: Typed) -> Iterator[tuple[Key, Any]]:
    """Yield what is to be kept, by kind and name."""
    names = {code: words for code, words in typed.words.items() if words}
    if part.kind == TextKind.TITLE:
        yield from (((part.kind, code), words) for code, words in typed.words.items())
    elif part.kind == TextKind.ADDRESSEE:
        key = new_key(typed.words[SOURCE], _office_keys(drafted), "office") if part.key == NEW else part.key
        within = typed.within if part.key == NEW else part.within
        if names or key in {one.key for one in drafted.words.addressees}:
            details = Details.of(drafted.value(part.kind, key) or {})
            yield (part.kind, key), {"names": names} | ({"within": within} if within else {}) | details.as_value()
        else:  # it was never public, and nothing is left of it
            yield (part.kind, key), None
    elif part.kind == TextKind.UPDATE:
        yield _update_value(drafted, part, typed, names)
    elif part.kind == TextKind.DELIVERIES:
        mine = [{"day": typed.day, "names": names}] if names else []
        others = [one for one in deliveries_of(drafted) if _delivery_key(one) != part.key and one not in mine]
        yield (part.kind, ONLY), sorted([*others, *mine], key=lambda one: one["day"])
    elif part.kind == TextKind.GOAL:
        yield (part.kind, ONLY), int(typed.words[ONLY]) if typed.words[ONLY] else None
    else:
        yield (part.kind, ONLY), typed.words[ONLY]


def _update_value(drafted: Drafted, part: Part, typed: Typed, names: Mapping[str, str]) -> tuple[Key, Any]:
    """Return an update that was typed, by kind and name; without words it is taken down, or gone if it was never public."""
    public = update_rows(drafted.words)
    name = headline(typed.words[SOURCE] or next(iter(names.values()), ""))
    key = new_key(name, [*public, *(key for _, key in drafted.of_kind(part.kind))], "update") if part.key == NEW else part.key
    if not names and key not in public:
        return (part.kind, key), None
    return (part.kind, key), {"names": names} | ({"without_testimony": True} if typed.without_testimony else {})


def new_key(name: str, known: Collection[str], without_letters: str) -> str:
    """Return a key for something new: its name in letters and hyphens, and a number where there is one of that key."""
    plain = "-".join("".join(letter if letter.isascii() and letter.isalnum() else " " for letter in fold(name)).split())
    key = _first_words(plain) or without_letters
    known = {*known, NEW}
    numbers = (f"{key}-{number}" for number in range(2, len(known) + 3))
    return key if key not in known else next(one for one in numbers if one not in known)


def _first_words(plain: str) -> str:
    """Return as many whole words as an address holds; of one that is longer, its beginning."""
    if len(plain) <= LONGEST_KEY:
        return plain
    return plain[: LONGEST_KEY + 1].rpartition("-")[0] or plain[:LONGEST_KEY]


def _save_in_letter(session: Session, drafted: Drafted, part: Part, typed: Typed, *, by: str, today: date) -> None:
    """Keep a part of a letter in the drafts of each language in which it, or what it was translated from, is another one."""
    key = _paragraph_id(drafted, part.kind) if part.key == NEW else part.key
    for code, document in drafted.documents(part.kind).items():
        old = document.pieces().get(key)
        is_changed = typed.words[code] != (old.words if old else "")
        origin = ""
        if code != SOURCE:
            is_right = is_changed or code in typed.still_right
            origin = source_hash(typed.words[SOURCE]) if is_right else (old.made_from if old else "")
        changed = with_piece(document, Block(key, typed.words[code], origin), typed.after)
        if is_changed and code != SOURCE:
            changed = replace(changed, meta=_unreviewed(changed.meta, today))
        put_document(session, drafted, (part.kind, code), changed, by=by, today=today)


def move_paragraph(session: Session, drafted: Drafted, kind: TextKind, key: str, places: int, *, by: str, today: date) -> None:
    """Draft a letter in which one of its paragraphs is so many places further down, in every language; not beyond the ends."""
    ids = [block.id for block in drafted.documents(kind)[SOURCE].blocks]
    place = ids.index(key) + places
    ids.remove(key)
    ids.insert(max(place, 0), key)
    order = {one: number for number, one in enumerate(ids)}
    for code, document in drafted.documents(kind).items():
        blocks = sorted(document.blocks, key=lambda block: order.get(block.id, len(order)))
        put_document(session, drafted, (kind, code), replace(document, blocks=tuple(blocks)), by=by, today=today)


def _paragraph_id(drafted: Drafted, kind: TextKind) -> str:
    """Return an id that no paragraph of the letter has or had."""
    rows = [row.value["paragraphs"] for row in drafted.words.rows if row.kind == kind]
    known = {part["id"] for parts in rows for part in parts}
    known |= {block.id for document in drafted.documents(kind).values() for block in document.blocks}
    return next(name for name in (f"p{number}" for number in range(1, len(known) + 2)) if name not in known)


def with_piece(document: Document, piece: Block, after: str = "") -> Document:
    """Return a document with a field or paragraph in place of that of the same id; without it, where there are no words."""
    if piece.id in LETTER_FIELDS:
        meta, origins = {**document.meta, piece.id: piece.words}, {**(document.meta.get(MADE_FROM) or {})}
        origins |= {piece.id: piece.made_from} if piece.made_from else {}
        if not piece.words:
            del meta[piece.id]
            origins.pop(piece.id, None)
        return replace(document, meta=meta | ({MADE_FROM: origins} if origins else {}))
    ids = [block.id for block in document.blocks]
    place = ids.index(piece.id) if piece.id in ids else ids.index(after) + 1 if after in ids else len(ids)
    rest = [block for block in document.blocks[place:] if block.id != piece.id]
    return replace(document, blocks=(*document.blocks[:place], *([piece] if piece.words else []), *rest))


def _unreviewed(meta: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return front matter that says of changed words that no native speaker has reviewed them."""
    left = {name: value for name, value in meta.items() if name not in ("reviewer", "reviewed_on")}
    status = TRANSLATED if meta.get("status") == REVIEWED else meta.get("status")
    return left | {"status": status, "translated_on": today}
