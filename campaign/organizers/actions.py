"""The actions of organizers, and the labels of all that the audit and the requests show about one."""

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
    ACCOUNT_LOCKED = "account locked", lazy_gettext("An account was locked: its sessions ended, and nobody can log in with it.")
    ACCOUNT_UNLOCKED = "account unlocked", lazy_gettext("An account was unlocked.")
    ACCOUNT_REMOVED = "account removed", lazy_gettext("An account was removed.")
    ACCOUNT_RESET = "account reset", lazy_gettext("An account was reset: its sessions ended, and its owner must set it up again.")
    ACCOUNT_SET_UP = "account set up", lazy_gettext("An account was set up by its owner.")
    ADDRESS_LOOKED_FOR = "address looked for", lazy_gettext("Someone looked for an e-mail address.")
    AGREED = "agreed", lazy_gettext("A second organizer agreed to an action.")
    ASKED = "asked", lazy_gettext("An action was requested and is waiting for a second organizer.")
    AUTHOR_HIDDEN = "author hidden", lazy_gettext("The name of the author was hidden.")
    AUTHOR_SHOWN = "author shown", lazy_gettext("The name of the author was shown again.")
    AUTHENTICATOR_CHANGED = "authenticator changed", lazy_gettext("Someone moved the second factor to another authenticator.")
    BACKUP_RESTORED = "backup restored", lazy_gettext("A backup was restored.")
    BULK_REMOVAL = "bulk removal", lazy_gettext("A removal of several signatures.")
    DAILY_EMAIL_OFF = "daily e-mail off", lazy_gettext("The daily e-mail was turned off.")
    DAILY_EMAIL_ON = "daily e-mail on", lazy_gettext("The daily e-mail was turned on.")
    DESK_ACCEPTED = "desk accepted", lazy_gettext("The desk was accepted as it was, with all accounts.")
    DELIVERY_EVENT = "delivery event", lazy_gettext("An entry about a delivery was published.")
    DELIVERY_WRITTEN = "delivery written", lazy_gettext("A package for an office was created.")
    DECLINED = "declined", lazy_gettext("A waiting request was declined.")
    ERASED = "erased", lazy_gettext("Everything stored about one e-mail address was erased.")
    EXPORT_ASKED_FOR = "export asked for", lazy_gettext("An export was requested.")
    EXPORT_PREPARED = "export prepared", lazy_gettext("An export was prepared.")
    EXPORT_TAKEN = "export taken", lazy_gettext("An export was downloaded.")
    EXPORT_WITH_ADDRESSES = "export with addresses", lazy_gettext("An export with names and addresses.")
    FOUR_EYES_OFF = "four eyes off", lazy_gettext("The only organizer turned off the rule that a second organizer must agree.")
    FOUR_EYES_ON = "four eyes on", lazy_gettext("The rule that a second organizer must agree was turned on.")
    HELD_AGAIN = "held again", lazy_gettext("Signatures were held for review again.")
    HELD_COUNTED = "held counted", lazy_gettext("Signatures that were held for review were counted.")
    INQUIRY_CHANGED = "inquiry changed", lazy_gettext("The deadline or the note of a question was changed.")
    INQUIRY_CLOSED = "inquiry closed", lazy_gettext("A question was closed.")
    INQUIRY_NOTED = "inquiry noted", lazy_gettext("A question to the campaign was recorded.")
    KEY_CHANGE = "key change", lazy_gettext("A new key to seal signatures to.")
    KEY_CHANGED = "key changed", lazy_gettext("The key that signatures are sealed to was changed.")
    LOGGED_IN = "logged in", lazy_gettext("Someone logged in.")
    LOGGED_OUT = "logged out", lazy_gettext("Someone logged out.")
    NAME_HIDDEN = "name hidden", lazy_gettext("A shown name was hidden until it is reviewed.")
    NAMING_AUTHOR = "naming author", lazy_gettext("Showing the name of the author again.")
    NAMES_FOR_OFFICE = "names for office", lazy_gettext("The names that are shown, for one office.")
    PASSPHRASE_CHANGED = "passphrase changed", lazy_gettext("A passphrase was changed, and every session of the account ended.")
    PLAN_CHANGED = "plan changed", lazy_gettext("The days of the plan were changed.")
    RECOVERY_CODES_MADE = "recovery codes made", lazy_gettext("New recovery codes were made.")
    REMOVED = "removed", lazy_gettext("Signatures were removed.")
    RESTORED = "restored", lazy_gettext("Removed signatures were put back.")
    REFUSAL_UNDONE = "refusal undone", lazy_gettext("A refused name was sent back to review.")
    SEALED_SHOWN = "sealed shown", lazy_gettext("A sealed name and address was shown.")
    SESSIONS_ENDED = "sessions ended", lazy_gettext("Sessions were ended.")
    SOONER_DELETION = "sooner deletion", lazy_gettext("A plan that sets a day of deletion, or an earlier one.")
    TESTIMONY_WITHDRAWN = "testimony withdrawn", lazy_gettext("The testimony was withdrawn for good.")
    UNLOCKING = "unlocking", lazy_gettext("Unlocking an account.")
    MORE_ALLOWED = "more allowed", lazy_gettext("Someone was allowed to do more of this alone that day.")
    MORE_ALONE = "more alone", lazy_gettext("More than one person may do alone, for today.")
    EMAILS_SENT_AGAIN = "emails sent again", lazy_gettext("Refused e-mails were queued again.")
    MAIL_RESUMED = "mail resumed", lazy_gettext("Sending e-mail was resumed.")
    MAIL_STOPPED = "mail stopped", lazy_gettext("Sending e-mail was stopped.")
    NEWS_KEY_CHANGED = "news key changed", lazy_gettext("The key for news was set, and the form offers news.")
    NEWS_AGREED = "news agreed", lazy_gettext("An update may be sent as news by e-mail.")
    NEWS_LISTED = "news listed", lazy_gettext("The sealed list to send an update to was written.")
    NEWS_MAILING = "news mailing", lazy_gettext("An update that goes out as news by e-mail.")
    NEWS_STOPPED = "news stopped", lazy_gettext("The form stopped offering news.")
    NAMES_HIDDEN = "names hidden", lazy_gettext("All names were hidden.")
    NAMES_SHOWN = "names shown", lazy_gettext("The names were shown again.")
    SHOWING_SUPPORTER = "showing supporter", lazy_gettext("Showing an organisation or person that supports the campaign.")
    SIGNED_WORDS = "signed words", lazy_gettext("A new wording of the letter that people sign, or of what they agree to.")
    SIGNING_CLOSED = "signing closed", lazy_gettext("Signing was closed.")
    SIGNING_RESUMED = "signing resumed", lazy_gettext("Signing was resumed.")
    SUPPORTER_CHANGED = "supporter changed", lazy_gettext("The entry of a supporter was changed.")
    SUPPORTER_DELETED = "supporter deleted", lazy_gettext("The entry of a supporter was deleted.")
    SUPPORTER_ENTERED = "supporter entered", lazy_gettext("A supporter was entered.")
    SUPPORTER_HIDDEN = "supporter hidden", lazy_gettext("A supporter was taken down.")
    SUPPORTER_SHOWN = "supporter shown", lazy_gettext("A supporter is shown to everyone.")
    SUPPORTERS_TAKEN = "supporters taken", lazy_gettext("The entries of all supporters were downloaded as a table.")
    WAVE_IN_ORDER = "wave in order", lazy_gettext("A wave was marked as in order.")
    WORDS_ACCEPTED = "words accepted", lazy_gettext("Waiting names were accepted.")
    WORDS_HELD = "words held", lazy_gettext("Holding new names for review was turned on.")
    WORDS_NOT_HELD = "words not held", lazy_gettext("Holding new names for review was turned off.")
    WORDS_IMPORTED = "words imported", lazy_gettext("Words of the campaign were imported from files, as drafts.")
    WORDS_PUBLISHED = "words published", lazy_gettext("Words of the campaign were published.")
    WORDS_REFUSED = "words refused", lazy_gettext("Waiting names were refused.")


