"""What every page is filled with, and the headers that every answer carries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import gettext

from campaign.languages import LANGUAGES, clock, current, day, isolate, number
from campaign.petition.counting import Snapshot, next_goal
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.state import state

SECURITY_HEADERS = {
    # No script of ours fetches anything; connect-src lets programs that look pages over read robots.txt from within a page.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
COPIED_ON = "campaign.copied_on"  # the day, when a page is asked for by `campaign mirror`
PRIVATE_BLUEPRINT = "organizers"  # the pages that are nobody else's
FRAMEABLE = "public.embed"  # for browsers that know no frame-ancestors
HSTS_MAX_AGE = 31536000  # seconds
NOINDEX = {
    "public.embed",
    "petition.confirm",
    "petition.sent",
    "petition.signatures",
    "petition.withdrawn",
}


def init_app(app: Flask) -> None:
    """Fills the templates and sets the headers."""
    app.context_processor(page_context)
    app.after_request(add_headers)
    app.after_request(make_redirect_relative)


def make_redirect_relative(response: Response) -> Response:
    """Sends readers on within the site by the path alone: by which scheme they came, only the proxy knows."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
    return response


def add_headers(response: Response) -> Response:
    """The security headers, where the view has not said otherwise; what is not called public is not stored."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if state().settings.is_https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_MAX_AGE}")
    if request.endpoint != FRAMEABLE:
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def page_context() -> dict[str, Any]:
    """The names that templates use; see also the functions of languages.py."""
    language, settings, latest = current(), state().settings, current_snapshot()
    has_address = (
        request.url_rule is not None and "token" not in (request.view_args or {}) and request.blueprint != PRIVATE_BLUEPRINT
    )
    return {
        "lang": language.code,
        "dir": language.dir,
        "languages": list(LANGUAGES.values()),
        "texts": shown_texts()[language.code],
        "all_texts": shown_texts(),
        "policy": state().policy,
        "withdrawn": latest.is_testimony_withdrawn,
        "published": displayed_count(latest, settings.goal),
        "contact": settings.contact,
        "sample": latest.is_sample,
        "base_url": settings.base_url,
        "static": state().static_files,
        "same_page_in": same_page_in,
        "canonical": settings.base_url + request.path if has_address else None,
        "alternates": alternates() if has_address else [],
        "copied_on": request.environ.get(COPIED_ON),
        "noindex": request.endpoint in NOINDEX or not has_address,
        "number": number,
        "day": day,
        "clock": clock,
        "minute": lambda moment: gettext("%(day)s, %(time)s UTC", day=day(moment), time=clock(moment)),
        "isolate": isolate,
    }


@dataclass(frozen=True)
class DisplayedCount:
    """The count as pages show it: with its next goal and how far it is, in percent."""

    count: int
    as_of: datetime
    goal: int
    progress: int
    closed: bool
    removed: int
    removed_by_reason: dict[str, int]


def displayed_count(latest: Snapshot, own_goal: int | None) -> DisplayedCount:
    """What was published, ready to be shown."""
    goal = next_goal(latest.confirmed, own_goal)
    return DisplayedCount(
        latest.confirmed,
        latest.as_of,
        goal,
        100 * latest.confirmed // goal,
        latest.is_closed,
        latest.removed,
        dict(latest.removed_by_reason),
    )


def same_page_in(code: str) -> str:
    """The same page in another language; the front page where this one has no address of its own."""
    if request.endpoint is None or "lang" not in (request.url_rule.arguments if request.url_rule else ()):
        return url_for("public.home", lang=code)
    arguments = dict(request.view_args or {})
    if arguments.get("other") == code:  # side by side with the language that is switched to
        arguments["other"] = current().code
    return url_for(request.endpoint, **arguments | {"lang": code})


def alternates() -> list[tuple[str, str]]:
    """This page in every language, for search engines; `/` chooses for everybody else."""
    base = state().settings.base_url
    return [*((code, base + same_page_in(code)) for code in LANGUAGES), ("x-default", f"{base}/")]
