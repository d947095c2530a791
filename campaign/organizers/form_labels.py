"""What the pages and buttons of the desk are called, for a form that is to be confirmed away from its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext

from campaign.organizers.actions import PIECE_LABELS
from campaign.state import state

Fields = Iterable[tuple[str, str]]
Buttons = Mapping[tuple[str, str | None], Any]  # by the name and value of a field; any value with None, of no field with NO_FIELD
NO_FIELD = ("", None)
ACCOUNT_PAGE, EXPORTS_PAGE, REVIEW_PAGE = lazy_gettext("Your account"), lazy_gettext("Exports"), lazy_gettext("Review")
INQUIRIES_PAGE = lazy_gettext("What people ask")

FORMS: dict[str, tuple[Any, Buttons]] = {  # by the endpoint: the name of the page, and its buttons
    "account": (
        ACCOUNT_PAGE,
        {("login", None): lazy_gettext("End this session"), NO_FIELD: lazy_gettext("End all other sessions")},
    ),
    "turn_daily": (
        ACCOUNT_PAGE,
        {("daily", "on"): lazy_gettext("Send me a daily e-mail"), ("daily", "off"): lazy_gettext("Send me no daily e-mail")},
    ),
    "add_to_delivery": (
        lazy_gettext("Deliveries"),
        {("seen", None): lazy_gettext("Publish this for everybody"), NO_FIELD: lazy_gettext("See what readers would see")},
    ),
    "ask_for_package": (lazy_gettext("The package for this office"), {NO_FIELD: lazy_gettext("Request the package")}),
    "authenticator": (lazy_gettext("Another phone"), {NO_FIELD: lazy_gettext("Use the new phone")}),
    "recovery_codes": (lazy_gettext("New recovery codes"), {NO_FIELD: lazy_gettext("Make new recovery codes")}),
    "turn_four_eyes": (
        lazy_gettext("Accounts"),
        {
            ("four_eyes", "off"): lazy_gettext("I am the only organizer: turn the rule off"),
            ("four_eyes", "on"): lazy_gettext("Turn the rule on"),
        },
    ),
    "address": (
        lazy_gettext("Find by e-mail address"),
        {("deed", "erase"): lazy_gettext("Erase all of this for good"), NO_FIELD: lazy_gettext("Find")},
    ),
    "emails": (lazy_gettext("E-mails"), {NO_FIELD: lazy_gettext("Send them again")}),
    "exports": (EXPORTS_PAGE, {NO_FIELD: lazy_gettext("Request the file")}),
    "download": (EXPORTS_PAGE, {NO_FIELD: lazy_gettext("Download the file")}),
    "inquiries": (INQUIRIES_PAGE, {NO_FIELD: lazy_gettext("Record it")}),
    "inquiry": (INQUIRIES_PAGE, {("deed", "save"): lazy_gettext("Save"), ("deed", "close"): lazy_gettext("Close it")}),
    "key": (lazy_gettext("The key of the signatures"), {NO_FIELD: lazy_gettext("Request this key")}),
    "news": (lazy_gettext("News by e-mail"), {NO_FIELD: lazy_gettext("Request sending")}),
    "office": (lazy_gettext("What is known of this office"), {NO_FIELD: lazy_gettext("Save the draft")}),
    "plan": (lazy_gettext("The plan"), {NO_FIELD: lazy_gettext("Publish this plan")}),
    "request_more": (lazy_gettext("Second agreement"), {NO_FIELD: lazy_gettext("Ask a second organizer for more today")}),
    "review": (
        REVIEW_PAGE,
        {
            ("deed", "accept"): lazy_gettext("Show the selected names"),
            ("deed", "refuse"): lazy_gettext("Do not show the selected names …"),
            ("deed", "remove"): lazy_gettext("Remove the selected ones …"),
        },
    ),
    "wave": (
        REVIEW_PAGE,
        {
            ("deed", "accept"): lazy_gettext("This wave is in order"),
            ("deed", "count"): lazy_gettext("Count the whole group"),
            ("deed", "hold"): lazy_gettext("Hold the whole group again"),
            ("deed", "remove"): lazy_gettext("Remove all of them …"),
        },
    ),
    "signatures": (
        lazy_gettext("Signatures"),
        {
            ("which", "all"): lazy_gettext("Remove all that was found …"),
            NO_FIELD: lazy_gettext("Remove the selected ones …"),
        },
    ),
    "signature": (
        lazy_gettext("One signature"),
        {
            ("deed", "undo"): lazy_gettext("Send the name back to review"),
            NO_FIELD: lazy_gettext("Hide the name now"),
        },
    ),
    "sealed": (lazy_gettext("Name and e-mail"), {NO_FIELD: lazy_gettext("Show them")}),
    "new_supporter": (lazy_gettext("Supporters"), {NO_FIELD: lazy_gettext("Save")}),
    "supporters_file": (lazy_gettext("Supporters"), {NO_FIELD: lazy_gettext("All of it as a table (CSV)")}),
    "supporter": (
        lazy_gettext("Supporters"),
        {
            ("deed", "show"): lazy_gettext("Request showing it"),
            ("deed", "hide"): lazy_gettext("Take it down now"),
            ("deed", "delete"): lazy_gettext("Delete the entry"),
            NO_FIELD: lazy_gettext("Save"),
        },
    ),
    "drop_words": (
        lazy_gettext("The campaign’s words"),
        {
            ("deed", "drop"): lazy_gettext("Discard the draft"),
            ("deed", "again"): lazy_gettext("Make these words the draft"),
            ("deed", "up"): lazy_gettext("Move up"),
            ("deed", "down"): lazy_gettext("Move down"),
        },
    ),
    "edit_words": (lazy_gettext("The campaign’s words"), {NO_FIELD: lazy_gettext("Save the draft")}),
    "switch": (lazy_gettext("In an emergency"), {}),
}
SWITCH_BUTTONS: dict[tuple[str, str], Any] = {  # by the name of the switch and what it is turned to
    ("signing", "on"): lazy_gettext("Close signing"),
    ("signing", "off"): lazy_gettext("Resume signing"),
    ("mail", "on"): lazy_gettext("Stop sending e-mail"),
    ("mail", "off"): lazy_gettext("Resume sending e-mail"),
    ("names", "on"): lazy_gettext("Hide all names now"),
    ("names", "off"): lazy_gettext("Show the names again"),
    ("words", "on"): lazy_gettext("Hold new names for review"),
    ("words", "off"): lazy_gettext("Show new names at once"),
}
KEY_AT_ONCE = lazy_gettext("Seal to this key from now on")


def labels_of(path: str, fields: Fields, *, needs_second: bool) -> tuple[str, str]:
    """Return what the page of a form that was sent to `path` is called, and the button that was pressed.

    `needs_second` says whether the rule of a second agreement is on.
    """
    endpoint, values = current_app.url_map.bind(state().settings.host).match(path.partition("?")[0], "POST")
    page, buttons = FORMS[endpoint.removeprefix("organizers.")]
    sent = dict(fields)
    if "piece" in values:
        page = PIECE_LABELS.get(str(values["piece"]).replace("-", " "), page)
    if endpoint == "organizers.key" and not needs_second:
        return str(page), str(KEY_AT_ONCE)
    if "turn" in sent:
        return str(page), str(SWITCH_BUTTONS.get((str(values.get("name")), sent["turn"]), page))
    found = (label for (name, value), label in buttons.items() if name in sent and value in (None, sent[name]))
    return str(page), str(next(found, buttons.get(NO_FIELD, page)))
