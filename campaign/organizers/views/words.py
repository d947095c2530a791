"""The campaign's own words: what there is, its parts, what was public before, and a way back to it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaign.content import redaction
from campaign.database import now
from campaign.languages import LANGUAGES, SOURCE, current, day, number
from campaign.organizers import bp
from campaign.organizers.actions import PIECE_LABELS
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.models import ORGANIZER, Account
from campaign.petition import drafts
from campaign.petition.drafts import Drafted
from campaign.petition.page_blocks import PAGES
from campaign.petition.part import Part, PartState
from campaign.petition.published import LETTERS, Draft, Key, PublishedText, TextKind, letter_from
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.snapshot import current_snapshot
from campaign.petition.updates import headline
from campaign.petition.word_changes import STANDING
from campaign.petition.word_parts import WITH_MORE_PARTS, move_paragraph, parts_of
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]
MOVES = {"up": -1, "down": 1}
FIELD_LABELS: dict[str, Any] = {
    "title": lazy_gettext("Title of the letter"),
    "call": lazy_gettext("The call, on the front page"),
    "consent": lazy_gettext("What signers agree to"),
    "description": lazy_gettext("Description for search engines and shared links"),
    STANDING: lazy_gettext("What the page says about the translation"),
}

OFFICE_LABELS: dict[str, Any] = {  # of what is known of an office besides its names
    "within": lazy_gettext("Part of"),
    "country": lazy_gettext("Country"),
    "languages": lazy_gettext("Languages it reads"),
    "channel": lazy_gettext("Rules by which it accepts petitions"),
    "means": lazy_gettext("How to reach it"),
    "address": lazy_gettext("Its address"),
    "checked_on": lazy_gettext("Day one of you checked the address"),
    "is_endangering": lazy_gettext("Writing to this office can put someone in danger, or the testimony accuses it"),
}


def offered_kinds() -> list[TextKind]:
    """Return the kinds that can be changed, in the order of the page.

    Once the testimony is withdrawn, the first letter is none of them; the older list of deliveries is one while it has entries.
    """
    left_out = {TextKind.LETTER} if current_snapshot().is_testimony_withdrawn else set[TextKind]()
    left_out |= set() if has_older_deliveries() else {TextKind.DELIVERIES}
    return [kind for kind in map(TextKind, PIECE_LABELS) if kind not in left_out]


def has_older_deliveries() -> bool:
    """Return whether something was delivered by the list from before there were timelines: it can only be corrected."""
    with state().database.reading() as session:
        has_draft = session.get(Draft, (TextKind.DELIVERIES.value, "")) is not None
    return has_draft or any(state().words.deliveries(code) for code in LANGUAGES)


def find_kind(piece: str) -> TextKind:
    """Return the kind that an address names; answer 404 where there is none."""
    found = next((kind for kind in offered_kinds() if kind.replace(" ", "-") == piece), None)
    if found is None and piece == TextKind.DELIVERIES:
        abort(redirect(url_for(".deliveries"), 303))
    return found or abort(404)


def readable_drafts(session: Session, kind: TextKind) -> Drafted:
    """Return what is drafted; where drafts of a kind cannot be read, lead to the page on which they are thrown away."""
    drafted = drafts.read_drafted(session)
    if drafted.faults(kind):
        abort(redirect(url_for(".piece", piece=kind.replace(" ", "-")), 303))
    return drafted


@bp.get("/words")
@requires_role(ORGANIZER)
def words() -> Page:
    """Show each piece of the campaign's own words, and how far it is in each language."""
    with state().database.reading() as session:
        drafted = drafts.read_drafted(session)
    kinds = offered_kinds()
    pieces = [(kind, [] if drafted.faults(kind) else parts_of(drafted, kind)) for kind in kinds]
    values = {"broken": [kind for kind in kinds if drafted.faults(kind)]}
    return render_template("organizers/words.html", pieces=[(kind, parts, _states(parts)) for kind, parts in pieces], **values)


def _states(parts: list[Part]) -> dict[str, dict[str, int]]:
    """Return how many parts are in which state, by language; public ones count only where nothing else is to be said."""
    found: dict[str, dict[str, int]] = {}
    for part in parts:
        for code, states in part.states.items():
            counts = found.setdefault(code, {})
            for one in states:
                counts[one] = counts.get(one, 0) + 1
    return {
        code: {one: many for one, many in counts.items() if one != PartState.PUBLISHED} or counts
        for code, counts in found.items()
    }


