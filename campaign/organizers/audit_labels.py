"""The acts of organizers in words, for the audit and for what waits. Facts are told as name and value."""

from typing import Any

from flask_babel import lazy_gettext

from campaign.languages import LANGUAGES, countries, current, number
from campaign.organizers.actions import Action

LABELS: dict[str, Any] = {action.value: action.label for action in Action}
DETAIL_LABELS: dict[str, Any] = {
    "account": lazy_gettext("account"),
    "country": lazy_gettext("country"),
    "fingerprint": lazy_gettext("fingerprint"),
    "format": lazy_gettext("format"),
    "language": lazy_gettext("signed in"),
    "number": lazy_gettext("number"),
    "public": lazy_gettext("public key"),
    "reader": lazy_gettext("language of the file"),
    "reason": lazy_gettext("reason"),
    "removal": lazy_gettext("removal"),
    "request": lazy_gettext("request"),
    "role": lazy_gettext("role"),
    "rows": lazy_gettext("signatures"),
    "sha256": lazy_gettext("SHA-256 of the file"),
    "shown": lazy_gettext("only names that are shown"),
    "signature": lazy_gettext("signature"),
    "since": lazy_gettext("from this day on"),
    "until": lazy_gettext("until this day"),
    "wave": lazy_gettext("wave"),
    "what": lazy_gettext("act"),
    "wrong_today": lazy_gettext("wrong attempts today"),
}

REASON_LABELS: dict[str, Any] = {  # of removals, see petition/removed.py
    "duplicate": lazy_gettext("Duplicate: the same person has signed before"),
    "not_real": lazy_gettext("Not real: nobody signed this in earnest"),
    "abuse": lazy_gettext("Abuse: the petition is misused, such as for insults or advertising"),
    "asked": lazy_gettext("Asked: the signer asked for it"),
}
ROLE_LABELS: dict[str, Any] = {
    "organizer": lazy_gettext("Organizer"),
    "moderator": lazy_gettext("Moderator, who sees no personal data"),
}


def action_label(action: str) -> str:
    """Return an action as a sentence; one of a later version as it is stored."""
    return str(LABELS.get(action, action))


def detail_labels(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of an act as names and values; nothing for what is empty."""
    return [
        (str(DETAIL_LABELS.get(name, name)), _value_label(name, value))
        for name, value in facts.items()
        if value not in (None, "")
    ]


def role_label(role: str) -> str:
    """A role in words."""
    return str(ROLE_LABELS[role])


def reason_label(reason: str) -> str:
    """The reason of a removal in words."""
    return str(REASON_LABELS.get(reason, reason))


def _value_label(name: str, value: Any) -> str:
    """A value as it is read: a number with its thousands, an act and a role in words."""
    if type(value) is int:
        return number(value)
    labels = {
        "what": action_label,
        "role": role_label,
        "reason": reason_label,
        "country": country_name,
        "language": language_name,
    }
    return labels.get("language" if name == "reader" else name, str)(value)


def country_name(code: str) -> str:
    """A country in words."""
    return dict(countries(current().code)).get(code, code)


def language_name(code: str) -> str:
    """A language in its own word."""
    return LANGUAGES[code].name if code in LANGUAGES else code
