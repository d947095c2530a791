"""What every page is filled with, and the headers that every response carries.

The headers are security headers, HSTS, and `no-store` by default; redirects have no host.
"""

from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import gettext

from campaign.languages import LANGUAGES, clock, current, day, isolate, number
from campaign.petition.counting import next_goal
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.state import state

COPIED_ON = "campaign.copied_on"  # the day, when a page is asked for by `campaign mirror`
PRIVATE_BLUEPRINT = "organizers"  # the pages that are nobody else's
NOINDEX = {
    "public.embed",
    "petition.confirm",
    "petition.deleted",
    "petition.report",
    "petition.reported",
    "petition.sent",
    "petition.signatures",
    "petition.withdrawn",
}
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
FRAMEABLE = "public.embed"  # for browsers that know no frame-ancestors
HSTS_MAX_AGE = 31536000  # seconds


def init_app(app: Flask) -> None:
    """Give every template the names of `page_context`, and every response its headers."""
    app.context_processor(page_context)
    app.after_request(add_headers)
    app.after_request(make_redirect_relative)


def page_context() -> dict[str, Any]:
    """Return the names that templates use; see also the functions of languages.py."""
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
        "published": latest,
        "next_goal": next_goal(latest.confirmed, settings.goal),
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


def same_page_in(code: str) -> str:
    """Return the same page in another language; the front page where this one has no address of its own."""
    if request.endpoint is None or "lang" not in (request.url_rule.arguments if request.url_rule else ()):
        return url_for("public.home", lang=code)
    arguments = dict(request.view_args or {})
    if arguments.get("other") == code:  # side by side with the language that is switched to
        arguments["other"] = current().code
    return url_for(request.endpoint, **arguments | {"lang": code})


def alternates() -> list[tuple[str, str]]:
    """Return this page in every language, for search engines; `/` chooses for everybody else."""
    base = state().settings.base_url
    return [*((code, base + same_page_in(code)) for code in LANGUAGES), ("x-default", f"{base}/")]


def make_redirect_relative(response: Response) -> Response:
    """Return a redirect within the site with its path alone: only the proxy knows the scheme."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
    return response


def add_headers(response: Response) -> Response:
    """Add the headers that the view has not set; a response that the view does not call public is not stored."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if state().settings.is_https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_MAX_AGE}")
    if request.endpoint != FRAMEABLE:
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
