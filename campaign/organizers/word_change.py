"""Publish drafts of the campaign's own words: at once, or when a second organizer agrees to another text that is signed."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from campaign.content import redaction
from campaign.database import now
from campaign.languages import LANGUAGES, SOURCE, isolate
from campaign.organizers import accounts, audit, four_eyes, ledger
from campaign.organizers.actions import Action
from campaign.organizers.models import Account, Request
from campaign.petition import drafts, word_files
from campaign.petition.drafts import Drafted
from campaign.petition.published import LETTERS, PublishedText, TextKind
from campaign.petition.word_faults import publishing_faults
from campaign.state import state


class ChangedMeanwhile(Exception):
    """The words are no longer those that somebody saw."""


class FaultyWords(Exception):
    """The words cannot be published; the arguments are sentences that say why."""


def publish_drafts(session: Session, kind: TextKind, *, by: Account, seen: str, handlers: four_eyes.Handlers) -> Request | None:
    """Publish the drafts of a kind, or ask a second organizer to agree; asking for the same again changes nothing.

    Raise FaultyWords, or ChangedMeanwhile unless `seen` is their digest.
    """
    ledger.begin_change(session)
    drafted = drafts.read_drafted(session)
    rows = _checked_rows(drafted, kind, by=str(by.id), seen=seen)
    if drafts.changes_what_is_signed(rows, drafted.words):
        facts = {"piece": kind.value, "fingerprint": seen}
        same = (one for one in pending_words(session, kind) if one.facts == facts)
        return next(same, None) or four_eyes.request_approval(session, by, Action.SIGNED_WORDS, facts, handlers)
    _publish(session, drafted, kind, rows, by=by.email)
    return None


def words_agreed(session: Session, facts: dict[str, Any], by: str) -> None:
    """Publish the drafts that the second organizer was shown; raise FaultyWords, or ChangedMeanwhile where they are others."""
    kind, account = TextKind(facts["piece"]), accounts.find_account(session, by)
    drafted = drafts.read_drafted(session)
    rows = _checked_rows(drafted, kind, by=str(account.id) if account else "0", seen=facts["fingerprint"])
    _publish(session, drafted, kind, rows, by=by)


def check_seen(session: Session, number: int, seen: str) -> None:
    """Raise ChangedMeanwhile where a request is for words of another digest than the page of them had, or of no page."""
    asked = sa.select(Request.facts).where(Request.id == number, Request.act == Action.SIGNED_WORDS.value)
    facts = session.scalar(asked)
    if facts is not None and facts["fingerprint"] != seen:
        raise ChangedMeanwhile


def pending_words(session: Session, kind: TextKind) -> list[Request]:
    """Return the requests to publish words of a kind that wait, the newest first."""
    return [one for one in four_eyes.pending(session) if (one.act, one.facts.get("piece")) == (Action.SIGNED_WORDS, kind)]


def find_faults(drafted: Drafted, kind: TextKind) -> tuple[list[str], list[str]]:
    """Return what prevents publishing the drafts of a kind, and what to consider first, a sentence each."""
    today, notes = now().date(), list[str]()
    faults = list(publishing_faults(drafted, kind, today))
    if kind in LETTERS and not faults:
        is_other = kind == TextKind.LETTER_WITHOUT_TESTIMONY
        shown = state().snapshots.shown_with(drafts.new_rows(drafted, kind, by="", today=today), is_withdrawn=is_other)
        for code, texts in shown.texts.items():
            if not is_other and redaction.says_withheld(texts.petition, texts.testimony):
                sentence = gettext(
                    "In this language the letter quotes words that are not, or are no longer, in the testimony: %(language)s",
                    language=LANGUAGES[code].name,
                )
                (faults if state().policy.has_redactions else notes).append(sentence)
    for _, key in drafted.of_kind(kind) if kind == TextKind.UPDATE else ():
        notes += _missing_languages(drafted.value(kind, key)["names"])
    if kind == TextKind.ADDRESSEE:
        notes += _office_notes(drafted)
    if kind == TextKind.PRIVACY:
        notes.append(gettext("This page makes promises to everyone who has signed. Publish only what remains true for them."))
    return faults, notes


def _missing_languages(names: Mapping[str, str]) -> Iterator[str]:
    """Name the languages in which an update is missing, a sentence each."""
    for code, language in LANGUAGES.items():
        if any(names.values()) and not names.get(code):
            yield gettext("It is missing in this language, and its page says so: %(language)s", language=language.name)


def _office_notes(drafted: Drafted) -> Iterator[str]:
    """Say what is for good about the offices that were added, and in which languages they have no name, a sentence each."""
    public, source = {one.key for one in drafted.words.addressees}, LANGUAGES[SOURCE].name
    names = {key: drafted.value(TextKind.ADDRESSEE, key)["names"] for _, key in drafted.of_kind(TextKind.ADDRESSEE)}
    if names.keys() - public:
        yield gettext("Once a new office is public, you can correct its name, but never take it out again.")
    for code in (one for one in LANGUAGES if any(not found.get(one) for found in names.values())):
        yield gettext(
            "An office has no name in this language, so its pages show the name in %(source)s: %(language)s",
            source=isolate(source),
            language=isolate(LANGUAGES[code].name),
        )


def _checked_rows(drafted: Drafted, kind: TextKind, *, by: str, seen: str) -> list[PublishedText]:
    """Return the rows by which drafts become public, once they are those that were seen, and nothing is wrong with them."""
    if faults := find_faults(drafted, kind)[0]:
        raise FaultyWords(*faults)
    rows = drafts.new_rows(drafted, kind, by=by, today=now().date())
    if not rows or drafts.digest(rows, drafted.words) != seen:
        raise ChangedMeanwhile
    return rows


def _publish(session: Session, drafted: Drafted, kind: TextKind, rows: list[PublishedText], *, by: str) -> None:
    """Add the rows. What else was asked for of this kind is over: it was to take the place of other words."""
    session.add_all(rows)
    drafts.drop_published(session, drafted, kind)
    for asked in pending_words(session, kind):
        asked.decided_at, asked.decided_by = now(), ""
    for row in rows:
        facts = {"piece": row.kind} | ({"language": row.name} if row.kind in LETTERS else {})
        audit.record(session, by, Action.WORDS_PUBLISHED, **facts | ({"fingerprint": row.sha256} if row.sha256 else {}))


def import_drafts(session: Session, folder: Path, *, today: date, over_newer: bool) -> int:
    """Read files as drafts, and record it; return how many changed. Raise FilesRefused or TextError."""
    ledger.begin_change(session)
    before = drafts.read_drafted(session)
    known = {key: draft.words for key, draft in before.drafts.items()}
    word_files.import_files(session, before, folder, by=drafts.COMMAND_LINE, today=today, over_newer=over_newer)
    session.flush()
    session.expire_all()
    after = drafts.read_drafted(session)
    if faults := list(word_files.file_faults(after)):
        raise word_files.FilesRefused(" ".join(faults))
    is_now = {key: draft.words for key, draft in after.drafts.items()}
    changed = sum(known.get(key) != is_now.get(key) for key in known | is_now)
    if changed:
        audit.record(session, "", Action.WORDS_IMPORTED, number=changed)
    return changed
