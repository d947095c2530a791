"""What CAMPAIGN_MAIL_URL may say."""

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
