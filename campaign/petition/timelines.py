"""What becomes of a delivery to an office: events that are only added, each a published row, and the silence between them.

Nothing is ever changed or deleted: another day, another translation and a correction are events of their own. As words of the
campaign and of an office may retell the testimony, those from before its withdrawal are no longer shown, nor are those that name
its author while the name is hidden; what happened on which day still is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError
from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from campaign.content.redaction import REDACTED
from campaign.content.testimony_policy import says_name
from campaign.languages import LANGUAGES, SOURCE
from campaign.petition.published import PublishedText, TextKind, Words

ASK_AGAIN_AFTER = tuple(timedelta(weeks=weeks) for weeks in (2, 6, 12))


class EventKind(StrEnum):
    """What happened, by the code that is stored."""

    PLANNED = "planned"  # its day may lie ahead; once more for another day
    HANDED_OVER = "handed over"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REFUSED = "refused"
    ASKED_AGAIN = "asked again"
    TRANSLATED = "translated"  # an answer, into a language of the site
    LEFT_OUT = "left out"  # what an answer leaves out, as the campaign sees it
    ADDED = "added"  # a word of the campaign, such as a correction


EVENT_LABELS: dict[str, Any] = {
    EventKind.PLANNED: lazy_gettext("Planned"),
    EventKind.HANDED_OVER: lazy_gettext("Handed over"),
    EventKind.ACKNOWLEDGED: lazy_gettext("Receipt acknowledged"),
    EventKind.ANSWERED: lazy_gettext("Answered"),
    EventKind.REFUSED: lazy_gettext("Refused by the office"),
    EventKind.ASKED_AGAIN: lazy_gettext("Asked again by the campaign"),
    EventKind.TRANSLATED: lazy_gettext("Translation of an answer"),
    EventKind.LEFT_OUT: lazy_gettext("What an answer leaves out"),
    EventKind.ADDED: lazy_gettext("Added by the campaign"),
}
FROM_THE_OFFICE = (EventKind.ACKNOWLEDGED, EventKind.ANSWERED, EventKind.REFUSED)
ENDS_SILENCE = (EventKind.ANSWERED, EventKind.REFUSED)
BEGINNINGS = (EventKind.PLANNED, EventKind.HANDED_OVER)
ABOUT_AN_ANSWER = (EventKind.TRANSLATED, EventKind.LEFT_OUT)

FROM_BEFORE = "from before"  # the withdrawal of the testimony
NAMES_AUTHOR = "names author"  # who is hidden


class TimelineState(StrEnum):
    """How far a delivery is."""

    PLANNED = "planned"
    SILENT = "silent"  # handed over, and nothing has come
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    number: int  # within its delivery, from 1
    kind: EventKind
    day: date
    published_on: date
    words: Mapping[str, str]  # the campaign's, by language, without those in which they are missing
    means: str = ""  # how it was handed over: one of offices.Means
    has_receipt: bool = False
    receipt: str = ""  # where it is kept; for the desk alone
    language: str = ""  # of `quote` (ISO 639)
    quote: str = ""  # the words of the office, or their translation
    standing: str = ""  # of a translation: machine, translated, reviewed
    about: int = 0  # the number of the answer that it is about
    withheld: str = ""  # why its words are not shown: FROM_BEFORE or NAMES_AUTHOR

    def shown_in(self, code: str) -> str:
        """Return the language in which readers of a language see its words; empty where it has none."""
        return next((one for one in (code, SOURCE, *LANGUAGES) if one in self.words), "")

    @property
    def direction(self) -> str:
        """In which direction the words of the office run; as their letters do where CLDR only names the language."""
        try:
            return Locale.parse(self.language).text_direction if self.language else "auto"
        except UnknownLocaleError:
            return "auto"


@dataclass(frozen=True)
class Timeline:
    """All that is public of one delivery to an office."""

    key: str
    office: str  # the key of the addressee
    events: tuple[Event, ...]  # in the order in which they were published

    @cached_property
    def in_order(self) -> list[Event]:
        """Return what happened, by day; entries about an answer come with the answer."""
        own = [one for one in self.events if one.kind not in ABOUT_AN_ANSWER]
        return sorted(own, key=lambda one: (one.day, one.number))

    @property
    def planned_for(self) -> date | None:
        """Return the day for which the handover is planned; None once it took place."""
        days = [one.day for one in self.events if one.kind == EventKind.PLANNED]
        return days[-1] if days and self.handed_on is None else None

    @cached_property
    def handed_on(self) -> date | None:
        """Return the day on which it was handed over; a later entry corrects earlier ones."""
        return self._handovers[-1].day if self._handovers else None

    @cached_property
    def _handovers(self) -> list[Event]:
        return [one for one in self.events if one.kind == EventKind.HANDED_OVER]

    def is_corrected(self, event: Event) -> bool:
        """Return whether it is a handover of which a later entry says another thing."""
        return event in self._handovers[:-1]

    @property
    def silent_since(self) -> date | None:
        """Since when the office owes an answer: from the day of the handover until it answers or refuses."""
        return None if any(one.kind in ENDS_SILENCE for one in self.events) else self.handed_on

    @property
    def state(self) -> TimelineState:
        """Return how far it is, going by the newest of several answers."""
        if self.handed_on is None:
            return TimelineState.PLANNED
        from_them = [one for one in self.in_order if one.kind in FROM_THE_OFFICE]
        ends = [one for one in from_them if one.kind in ENDS_SILENCE]
        found = (ends or from_them)[-1:]
        return TimelineState(found[0].kind.value) if found else TimelineState.SILENT

    def answers(self) -> list[Event]:
        """Return the events that have words of the office."""
        return [one for one in self.events if one.kind in FROM_THE_OFFICE and one.quote]

    def translations(self, answer: Event, code: str) -> list[Event]:
        """Return the translations of an answer into a language of the site, the newest first."""
        found = [one for one in self.events if one.kind == EventKind.TRANSLATED]
        return [one for one in reversed(found) if (one.about, one.language) == (answer.number, code)]

    def left_out(self, answer: Event) -> list[Event]:
        """Return what the campaign says that an answer leaves out."""
        return [one for one in self.events if (one.kind, one.about) == (EventKind.LEFT_OUT, answer.number)]

    def standings(self, answer: Event) -> dict[str, str]:
        """Return how far the translation of an answer is in each language of the site but its own; empty where it is missing."""
        newest = {code: self.translations(answer, code)[:1] for code in LANGUAGES if code != answer.language}
        return {code: found[0].standing if found else "" for code, found in newest.items()}

    def reminder(self, today: date) -> date | None:
        """Return the day on which the office was to be asked again, if nobody has since: two, six and twelve weeks after."""
        since = self.silent_since
        passed = [since + after for after in ASK_AGAIN_AFTER if since + after <= today] if since else []
        heard = (EventKind.ASKED_AGAIN, EventKind.ACKNOWLEDGED)
        is_done = any(one.day >= passed[-1] for one in self.events if one.kind in heard) if passed else True
        return None if is_done else passed[-1]

    def allowed(self) -> list[EventKind]:
        """Return what can be added, in the order of the buttons."""
        if self.handed_on is None:
            return [EventKind.HANDED_OVER, EventKind.PLANNED, EventKind.ADDED]
        about = list(ABOUT_AN_ANSWER) if self.answers() else []
        return [*FROM_THE_OFFICE, *about, EventKind.ASKED_AGAIN, EventKind.HANDED_OVER, EventKind.ADDED]


def find_timelines(
    words: Words, withheld: Mapping[str, str], *, is_withdrawn: bool, hidden_name: re.Pattern[str] | None = None
) -> tuple[Timeline, ...]:
    """Return every delivery, in the order in which they were begun. `withheld` stands for words that nobody may read."""
    found: dict[str, list[PublishedText]] = {}
    for row in words.rows:
        if row.kind == TextKind.EVENT:
            found.setdefault(row.name, []).append(row)
    return tuple(
        Timeline(key, rows[0].value["office"], tuple(_events(rows, withheld, _reasons(rows, is_withdrawn, hidden_name))))
        for key, rows in found.items()
    )


def read_timelines(session: Session, *, is_withdrawn: bool = False) -> tuple[Timeline, ...]:
    """Return every delivery as the database has it now; with the testimony withdrawn, without the words from before."""
    rows = sa.select(PublishedText).where(PublishedText.kind == TextKind.EVENT.value).order_by(PublishedText.id)
    words = Words(tuple(session.scalars(rows)), {})
    return find_timelines(words, dict.fromkeys(LANGUAGES, ""), is_withdrawn=is_withdrawn)


def _reasons(rows: Sequence[PublishedText], is_withdrawn: bool, hidden_name: re.Pattern[str] | None) -> dict[int, str]:
    """Return by their numbers why events are withheld; what is about an answer is withheld with it, as it retells it."""
    found: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        said = row.value.get("words", {}), row.value.get("quote", "")
        is_from_before = is_withdrawn and not row.value.get("without_testimony")
        own = FROM_BEFORE if is_from_before else NAMES_AUTHOR if says_name(hidden_name, said) else ""
        if any(said) and (reason := own or found.get(row.value.get("about", 0), "")):
            found[number] = reason
    return found


def _events(rows: Sequence[PublishedText], withheld: Mapping[str, str], reasons: Mapping[int, str]) -> Iterator[Event]:
    for number, row in enumerate(rows, 1):
        value = row.value
        said = {code: words for code, words in value.get("words", {}).items() if words and code in LANGUAGES}
        language, quote = value.get("language", ""), value.get("quote", "")
        is_withheld = number in reasons
        yield Event(
            number,
            EventKind(value["kind"]),
            value["day"],
            row.day,
            {} if is_withheld else {code: words.replace(REDACTED, withheld[code]) for code, words in said.items()},
            means=value.get("means", ""),
            has_receipt=bool(value.get("receipt")),
            receipt=value.get("receipt", ""),
            language=language,
            quote="" if is_withheld else quote.replace(REDACTED, withheld.get(language, withheld[SOURCE])),
            standing=value.get("standing", ""),
            about=value.get("about", 0),
            withheld=reasons.get(number, ""),
        )
