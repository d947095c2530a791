"""What CAMPAIGN_MAIL_URL may say."""

import re
from urllib.parse import parse_qs, urlsplit

MAIL_URL_SIGNS = (
    "must be smtp://user:password@host:587, with the port in digits; in the user and the password write"
    " # as %23, / as %2F, ? as %3F, [ as %5B, ] as %5D, @ as %40, : as %3A and % as %25"
)


def check_mail_url(value: str) -> None:
    """Raise ValueError, with a sentence that shows no part of a password, unless e-mails can be sent by this URL."""
    if value.startswith("file:"):
        return
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # its text would show the beginning of a password
        raise ValueError(MAIL_URL_SIGNS) from None
    if not is_whole:
        raise ValueError("must be file:, or start with smtp:// or smtps:// and the name of the mail server")
    if parts.fragment or parts.path.strip("/") or "@" in parts.query:
        raise ValueError(MAIL_URL_SIGNS)
    if parse_qs(parts.query).get("starttls", ["required"]) not in (["required"], ["off"]):
        raise ValueError("must say starttls=required or starttls=off")
    rate_of(value)


RATE = re.compile(r"([1-9]\d{0,6})/([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def rate_of(value: str) -> tuple[int, int] | None:
    """Return how many e-mails may leave in how many seconds; None without a limit. Raise ValueError where it cannot be read."""
    said = parse_qs(urlsplit(value).query, keep_blank_values=True).get("rate")
    if said is None:
        return None
    found = RATE.fullmatch(said[0])
    if not found or len(said) > 1:
        raise ValueError("must say rate=30/m, or so many a second (/s), an hour (/h) or a day (/d)")
    return int(found[1]), SECONDS[found[2]]
