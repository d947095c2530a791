"""What was filled in and sent when the session was over, or passphrase and code were asked for first: kept, to be confirmed.

It travels through the login as a hidden field, signed with the account that it belongs to, and is stored nowhere. Only what
came from a page of that account is kept: somebody else's site must not put an act before an organizer.
"""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from campaign.organizers.auth.factors import PASSPHRASE_PATHS
from campaign.organizers.auth.sessions import ABSOLUTE_TIMEOUT
from campaign.organizers.models import Account

CSRF_FIELD = "csrf_token"
KEPT_FIELD, UNSENT_FIELD = "kept", "unsent"
NEVER_KEPT = {  # endpoints whose page has to be seen again before anything of it is sent
    f"organizers.{name}"
    for name in (
        *("requests", "answer_request", "lock_account", "publish_words", "removal", "leave", "withdraw_testimony", "hide_author"),
    )
}
CSRF_SALT, KEPT_SALT = "wtf-csrf-token", "kept form"  # the first is Flask-WTF's


@dataclass(frozen=True)
class KeptForm:
    """A form that was sent, and not taken yet."""

    path: str
    fields: list[tuple[str, str]]


def new_csrf_value(account: Account) -> str:
    """Return what the tokens of a session are made from; the account's number in it tells whose page one is from."""
    return f"{account.id}:{secrets.token_hex(20)}"


def keep_form() -> str:
    """Return the form of this request, to be carried on; empty where it is not from a page of an account, or has a passphrase.

    A form with a passphrase carries on the one that it was asked for in the way of.
    """
    owner = _owner(request.form.get(CSRF_FIELD, ""))
    if PASSPHRASE_PATHS.fullmatch(request.path):
        return request.form.get(KEPT_FIELD, "")
    if request.method != "POST" or not owner or request.endpoint in NEVER_KEPT:
        return ""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    return str(_serializer(KEPT_SALT).dumps([owner, request.full_path.rstrip("?"), fields]))


def is_unsent() -> bool:
    """Return whether this request, or the one that it carries on, was a press of a button whose page has to be seen again."""
    has_page = request.endpoint in NEVER_KEPT and request.endpoint != "organizers.leave"
    return request.method == "POST" and (has_page or UNSENT_FIELD in request.form)


def read_kept(account: Account) -> KeptForm | None:
    """Return the form that this request carries, if it belongs to an account."""
    return read_blob(account, request.form.get(KEPT_FIELD, ""))


def read_blob(account: Account, blob: str) -> KeptForm | None:
    """Return a form that was kept, if it belongs to an account."""
    try:
        owner, path, fields = _loads(KEPT_SALT, blob)
    except BadData:
        return None
    return KeptForm(path, [(name, value) for name, value in fields]) if owner == str(account.id) else None


def _owner(token: str) -> str:
    """Return the number of the account whose page a token is from; empty for another one."""
    try:
        return str(_loads(CSRF_SALT, token)).rpartition(":")[0]
    except BadData:
        return ""


def _loads(salt: str, text: str) -> Any:
    return _serializer(salt).loads(text, max_age=int(ABSOLUTE_TIMEOUT.total_seconds()))


def _serializer(salt: str) -> URLSafeTimedSerializer:
    assert current_app.secret_key
    return URLSafeTimedSerializer(current_app.secret_key, salt=salt)
