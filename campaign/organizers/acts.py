"""The acts of organizers in words, for the audit and for what waits. Facts are told as name and value."""

from typing import Any

from flask_babel import lazy_gettext

from campaign.languages import LANGUAGES, countries, current, number

# By the code that is stored; a code once stored keeps its words for ever.
ACTS: dict[str, Any] = {
    "account added": lazy_gettext("An account was added."),
    "account removed": lazy_gettext("An account was removed."),
    "account reset": lazy_gettext("An account was reset: its sessions ended, and its owner sets it up anew."),
    "account set up": lazy_gettext("An account was set up by its owner."),
    "address looked for": lazy_gettext("Somebody looked for an e-mail address."),
    "agreed": lazy_gettext("A second organizer agreed to an act."),
    "asked": lazy_gettext("An act was asked for and waits for a second organizer."),
    "bulk removal": lazy_gettext("A removal of several signatures."),
    "declined": lazy_gettext("An act that waited was declined."),
    "export asked for": lazy_gettext("An export was asked for."),
    "export prepared": lazy_gettext("An export was prepared."),
    "export taken": lazy_gettext("An export was taken."),
    "export with addresses": lazy_gettext("An export with names and addresses."),
    "four eyes off": lazy_gettext("The rule of a second agreement was turned off by the only organizer."),
    "four eyes on": lazy_gettext("The rule of a second agreement was turned on."),
    "key change": lazy_gettext("Another key for signatures to be sealed to."),
    "key changed": lazy_gettext("The key that signatures are sealed to was changed."),
    "logged in": lazy_gettext("Somebody logged in."),
    "logged out": lazy_gettext("Somebody logged out."),
    "name hidden": lazy_gettext("A shown name was hidden until it is reviewed."),
    "passphrase changed": lazy_gettext("A passphrase was changed, and every session of the account ended."),
    "recovery codes made": lazy_gettext("New recovery codes were made."),
    "removed": lazy_gettext("Signatures were removed."),
    "restored": lazy_gettext("Removed signatures were put back."),
    "sealed shown": lazy_gettext("A sealed name and address was shown."),
    "sessions ended": lazy_gettext("Sessions were ended."),
    "mail resumed": lazy_gettext("The mail was resumed."),
    "mail stopped": lazy_gettext("The mail was stopped."),
    "names hidden": lazy_gettext("All names were hidden."),
    "names shown": lazy_gettext("The names were shown again."),
    "signing closed": lazy_gettext("Signing was closed."),
    "signing resumed": lazy_gettext("Signing was resumed."),
    "wave in order": lazy_gettext("A wave was taken as in order."),
    "words accepted": lazy_gettext("Names that waited were accepted."),
    "words held": lazy_gettext("New names were to be held for review."),
    "words not held": lazy_gettext("New names were to be shown at once."),
    "words refused": lazy_gettext("Names that waited were refused."),
}
FACTS: dict[str, Any] = {
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

REASONS: dict[str, Any] = {  # of removals, see petition/removed.py
    "duplicate": lazy_gettext("Duplicate: the same person has signed before"),
    "not_real": lazy_gettext("Not real: nobody signed this in earnest"),
    "abuse": lazy_gettext("Abuse: the petition is misused, such as for insults or advertising"),
    "asked": lazy_gettext("Asked: the signer asked for it"),
}
ROLES: dict[str, Any] = {
    "organizer": lazy_gettext("Organizer"),
    "moderator": lazy_gettext("Moderator, who sees no personal data"),
}


def act_words(act: str) -> str:
    """An act as a sentence."""
    return str(ACTS.get(act, act))


def fact_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """The facts of an act as names and values; nothing for what is empty."""
    return [(str(FACTS.get(name, name)), _value(name, value)) for name, value in facts.items() if value not in (None, "")]


def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLES[role])


def reason_name(reason: str) -> str:
    """The reason of a removal in words."""
    return str(REASONS.get(reason, reason))


def _value(name: str, value: Any) -> str:
    """A value as it is read: a number with its thousands, an act and a role in words."""
    if type(value) is int:
        return number(value)
    told = {"what": act_words, "role": role_name, "reason": reason_name, "country": country_name, "language": language_name}
    return told.get("language" if name == "reader" else name, str)(value)


def country_name(code: str) -> str:
    """A country in words."""
    return dict(countries(current().code)).get(code, code)


def language_name(code: str) -> str:
    """A language in its own word."""
    return LANGUAGES[code].name if code in LANGUAGES else code