LABELS: dict[str, Any] = {action.value: action.label for action in Action}
DETAIL_LABELS: dict[str, Any] = {
    "account": lazy_gettext("Account"),
    "after": lazy_gettext("After this day"),
    "arranged": lazy_gettext("Arranged by the campaign"),
    "closes_on": lazy_gettext("Last day of collecting"),
    "country": lazy_gettext("Country"),
    "day": lazy_gettext("Day"),
    "delete_on": lazy_gettext("Day of deletion"),
    "due_on": lazy_gettext("To be answered by"),
    "digest": lazy_gettext("Fingerprint of the words"),
    "fingerprint": lazy_gettext("Fingerprint"),
    "format": lazy_gettext("Format"),
    "handed_to": lazy_gettext("Office"),
    "happened": lazy_gettext("What happened"),
    "hand_over_on": lazy_gettext("Day of the handover"),
    "inquiry": lazy_gettext("Question"),
    "kind": lazy_gettext("What is asked"),
    "language": lazy_gettext("Signed in"),
    "number": lazy_gettext("Number"),
    "opens_on": lazy_gettext("First day of collecting"),
    "outcome": lazy_gettext("What was done"),
    "public": lazy_gettext("Public key"),
    "person": lazy_gettext("Contact person"),
    "piece": lazy_gettext("Words"),
    "postal": lazy_gettext("Postal address"),
    "reader": lazy_gettext("Language of the file"),
    "reason": lazy_gettext("Reason"),
    "removal": lazy_gettext("Removal"),
    "request": lazy_gettext("Request"),
    "role": lazy_gettext("Role"),
    "rows": lazy_gettext("Signatures"),
    "separator": lazy_gettext("Field separator"),
    "sha256": lazy_gettext("SHA-256 of the file"),
    "shown": lazy_gettext("Only names that are shown"),
    "signature": lazy_gettext("Signature"),
    "since": lazy_gettext("From this day on"),
    "supporter": lazy_gettext("Supporter"),
    "update": lazy_gettext("Update"),
    "until": lazy_gettext("Until this day"),
    "wave": lazy_gettext("Wave"),
    "what": lazy_gettext("Act"),
    "why": lazy_gettext("What the file is for"),
    "wrong_today": lazy_gettext("Wrong attempts today"),
}

