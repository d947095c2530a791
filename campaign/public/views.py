"""The pages people read, and the few that machines read."""

import re

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext

from campaign.database import now
from campaign.languages import LANGUAGES, current, negotiate, speaking
from campaign.petition.counting import Snapshot
from campaign.petition.forms import SignForm
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.public.readiness import readiness
from campaign.state import state
from campaign.web.context import SECURITY_HEADERS

bp = Blueprint("public", __name__)

CACHED = {"Cache-Control": "public, max-age=60"}
CACHED_FORM = CACHED | {"Referrer-Policy": "same-origin"}
CACHED_TEXT = CACHED | {"Content-Type": "text/plain; charset=utf-8"}
SITEMAP = ("home", "testimony", "petition", "about", "privacy", "accessibility", "mirrors")  # in the sitemap, besides the form
TESTIMONY_ENDPOINTS = {
    "public.testimony",
    "public.testimony_text",
    "public.beside",
    "prints.testimony",
    "prints.beside",
    "prints.card",
}
COLLECTING_ENDPOINTS = {"prints.sheet"}  # gone while collecting is closed too
Page = tuple[str, int, dict[str, str]]


@bp.before_app_request
def abort_if_gone() -> None:
    """Answer 410 (RFC 9110 15.5.11) at every address that is gone with the testimony."""
    if request.endpoint in gone_endpoints(current_snapshot()):
        abort(410)


def gone_endpoints(latest: Snapshot) -> set[str]:
    """Return the endpoints that are gone since the testimony was withdrawn."""
    if not latest.is_testimony_withdrawn:
        return set()
    return TESTIMONY_ENDPOINTS | (COLLECTING_ENDPOINTS if latest.is_closed else set())


@bp.get("/")
def chooser() -> Response:
    """Send the reader to the best language, or show them all when the browser names none of ours."""
    language = negotiate(request.headers.get("Accept-Language"))
    if language:
        answer = make_response(redirect(url_for(".home", lang=language.code), 302))
    else:
        answer = make_response(render_template("public/chooser.html", site_names=site_names()))
    answer.headers.update({"Vary": "Accept-Language", "Cache-Control": "no-store"})
    return answer


def site_names() -> dict[str, str]:
    """Return the site's name in each language."""
    names = {}
    for code in LANGUAGES:
        with speaking(code):
            names[code] = gettext("A call from Idlib")
    return names


@bp.get("/<lang:lang>/")
def home() -> Page:
    """Show the call, the heart of the testimony, the count, the short form."""
    form = SignForm(state().texts[current().code].consent_hash, is_short=True)
    return render_template("public/home.html", form=form), 200, CACHED_FORM


@bp.get("/<lang:lang>/testimony")
def testimony() -> Page:
    """Show the whole testimony."""
    return render_template("public/testimony.html"), 200, CACHED


@bp.get("/<lang:lang>/testimony.txt")
def testimony_text() -> Page:
    """Show the testimony as plain text, to save and to pass on."""
    text = render_template("public/testimony.txt")
    if current().is_rtl:  # browsers lay plain text out from left to right unless each line says otherwise (UAX #9)
        text = re.sub(r"(?m)^.+$", "\u2067\\g<0>\u2069", text)
    return text, 200, CACHED_TEXT


@bp.get("/<lang:lang>/testimony/beside/<lang:other>")
def beside(other: str) -> Page:
    """Show the testimony in two languages, paragraph by paragraph."""
    if other == current().code:
        abort(404)
    here, there = shown_texts()[current().code], shown_texts()[other]
    pairs = list(zip(here.testimony.paragraphs, there.testimony.paragraphs, strict=True))
    answer = render_template("public/beside.html", other=LANGUAGES[other], other_texts=there, pairs=pairs)
    return answer, 200, CACHED


@bp.get("/<lang:lang>/petition")
def petition() -> Page:
    """Show the letter, whom it goes to, what has been delivered."""
    return render_template("public/petition.html"), 200, CACHED


@bp.get("/<lang:lang>/about")
def about() -> Page:
    """Show who speaks here, and how."""
    return render_template("public/about.html"), 200, CACHED


@bp.get("/<lang:lang>/privacy")
def privacy() -> Page:
    """Show what is kept, how, for how long."""
    return render_template("public/privacy.html"), 200, CACHED


@bp.get("/<lang:lang>/accessibility")
def accessibility() -> Page:
    """Show how the site is built for all."""
    return render_template("public/accessibility.html"), 200, CACHED


@bp.get("/<lang:lang>/mirrors")
def mirrors() -> Page:
    """Show how to keep a copy of the site, and pass it on."""
    return render_template("public/mirrors.html"), 200, CACHED


@bp.get("/<lang:lang>/embed")
def embed() -> Page:
    """Show a small frame for other sites, the only page that may be framed."""
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "cross-origin", "X-Robots-Tag": "noindex"}
    return render_template("public/embed.html"), 200, CACHED | headers


@bp.get("/robots.txt")
def robots() -> Page:
    """Show what search engines may find; pages that are not to be found say so themselves."""
    return f"User-agent: *\nAllow: /\nSitemap: {state().settings.base_url}/sitemap.xml\n", 200, CACHED_TEXT


@bp.get("/sitemap.xml")
def sitemap() -> Page:
    """Show the addresses of the pages, each with its twins."""
    base = state().settings.base_url
    there = [*(f"public.{name}" for name in SITEMAP), "petition.sign"]
    endpoints = [endpoint for endpoint in there if endpoint not in gone_endpoints(current_snapshot())]
    pages = [{code: base + url_for(endpoint, lang=code) for code in LANGUAGES} for endpoint in endpoints]
    headers = CACHED | {"Content-Type": "application/xml; charset=utf-8"}
    return render_template("public/sitemap.xml", pages=pages), 200, headers


@bp.get("/healthz")
def healthz() -> Page:
    """Say that the process is up."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether it can sign: 200, or 503 and what is in the way."""
    answer = {**readiness(state().database, state().settings.data, now()), "key": bool(state().keys.public)}
    return jsonify(answer), 200 if all(answer.values()) else 503
