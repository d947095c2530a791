"""The actions of organizers: what a line of the audit is called, and what waits for a second organizer."""

from enum import StrEnum
from typing import Any, Self

from flask_babel import lazy_gettext


class Action(StrEnum):
    """An action by the code that is stored, with its sentence. A code that was stored once keeps its sentence for ever."""

    label: Any  # text in the reader's language

    def __new__(cls, code: str, label: Any) -> Self:
        """Make a member of both, so that neither can be forgotten."""
        member = str.__new__(cls, code)
        member._value_, member.label = code, label
        return member

    ACCOUNT_ADDED = "account added", lazy_gettext("An account was added.")
    ACCOUNT_REMOVED = "account removed", lazy_gettext("An account was removed.")
    ACCOUNT_RESET = "account reset", lazy_gettext("An account was reset: its sessions ended, and its owner sets it up anew.")
    ACCOUNT_SET_UP = "account set up", lazy_gettext("An account was set up by its owner.")
    ADDRESS_LOOKED_FOR = "address looked for", lazy_gettext("Somebody looked for an e-mail address.")
    AGREED = "agreed", lazy_gettext("A second organizer agreed to an act.")
    ASKED = "asked", lazy_gettext("An act was asked for and waits for a second organizer.")
    BULK_REMOVAL = "bulk removal", lazy_gettext("A removal of several signatures.")
    DECLINED = "declined", lazy_gettext("An act that waited was declined.")
    EXPORT_ASKED_FOR = "export asked for", lazy_gettext("An export was asked for.")
    EXPORT_PREPARED = "export prepared", lazy_gettext("An export was prepared.")
    EXPORT_TAKEN = "export taken", lazy_gettext("An export was taken.")
    EXPORT_WITH_ADDRESSES = "export with addresses", lazy_gettext("An export with names and addresses.")
    FOUR_EYES_OFF = "four eyes off", lazy_gettext("The rule of a second agreement was turned off by the only organizer.")
    FOUR_EYES_ON = "four eyes on", lazy_gettext("The rule of a second agreement was turned on.")
    KEY_CHANGE = "key change", lazy_gettext("Another key for signatures to be sealed to.")
    KEY_CHANGED = "key changed", lazy_gettext("The key that signatures are sealed to was changed.")
    LOGGED_IN = "logged in", lazy_gettext("Somebody logged in.")
    LOGGED_OUT = "logged out", lazy_gettext("Somebody logged out.")
    NAME_HIDDEN = "name hidden", lazy_gettext("A shown name was hidden until it is reviewed.")
    PASSPHRASE_CHANGED = "passphrase changed", lazy_gettext("A passphrase was changed, and every session of the account ended.")
    RECOVERY_CODES_MADE = "recovery codes made", lazy_gettext("New recovery codes were made.")
    REMOVED = "removed", lazy_gettext("Signatures were removed.")
    RESTORED = "restored", lazy_gettext("Removed signatures were put back.")
    SEALED_SHOWN = "sealed shown", lazy_gettext("A sealed name and address was shown.")
    SESSIONS_ENDED = "sessions ended", lazy_gettext("Sessions were ended.")
    MAIL_RESUMED = "mail resumed", lazy_gettext("The mail was resumed.")
    MAIL_STOPPED = "mail stopped", lazy_gettext("The mail was stopped.")
    NAMES_HIDDEN = "names hidden", lazy_gettext("All names were hidden.")
    NAMES_SHOWN = "names shown", lazy_gettext("The names were shown again.")
    SIGNING_CLOSED = "signing closed", lazy_gettext("Signing was closed.")
    SIGNING_RESUMED = "signing resumed", lazy_gettext("Signing was resumed.")
    WAVE_IN_ORDER = "wave in order", lazy_gettext("A wave was taken as in order.")
    WORDS_ACCEPTED = "words accepted", lazy_gettext("Names that waited were accepted.")
    WORDS_HELD = "words held", lazy_gettext("New names were to be held for review.")
    WORDS_NOT_HELD = "words not held", lazy_gettext("New names were to be shown at once.")
    WORDS_REFUSED = "words refused", lazy_gettext("Names that waited were refused.")
