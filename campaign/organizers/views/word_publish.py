"""What readers would see of drafts, and publishing them."""

import re
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.languages import current
from campaign.organizers import bp, four_eyes, word_change
from campaign.organizers.auth.guards import current_account, requires_role, say_waiting
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.requests import approval_handlers
from campaign.organizers.views.words import find_kind, part_labels, readable_drafts
from campaign.petition import drafts
from campaign.petition.counting import next_goal
from campaign.petition.drafts import Drafted
from campaign.petition.published import PublishedText, TextKind
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.snapshot import current_snapshot
from campaign.petition.updates import headline
from campaign.petition.versions import Piece
from campaign.petition.word_changes import RowChange, change_of
from campaign.state import state

Page = Response | str | tuple[str, int]
ANCHOR, TARGET = re.compile(r"<a\b[^>]*>"), re.compile(r' (?:href|hreflang|rel|target|download|type)="[^"]*"')
PREVIEW_TEMPLATES = {
    TextKind.ABOUT: "public/about.html",
    TextKind.CONTACT: "public/privacy.html",
    TextKind.PRIVACY: "public/privacy.html",
    TextKind.UPDATE: "updates/listing.html",
}  # of all others the page of the letter


@bp.get("/words/<piece>/preview")
@requires_role(ORGANIZER)
def preview_words(piece: str) -> Page:
    """Show the page as its readers would see it, of which nothing works."""
    kind, today = find_kind(piece), now().date()
    with state().database.reading() as session:
        rows = drafts.new_rows(readable_drafts(session, kind), kind, by="", today=today)
    withdrawn = current_snapshot().is_testimony_withdrawn or kind == TextKind.LETTER_WITHOUT_TESTIMONY
    shown = state().snapshots.shown_with(rows, is_withdrawn=withdrawn)
    code = current().code
    page = render_template(
        PREVIEW_TEMPLATES.get(kind, "public/petition.html"),
        preview_of=url_for(".piece", piece=piece),
        texts=shown.texts[code],
        all_texts=shown.texts,
        own_words=shown.words,
        campaign_name=shown.words.title(code),
        contact=shown.words.contact,
        next_goal=next_goal(current_snapshot().confirmed, shown.words.goal),
        withdrawn=withdrawn,
        updates=shown.updates,
    )
    frame, mark, content = page.partition("<main")
    return frame + mark + ANCHOR.sub(_without_address, content)


def _without_address(link: re.Match[str]) -> str:
    """Return the beginning of a link that leads nowhere; its words can be read as before, which `inert` would not let them be."""
    return TARGET.sub("", link[0])


@bp.route("/words/<piece>/publish", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def publish_words(piece: str) -> Page:
    """Show what would change for readers, and publish it; another text that is signed waits for a second organizer."""
    kind = find_kind(piece)
    if request.method == "GET":
        return _publish_page(kind, piece)
    try:
        with state().database.writing() as session:
            state().database.lock(session, PUBLISH_WORDS_LOCK)
            handlers = approval_handlers(state().keys)
            seen = request.form.get("seen", "")
            asked = word_change.publish_drafts(session, kind, by=current_account(), seen=seen, handlers=handlers)
    except word_change.FaultyWords:
        return _publish_page(kind, piece, 422)
    except (word_change.ChangedMeanwhile, four_eyes.NotDecidable):
        return _publish_page(kind, piece, 409)
    if asked is not None and not asked.is_done:
        say_waiting()
        return redirect(url_for(".requests"), 303)
    flash(gettext("It is public. Every page shows it within seconds."), "status")
    return redirect(url_for(".piece", piece=piece), 303)


def _publish_page(kind: TextKind, piece: str, status: int = 200) -> Page:
    with state().database.reading() as session:
        drafted = readable_drafts(session, kind)
        waiting, is_on = word_change.pending_words(session, kind), four_eyes.is_enabled(session)
    rows = drafts.new_rows(drafted, kind, by="", today=now().date())
    seen, is_signed = drafts.digest(rows, drafted.words), drafts.changes_what_is_signed(rows, drafted.words)
    faults, notes = word_change.find_faults(drafted, kind)
    values = {
        "changes": [(row, _title(row, drafted), *_told(kind, change_of(row, drafted))) for row in rows],
        "errors": [("main", fault) for fault in faults] if rows else [],
        "notes": notes,
        "is_signed": is_signed,
        "needs_second": is_signed and is_on,
        "asked": next((one for one in waiting if rows and one.facts["fingerprint"] == seen), None),
        "others": [one for one in waiting if not rows or one.facts["fingerprint"] != seen],
    }
    page = render_template("organizers/publish_words.html", kind=kind, piece=piece, seen=seen, overtaken=status == 409, **values)
    return page, status


def _title(row: PublishedText, drafted: Drafted) -> str:
    """Return the name of an office or the headline of an update, where a kind has many; else nothing."""
    if row.kind not in (TextKind.ADDRESSEE, TextKind.UPDATE):
        return ""
    names = row.value["names"] or drafted.words.current[row.kind, row.name]["names"]
    return headline(names.get(current().code) or next(iter(names.values()), ""))


def _told(kind: TextKind, change: RowChange) -> tuple[list[tuple[str, Sequence[Piece]]], list[str], bool]:
    """Return the parts that change with their labels, sentences about what else does, and whether the order does."""
    labels = part_labels(kind, change.names)
    sentences = []
    if change.has_other_notes:
        sentences.append(gettext("What the page says about missing or outdated paragraphs has changed."))
    if not change.parts and not sentences and not change.is_reordered:
        sentences.append(gettext("Readers see the same as before. Only what the site keeps about the translation changes."))
    return [(labels[name], pieces) for name, pieces in change.parts.items()], sentences, change.is_reordered
