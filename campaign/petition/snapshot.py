"""The published count and the texts as every page knows them, without asking the database each time."""

import re
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sqlalchemy as sa

from campaign.content.files import Document
from campaign.content.pages import Texts
from campaign.content.redaction import says_withheld, withheld_words
from campaign.content.testimony_policy import (
    TestimonyPolicy,
    address_says_name,
    author_pattern,
    says_name,
    texts_after_withdrawal,
    without_author,
)
from campaign.crypto.keys import Keys
from campaign.database import Database, DatabaseBusy
from campaign.petition import news_key
from campaign.petition.counting import Snapshot, read_snapshot
from campaign.petition.page_blocks import with_pages
from campaign.petition.published import Key, PublishedText, TextKind, Words, read_words, with_letters
from campaign.petition.supporters import ShownSupporter
from campaign.petition.timelines import Timeline, find_timelines
from campaign.petition.updates import Update, find_updates
from campaign.petition.versions import SignedVersions, Version, count_versions, find_versions
from campaign.state import state

SNAPSHOT_LIFETIME = 1.0  # seconds
RETRY_DATABASE_AFTER = 15.0  # seconds; reading must not wait for a database that does not answer, page after page


@dataclass(frozen=True)
class FileTexts:
    """What the files and settings say: the policy, the texts, and the first values of the campaign's own words."""

    policy: TestimonyPolicy
    texts: Mapping[str, Texts]
    pages: Mapping[TextKind, Mapping[str, Document]]  # of which the campaign can have paragraphs of its own
    first_values: Mapping[Key, object] = field(repr=False)


class NothingKnown(DatabaseBusy):
    """The public words were not read yet because the database is away, so no page can be shown and no e-mail written."""


class ShownTexts:
    """The texts of the site with the campaign's own words as they are public, and the versions of what is signed."""

    def __init__(self, files: FileTexts, words: Words, latest: Snapshot) -> None:
        self.words = words
        self._files, self._latest = files, latest

    @cached_property
    def policy(self) -> TestimonyPolicy:
        """Return the decisions about the testimony, from the files and the desk."""
        return replace(self._files.policy, attribution="none") if self._latest.author_hidden_on else self._files.policy

    @cached_property
    def texts(self) -> dict[str, Texts]:
        """Return the texts by language, without the author's name once it is hidden and the testimony once it is withdrawn."""
        texts = with_pages(self._files.texts, self.words, self._files.pages)
        texts = without_author(texts) if self._latest.author_hidden_on else texts
        if not self._latest.is_testimony_withdrawn:
            return with_letters(texts, self.words)
        left = texts_after_withdrawal(self._files.policy, texts)
        return with_letters(left, self.words, TextKind.LETTER_WITHOUT_TESTIMONY)

    @cached_property
    def versions(self) -> dict[str, Version]:
        """Every version by its hash. One that quotes what is withheld since, or says a name that is hidden, is not shown."""
        gone, gone_on = self._latest.is_testimony_withdrawn, self._latest.testimony_withdrawn_on
        found = find_versions(self.words, is_withdrawn=gone, withdrawn_on=gone_on)
        return {sha256: replace(one, is_withheld=one.is_withheld or self._says_withheld(one)) for sha256, one in found.items()}

    @cached_property
    def updates(self) -> tuple[Update, ...]:
        """Return the campaign's news, the newest first."""
        withheld = withheld_words(self._files.texts)
        return find_updates(self.words, withheld, is_withdrawn=self._latest.is_testimony_withdrawn)

    @cached_property
    def supporters(self) -> tuple[ShownSupporter, ...]:
        """Return the supporters, without those whose words contain a hidden name."""
        hidden, found = self._hidden_name, self._latest.supporters
        if self._latest.is_testimony_withdrawn:
            found = tuple(one.without_retold(self._latest.testimony_withdrawn_on) for one in found)
        return tuple(
            one
            for one in found
            if not says_name(hidden, (one.names, one.descriptions)) and not address_says_name(hidden, one.web)
        )

    @cached_property
    def timelines(self) -> tuple[Timeline, ...]:
        """Return what became of each delivery to an office."""
        withheld = withheld_words(self._files.texts)
        return find_timelines(
            self.words, withheld, is_withdrawn=self._latest.is_testimony_withdrawn, hidden_name=self._hidden_name
        )

    def may_say(self, words: str) -> bool:
        """Return whether words can be shown: once its name is hidden or the testimony withdrawn, none that name the author."""
        is_named = not (self._latest.author_hidden_on or self._latest.is_testimony_withdrawn)
        return is_named or not says_name(self._author_name, words)

    @cached_property
    def _author_name(self) -> re.Pattern[str] | None:
        """Return the finder of the author's name."""
        return author_pattern(self._files.texts)

    @property
    def _hidden_name(self) -> re.Pattern[str] | None:
        """Return the finder of the author's name while it is hidden."""
        return self._author_name if self._latest.author_hidden_on else None

    def _says_withheld(self, version: Version) -> bool:
        letter = version.letter
        if not version.is_current and says_name(self._hidden_name, (letter.meta, [part.words for part in letter.paragraphs])):
            return True  # what is signed now is shown until it is changed, as on the page of the letter
        testimony = self._files.texts[version.language.code].testimony
        return self._files.policy.has_redactions and says_withheld(version.letter, testimony)

    @cached_property
    def signed(self) -> SignedVersions:
        """Return the number of signatures of each version, as of the last publication."""
        return count_versions(self.versions, dict(self._latest.signed_texts))