@bp.get("/words/<piece>")
@requires_role(ORGANIZER)
def piece(piece: str) -> Page:
    """Show the drafted parts of a piece."""
    kind = find_kind(piece)
    with state().database.reading() as session:
        drafted = drafts.read_drafted(session)
        writers = _writers(session, drafted.of_kind(kind))
    faults = drafted.faults(kind)
    parts = [] if faults else parts_of(drafted, kind)
    labels = part_labels(kind, [part.key for part in parts]) | {part.key: day(part.day) for part in parts if part.day}
    if kind == TextKind.UPDATE:
        labels |= {part.key: headline(part.words[current().code] or "".join(part.words.values())) for part in parts}
    values = {"parts": parts, "labels": labels, "writers": writers, "has_draft": bool(drafted.of_kind(kind))}
    errors = [("main", fault) for fault in dict.fromkeys(faults)]
    return render_template("organizers/piece.html", kind=kind, piece=piece, errors=errors, **values)


def _writers(session: Session, found: Mapping[Key, Draft]) -> list[tuple[str, date]]:
    """Return who has drafted on which day, without those whose account is gone."""
    days = {(draft.changed_by, draft.changed_on) for draft in found.values() if draft.changed_by.isdigit()}
    accounts = {by: session.get(Account, int(by)) for by, _ in days}
    return sorted((account.email, day) for by, day in days if (account := accounts[by]))


@bp.post("/words/<piece>")
@requires_role(ORGANIZER)
def drop_words(piece: str) -> Page:
    """Throw the drafts of a piece away, make words that were public once its draft, or draft another order of the paragraphs."""
    kind, chosen, today = find_kind(piece), request.form.get("row", type=row_number), now().date()
    with state().database.writing() as session:
        state().database.lock(session, PUBLISH_WORDS_LOCK)
        drafted = drafts.read_drafted(session)
        if (places := MOVES.get(request.form.get("deed", ""))) and kind in LETTERS:
            key = request.form.get("part", "")
            readable_drafts(session, kind)
            if key not in [block.id for block in drafted.documents(kind)[SOURCE].blocks]:
                abort(400)
            move_paragraph(session, drafted, kind, key, places, by=str(current_account().id), today=today)
            flash(gettext("The draft has been saved. It is not public yet."), "status")
            return redirect(url_for(".piece", piece=piece, _anchor=f"part-{key}"), 303)
        if request.form.get("deed") == "drop":
            drafts.drop_drafts(session, drafted.of_kind(kind))
            done = gettext("The draft has been discarded.")
        elif not any((row.id, row.kind) == (chosen, kind) and drafts.can_be_taken_back(row) for row in drafted.words.rows):
            abort(400)
        else:
            drafts.take_back(session, drafted, chosen or 0, by=str(current_account().id), today=today)
            done = gettext("These words are now the draft. Look at them, then publish them.")
    flash(done, "status")
    return redirect(url_for(".piece", piece=piece), 303)


@bp.get("/words/<piece>/earlier")
@requires_role(ORGANIZER)
def earlier_words(piece: str) -> Page:
    """Show all that was public of a piece, the newest first."""
    kind = find_kind(piece)
    with state().database.reading() as session:
        rows = [row for row in drafts.read_drafted(session).words.rows if row.kind == kind]
    newest = {row.name: row.id for row in rows}
    shown = [(row, _name(row), None if _is_withheld(row) else drafts.readable(row.kind, row.value)) for row in reversed(rows)]
    last = [row.id for row in rows if not drafts.can_be_taken_back(row)]
    values = {"rows": shown, "newest": newest.values(), "fixed": last, "labels": OFFICE_LABELS}
    return render_template("organizers/earlier_words.html", kind=kind, piece=piece, **values)


def _name(row: PublishedText) -> str:
    """Return the name of an office or the headline of an update, where a piece has several; else nothing."""
    names = row.value["names"] if row.kind in (TextKind.ADDRESSEE, TextKind.UPDATE) else {}
    return headline(names.get(current().code) or next(iter(names.values()), ""))


def _is_withheld(row: PublishedText) -> bool:
    """Return whether a letter quotes words of the testimony that are withheld since."""
    if row.kind != TextKind.LETTER or not state().policy.has_redactions or row.name not in state().texts:
        return False
    return redaction.says_withheld(letter_from(row.name, row.value), state().texts[row.name].testimony)


def part_labels(kind: TextKind, keys: Iterable[str]) -> dict[str, Any]:
    """Return what the parts of a kind are called: fields by their labels, paragraphs and the like by their place."""
    if kind not in WITH_MORE_PARTS:
        return {key: LANGUAGES[key].name if key in LANGUAGES else PIECE_LABELS[kind] for key in keys}
    if kind in (*LETTERS, *PAGES):
        numbered = enumerate((key for key in keys if key not in FIELD_LABELS), 1)
        return FIELD_LABELS | {key: gettext("Paragraph %(place)s", place=number(place)) for place, key in numbered}
    return {key: LANGUAGES[key].name if key in LANGUAGES else key for key in keys} | OFFICE_LABELS
