"""The names that every template uses."""

from typing import Any

from flask import Flask, request, url_for
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
    "petition.sent",
    "petition.signatures",
    "petition.withdrawn",
}


def init_app(app: Flask) -> None:
    """Give every template the names of `page_context`."""
    app.context_processor(page_context)


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
