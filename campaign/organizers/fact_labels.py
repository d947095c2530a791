"""What the audit and the requests show about an action: each fact by its label, and its value in the reader's words."""

from datetime import date
from typing import Any

from campaign.exports.format import FILLED_IN
from campaign.exports.formats import FORMATS
from campaign.handover.archive import OFFICE_PACKAGE
from campaign.languages import LANGUAGES, countries, current, day, number
from campaign.organizers.actions import (
    DETAIL_LABELS,
    INQUIRY_KIND_LABELS,
    INQUIRY_OUTCOME_LABELS,
    LABELS,
    PIECE_LABELS,
    REASON_LABELS,
    ROLE_LABELS,
    SEPARATOR_LABELS,
)
from campaign.petition.snapshot import shown_texts, shown_updates
from campaign.petition.timelines import EVENT_LABELS
from campaign.state import state

DAY_FACTS = ("after", "closes_on", "day", "delete_on", "due_on", "hand_over_on", "opens_on", "since", "until")
VALUE_LABELS = {
    "format": {name: document.label for name, document in (FORMATS | {OFFICE_PACKAGE.name: OFFICE_PACKAGE}).items()},
    "happened": EVENT_LABELS,
    "kind": INQUIRY_KIND_LABELS,
    "outcome": INQUIRY_OUTCOME_LABELS,
    "piece": PIECE_LABELS,
    "what": LABELS,
    "reason": REASON_LABELS,
    "role": ROLE_LABELS,
    "separator": SEPARATOR_LABELS,
}


def detail_labels(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the facts of an action as labels and values, without those that are empty."""
    return [
        (str(DETAIL_LABELS.get(name, name)), _value_label(name, value))
        for name, value in facts.items()
        if value not in (None, "") and name != FILLED_IN
    ]


def _value_label(name: str, value: Any) -> str:
    """Return a value as text: numbers with their thousands, codes by their labels, or as they are where they have none."""
    if type(value) is int:
        return number(value)
    if name == "country":
        return dict(countries(current().code)).get(value, str(value))
    if name == "handed_to":
        return next((office.name(current().code) for office in state().words.addressees if office.key == value), str(value))
    if name in ("language", "reader"):
        return LANGUAGES[value].name if value in LANGUAGES else str(value)
    if name == "update":
        return next((one.headline(current().code) for one in shown_updates() if one.key == value), str(value))
    if name == "arranged":
        rules = shown_texts()[current().code].channels.parts
        return " ".join(rules[f"demand-{one}"].words for one in value.split(",") if f"demand-{one}" in rules)
    if name in DAY_FACTS:
        return _day_label(str(value))
    return str(VALUE_LABELS.get(name, {}).get(value, value))


def _day_label(value: str) -> str:
    """Return a day in words; as it is stored where a later version stores it otherwise."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value
