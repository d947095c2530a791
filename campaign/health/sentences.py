"""Sentences on what is wrong with a condition and what to do, one or two for each reason, in the reader's language.

No sentence names a person, an address, a file or a password, because monitors and the log keep them.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

from campaign.languages import isolate, number
from campaign.outbox import outage

SENTENCES: dict[tuple[str, str], Any] = {
    ("database", "away"): lazy_gettext(
        "The database does not answer. Check that it is running, and check CAMPAIGN_DATABASE_URL."
    ),
    ("database", "not_written"): lazy_gettext(
        "The database cannot be written to, so nobody can sign. Check that its disk has free space and is not read-only."
    ),
    ("worker", "gone"): lazy_gettext(
        "No mail worker is running, so no e-mails are sent and the count is not updated. Start `campaign "
        "serve` or `campaign work`, and read its log."
    ),
    ("schema", "older"): lazy_gettext("The tables of the database are older than the program. Run `campaign migrate`."),
    ("schema", "newer"): lazy_gettext(
        "The tables of the database are newer than the program. Install the newer version of the program on this machine."
    ),
    ("integrity", "damaged"): lazy_gettext(
        "The database is damaged. Stop the site, keep a copy of the data folder, and restore the newest backup "
        "with `campaign restore`."
    ),
    ("keys", "wrong"): lazy_gettext(
        "A key file is missing, broken, readable by others, or does not belong to this database. `campaign check` says which."
    ),
    ("modes", "open"): lazy_gettext(
        "Other users of the machine can read the data folder, its keys or the settings. `campaign check` says what to run."
    ),
    ("clock", "jumped"): lazy_gettext(
        "The clock of the server jumped by more than a day. Nothing is deleted permanently until someone has "
        "checked the clock and run `campaign confirm-clock`."
    ),
    ("relay", "refusing"): lazy_gettext(
        "The mail server accepts none of our e-mails (answer %(answer)s). All e-mails are waiting. %(advice)s"
    ),
    ("mail_server", "silent"): lazy_gettext("The mail server does not answer as it should. %(advice)s"),
    ("outbox", "overdue"): lazy_gettext(
        "E-mails are overdue: no mail worker has sent them for a quarter of an hour. Start `campaign serve` or `campaign work`,"
        " and read its log."
    ),
    ("outbox", "late"): lazy_gettext(
        "More e-mails have been waiting for over an hour than were sent in the last hour. Ask the operator of "
        "the mail server why it delays them; `campaign mail test` shows what it answers."
    ),
    ("limits", "away"): lazy_gettext(
        "Redis, which holds the shared limits, does not answer, so each machine counts on its own. Check that "
        "it is running, and check CAMPAIGN_SHARED_URL."
    ),
    ("backup", "old"): lazy_gettext(
        "The newest backup is more than two days old. Run `campaign backup`, and find out why the nightly one was not made."
    ),
    ("backup", "none"): lazy_gettext("There is no backup yet. Run `campaign backup`, and set a timer to run it every night."),
    ("exports", "stuck"): lazy_gettext(
        "An export has waited for more than an hour. Read the log of `campaign work`; the organizer can ask for it again."
    ),
    ("providers", "low"): lazy_gettext(
        "At some mail providers far fewer signatures are confirmed than elsewhere: %(providers)s. Send a test "
        "there with `campaign mail test`, and look at the SPF, DKIM and DMARC records of the sender’s domain."
    ),
    ("disk", "full"): lazy_gettext(
        "The disk of the data folder is nearly full: %(free)s MB are free. Free up space before people can no longer sign."
    ),
}
FOR_A_NEWER_VERSION = lazy_gettext(
    "Something is wrong that only a newer version of the program can name. Run `campaign check` of that version."
)
NOBODY_LOOKED = lazy_gettext("The checks have not run lately, or they failed.")


def sentence_of(name: str, reason: str, details: Mapping[str, Any]) -> str:
    """Return what is wrong with a condition for a reason, and what to do.

    The stored reason can come from another version: during an update of several machines, two versions run.
    """
    try:
        return _filled(name, reason, details)
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return str(FOR_A_NEWER_VERSION)


def _filled(name: str, reason: str, details: Mapping[str, Any]) -> str:
    if (name, reason) == ("clock", "waits"):
        return clock_waits(details["hours"])
    values = dict(details)
    if "category" in values:
        values["advice"] = outage.advice(values["category"])
    if "answer" in values:
        values["answer"] = isolate(values["answer"] or gettext("none"))
    if "providers" in values:
        values["providers"] = ", ".join(_provider(one) for one in values["providers"])
    if "free" in values:
        values["free"] = number(values["free"])
    return str(SENTENCES[name, reason]) % values


def clock_waits(hours: int) -> str:
    """Return for how many hours nothing is deleted yet, and why."""
    return str(
        ngettext(
            "The server was down for more than a day, or its clock jumped. Nothing is deleted permanently "
            "until it has run for %(count)s more hour. Ask the person who runs it whether the clock is right.",
            "The server was down for more than a day, or its clock jumped. Nothing is deleted permanently "
            "until it has run for %(count)s more hours. Ask the person who runs it whether the clock is right.",
            hours,
            count=number(hours),
        )
    )


def _provider(name: str) -> str:
    return str(gettext("All others")) if name == "other" else isolate(name)