class SnapshotCache:
    """The last publication and words, read again at most once a second; when the database is away, those known before."""

    def __init__(self, database: Database, files: FileTexts, keys: Keys) -> None:
        self._database, self._files, self._keys = database, files, keys
        self._known = Snapshot(is_testimony_withdrawn=files.policy.withdrawn)
        self._shown = ShownTexts(files, Words((), files.first_values), self._known)
        self._read_at = time.monotonic()
        self._was_read, self._first_reading = False, threading.Lock()

    def __call__(self) -> Snapshot:
        """Return the publication; the same object until something new is published."""
        if not self._was_read:
            self._read_first()
        elif time.monotonic() - self._read_at > SNAPSHOT_LIFETIME:
            self._read_at = time.monotonic()
            self.refresh()
        return self._known

    def _read_first(self) -> None:
        """Read the public words before answering anybody: requests wait, so that nobody sees a site without them.

        Raise NothingKnown where the database is away: what the files say may have been withdrawn since.
        """
        with self._first_reading:
            if self._was_read:
                return
            if time.monotonic() >= self._read_at:
                self._read_at = time.monotonic()
                self._was_read = self.refresh()
            if not self._was_read:
                raise NothingKnown

    def shown(self) -> ShownTexts:
        """Return the texts and versions; the same object until something new is published."""
        self()
        return self._shown

    def shown_with(self, rows: Iterable[PublishedText], *, is_withdrawn: bool) -> ShownTexts:
        """Return what would be shown if these rows were published too, with or without the testimony."""
        self()
        words = Words((*self._shown.words.rows, *rows), self._files.first_values)
        return ShownTexts(self._files, words, replace(self._known, is_testimony_withdrawn=is_withdrawn))

    def refresh(self) -> bool:
        """Read it now; return whether the database could be read."""
        try:
            with self._database.reading() as session:
                found = read_snapshot(session)
                is_withdrawn = found.is_testimony_withdrawn or self._files.policy.withdrawn
                offers_news = news_key.newest_news_key(session, self._keys) is not None
                found = replace(found, is_testimony_withdrawn=is_withdrawn, offers_news=offers_news)
                words = self._shown.words
                if found.words_id != self._known.words_id:
                    words = read_words(session, self._files.first_values)
        except sa.exc.SQLAlchemyError:
            self._read_at = time.monotonic() + RETRY_DATABASE_AFTER - SNAPSHOT_LIFETIME
            return False  # the pages go on with what is known; /readyz says that the database is away
        if found != self._known:
            self._known, self._shown = found, ShownTexts(self._files, words, found)
        return True


def is_unanswered() -> bool:
    """Return whether a new campaign at a public address does not say who answers for it: then nobody can sign yet."""
    latest = current_snapshot()
    has_begun = latest.confirmed or latest.held or latest.withdrawn or latest.removed
    return not (state().words.contact or has_begun or state().settings.is_loopback)


def current_snapshot() -> Snapshot:
    """Return what this site last published."""
    return state().snapshots()


def shown_updates() -> tuple[Update, ...]:
    """Return the campaign's news as it is shown now."""
    return state().snapshots.shown().updates


def shown_timelines() -> tuple[Timeline, ...]:
    """Return the timeline of each delivery, as it is shown now."""
    return state().snapshots.shown().timelines


def shown_supporters() -> tuple[ShownSupporter, ...]:
    """Return the supporters as they are shown now: organisations and known people."""
    return state().snapshots.shown().supporters


def shown_texts() -> dict[str, Texts]:
    """Return the texts by language as they are shown now."""
    return state().texts
