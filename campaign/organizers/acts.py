"""The acts of organizers in words, for the audit and for what waits. Facts are told as name and value."""

from typing import Any

from flask_babel import lazy_gettext

from campaign.languages import number

# By the code that is stored; a code once stored keeps its words for ever.
ACTS: dict[str, Any] = {
    "account added": lazy_gettext("An account was added."),
    "account removed": lazy_gettext("An account was removed."),
    "account reset": lazy_gettext("An account was reset: its sessions ended, and its owner sets it up anew."),
    "account set up": lazy_gettext("An account was set up by its owner."),
    "agreed": lazy_gettext("A second organizer agreed to an act."),
    "asked": lazy_gettext("An act was asked for and waits for a second organizer."),
    "declined": lazy_gettext("An act that waited was declined."),
    "four eyes off": lazy_gettext("The rule of four eyes was turned off by the only organizer."),
    "four eyes on": lazy_gettext("The rule of four eyes was turned on."),
    "logged in": lazy_gettext("Somebody logged in."),
    "logged out": lazy_gettext("Somebody logged out."),
    "passphrase changed": lazy_gettext("A passphrase was changed, and every session of the account ended."),
    "recovery codes made": lazy_gettext("New recovery codes were made."),
    "sessions ended": lazy_gettext("Sessions were ended."),
}
FACTS: dict[str, Any] = {
    "account": lazy_gettext("account"),
    "number": lazy_gettext("number"),
    "request": lazy_gettext("request"),
    "role": lazy_gettext("role"),
    "what": lazy_gettext("act"),
    "wrong_today": lazy_gettext("wrong attempts today"),
}

ROLES: dict[str, Any] = {
    "organizer": lazy_gettext("Organizer"),
    "moderator": lazy_gettext("Moderator, who sees no personal data"),
}


def act_words(act: str) -> str:
    """An act as a sentence."""
    return str(ACTS.get(act, act))


def fact_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of an act as names and values; an act among them as its sentence, nothing for what is empty."""
    told = [(name, act_words(value) if name == "what" else value) for name, value in facts.items() if value not in (None, "")]
    return [(str(FACTS.get(name, name)), number(value) if type(value) is int else str(value)) for name, value in told]


def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLES[role])