REASON_LABELS: dict[str, Any] = {  # of removals, see organizers/removals.py
    "duplicate": lazy_gettext("Duplicate: the same person has signed before"),
    "not_real": lazy_gettext("Not genuine: nobody signed this in earnest"),
    "abuse": lazy_gettext("Abuse: the petition is misused, for example for insults or advertising"),
    "asked": lazy_gettext("Requested: the signer asked for it"),
}
ROLE_LABELS: dict[str, Any] = {
    "organizer": lazy_gettext("Organizer"),
    "moderator": lazy_gettext("Moderator, who sees no personal data"),
}
PIECE_LABELS: dict[str, Any] = {  # of the campaign's own words, by the kinds of petition/published.py
    "letter": lazy_gettext("The letter"),
    "other letter": lazy_gettext("The letter in case the testimony is withdrawn"),
    "title": lazy_gettext("Name of the campaign"),
    "addressee": lazy_gettext("Who the letter is addressed to"),
    "deliveries": lazy_gettext("What has been delivered"),
    "update": lazy_gettext("Updates"),
    "contact": lazy_gettext("Who is responsible for the campaign"),
    "goal": lazy_gettext("The goal"),
    "about": lazy_gettext("The page about the site"),
    "privacy": lazy_gettext("The page about privacy"),
}
INQUIRY_KIND_LABELS: dict[str, Any] = {  # the kinds of petition/inquiries.py
    "not_signed": lazy_gettext("“I did not sign”"),
    "access": lazy_gettext("“What do you hold of me?”"),
    "deletion": lazy_gettext("“Delete me”"),
    "other": lazy_gettext("Something else"),
}
INQUIRY_OUTCOME_LABELS: dict[str, Any] = {  # its outcomes
    "told": lazy_gettext("Told what we hold"),
    "deleted": lazy_gettext("Deleted, and told so"),
    "nothing": lazy_gettext("Nothing was found, and told so"),
    "declined": lazy_gettext("Declined, and told why"),
    "lapsed": lazy_gettext("The person who asked did not pursue it"),
}
SUPPORTER_KIND_LABELS: dict[str, Any] = {  # the kinds of petition/supporters.py
    "organisation": lazy_gettext("Organisation"),
    "person": lazy_gettext("Known person"),
}
SEPARATOR_LABELS: dict[str, Any] = {  # of exports/format.py
    "comma": lazy_gettext("Comma"),
    "semicolon": lazy_gettext("Semicolon"),
    "tab": lazy_gettext("Tab"),
}


def action_label(action: str) -> str:
    """Return an action as a sentence; one of a later version as it is stored."""
    return str(LABELS.get(action, action))


def role_label(role: str) -> str:
    """Return the label of a role."""
    return str(ROLE_LABELS[role])
