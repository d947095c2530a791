"""What every page is filled with."""

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext

from campaign.database import now
from campaign.languages import LANGUAGES, clock, current, day, isolate, language_names, number
from campaign.petition.counting import Snapshot, next_goal
from campaign.petition.offices import MEANS_LABELS
from campaign.petition.sharing import share_links, share_text
from campaign.petition.snapshot import current_snapshot, is_unanswered, shown_supporters, shown_timelines
from campaign.petition.timelines import EVENT_LABELS
from campaign.state import state

COPIED_ON = "campaign.copied_on"  # the day, when a page is asked for by `campaign mirror`
PRIVATE_BLUEPRINT = "organizers"  # the pages that are nobody else's
NOINDEX = {
    "public.embed",
    "petition.confirm",
    "petition.deleted",
    "petition.link_sent",
    "petition.report",
    "petition.reported",
    "petition.sent",
    "petition.signatures",
    "petition.thanks",
    "petition.withdrawn",
}
# Their address is a secret, or tells what somebody did here: shared from the browser, they are the front page.
OWN_PAGES = {
    "petition.confirm",
    "petition.deleted",
    "petition.link_sent",
    "petition.sent",
    "petition.thanks",
    "petition.withdrawn",
}
ADDRESSED_PAGES = {"petition.sent", "petition.link_sent"}  # they stand without what their address carries
VERSION = "public.version"


def init_app(app: Flask) -> None:
    """Give every template the names of `page_context`."""
    app.context_processor(page_context)


def delivery_context() -> dict[str, Any]:
    """Return what templates need to tell who supports the letter, and what became of deliveries."""
    return {
        "supporters": shown_supporters(),
        "timelines": shown_timelines(),
        "event_labels": EVENT_LABELS,
        "means_labels": MEANS_LABELS,
        "language_names": language_names,
        "today": now().date(),
    }


def identity_context(code: str, latest: Snapshot) -> dict[str, Any]:
    """Return what templates say of this campaign in particular, in a language."""
    identity, shown = state().identity, state().snapshots.shown()
    risk = identity.in_language(identity.risk, code)
    if not shown.may_say(risk):
        risk = gettext("Signing reveals a political opinion. It can endanger you and people close to you.")
    wordings = [share_text(identity, code, is_testimony_withdrawn=gone) for gone in (latest.is_testimony_withdrawn, True)]
    shared = next(filter(shown.may_say, wordings), shown.words.title(code))
    return {"risk": risk, "share_text": shared, "share_links": share_links}


def page_context() -> dict[str, Any]:
    """Return the names that templates use; see also the functions of languages.py."""
    language, settings, latest = current(), state().settings, current_snapshot()
    shown = state().snapshots.shown()
    has_address = (
        request.url_rule is not None and "token" not in (request.view_args or {}) and request.blueprint != PRIVATE_BLUEPRINT
    )
    is_own_page = request.endpoint in OWN_PAGES
    front = url_for("public.home", lang=language.code) if is_own_page else ""
    about_it = delivery_context() | identity_context(language.code, latest)
    return about_it | {
        "lang": language.code,
        "dir": language.dir,
        "languages": list(LANGUAGES.values()),
        "texts": shown.texts[language.code],
        "all_texts": shown.texts,
        "own_words": shown.words,
        "campaign_name": shown.words.title(language.code),
        "signed": shown.signed,
        "versions": shown.versions,
        "updates": shown.updates,
        "policy": shown.policy,
        "withdrawn": latest.is_testimony_withdrawn,
        "published": latest,
        "next_goal": next_goal(latest.confirmed, shown.words.goal),
        "contact": shown.words.contact,
        "unanswered": is_unanswered(),
        "sample": latest.is_sample,
        "base_url": settings.origin,
        "origins": settings.origins,
        "onion": settings.onion,
        "static": state().static_files,
        "same_page_in": same_page_in,
        "canonical": settings.origin + (front or request.path) if has_address or front else None,
        "alternates": alternates() if has_address and not front else [],
        "shown_address": front and (request.path if request.endpoint in ADDRESSED_PAGES else front),
        "copied_on": request.environ.get(COPIED_ON),
        "noindex": request.endpoint in NOINDEX or not has_address,
        "number": number,
        "day": day,
        "clock": clock,
        "minute": lambda moment: gettext("%(day)s, %(time)s UTC", day=day(moment), time=clock(moment)),
        "isolate": isolate,
    }


def same_page_in(code: str) -> str:
    """Return the same page in another language; the front page if this one has no address there."""
    if request.endpoint is None or "lang" not in (request.url_rule.arguments if request.url_rule else ()):
        return url_for("public.home", lang=code)
    if not has_same_page(code):
        return url_for("public.versions", lang=code)
    arguments = dict(request.view_args or {})
    if arguments.get("other") == code:  # side by side with the language that is switched to
        arguments["other"] = current().code
    return url_for(request.endpoint, **arguments | {"lang": code})


def alternates() -> list[tuple[str, str]]:
    """Return this page in every language, for search engines; `/` chooses for everybody else."""
    base = state().settings.origin
    return [*((code, base + same_page_in(code)) for code in LANGUAGES if has_same_page(code)), ("x-default", f"{base}/")]


def has_same_page(code: str) -> bool:
    """Return whether this page exists in another language: each language has its own versions of the letter."""
    if request.endpoint != VERSION:
        return True
    versions, number = state().snapshots.shown().versions.values(), (request.view_args or {})["number"]
    return any((one.language.code, one.number) == (code, number) for one in versions)
