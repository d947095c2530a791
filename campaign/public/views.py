"""The pages people read, and the few that machines read."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for

from campaign.database import now
from campaign.languages import LANGUAGES, Language, countries, current, negotiate, with_direction
from campaign.outbox.queue import count_messages
from campaign.petition.channels import CHANNELS
from campaign.petition.counting import Snapshot
from campaign.petition.forms import SignForm
from campaign.petition.snapshot import current_snapshot, shown_texts, shown_updates
from campaign.petition.versions import changed_parts
from campaign.public.metrics import CONTENT_TYPE, CampaignMetrics, is_allowed, render_metrics
from campaign.public.readiness import is_ready, public_part, readiness
from campaign.state import state
from campaign.web.responses import SECURITY_HEADERS

bp = Blueprint("public", __name__)

CACHED = {"Cache-Control": "public, max-age=60"}
CACHED_FORM = CACHED | {"Referrer-Policy": "same-origin"}
CACHED_TEXT = CACHED | {"Content-Type": "text/plain; charset=utf-8"}
SITEMAP = (
    "home",
    "testimony",
    "petition",
    "versions",
    "write",
    "about",
    "privacy",
    "accessibility",
    "mirrors",
)  # in the sitemap, besides the form
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
    can_be_gone = request.endpoint in TESTIMONY_ENDPOINTS | COLLECTING_ENDPOINTS  # others need not know what is public
    if can_be_gone and request.endpoint in gone_endpoints(current_snapshot()):
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
    return {code: state().words.title(code) for code in LANGUAGES}


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
    return render_template("public/testimony.txt", with_direction=with_direction), 200, CACHED_TEXT


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
    """Show the letter, its addressees and what has been delivered."""
    return render_template("public/petition.html"), 200, CACHED


@bp.get("/<lang:lang>/petition/versions")
def versions() -> Page:
    """Show every version of what is signed, with its day, its hash and how many signed it."""
    found = state().snapshots.shown().versions.values()
    by_language = [(one, [version for version in found if version.language == one]) for one in _own_language_first()]
    return render_template("public/versions.html", by_language=by_language), 200, CACHED


@bp.get("/<lang:lang>/petition/versions/<int:number>")
def version(number: int) -> Page:
    """Show the whole text of one version, and what has changed since, or with it."""
    ours = [one for one in state().snapshots.shown().versions.values() if one.language == current()]
    chosen = next((one for one in ours if one.number == number), None) or abort(404)
    newest = next(one for one in ours if one.is_current)
    older = next((one for one in ours if one.number == number - 1), None) if chosen.is_current else chosen
    changes = [] if older is None or older.is_withheld or newest.is_withheld else [*changed_parts(older, newest)]
    return render_template("public/version.html", version=chosen, older=older, changes=changes), 200, CACHED


def _own_language_first() -> list[Language]:
    return sorted(LANGUAGES.values(), key=lambda language: language != current())


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


@bp.get("/<lang:lang>/write")
def write() -> Page:
    """Show how anybody can write to the offices themselves, as far as organizers have entered and checked it."""
    words = {
        "offices": [office for office in state().words.addressees if office.can_be_written_to],
        "channels": CHANNELS,
        "country_names": dict(countries(current().code)),
    }
    return render_template("public/write.html", **words), 200, CACHED


@bp.get("/<lang:lang>/embed")
def embed() -> Page:
    """Show a small frame for other sites, the only page that may be framed."""
    policy = SECURITY_HEADERS["Content-Security-Policy"].replace("frame-ancestors 'none'", "frame-ancestors *")
    headers = {"Content-Security-Policy": policy, "Cross-Origin-Resource-Policy": "cross-origin", "X-Robots-Tag": "noindex"}
    return render_template("public/embed.html"), 200, CACHED | headers


@bp.get("/robots.txt")
def robots() -> Page:
    """Show what search engines may find; pages that are not to be found say so themselves."""
    return f"User-agent: *\nAllow: /\nSitemap: {state().settings.origin}/sitemap.xml\n", 200, CACHED_TEXT


@bp.get("/sitemap.xml")
def sitemap() -> Page:
    """Show the addresses of the pages, each with its twins."""
    base = state().settings.origin
    there = [*(f"public.{name}" for name in SITEMAP), "petition.sign"]
    endpoints = [endpoint for endpoint in there if endpoint not in gone_endpoints(current_snapshot())]
    pages = [{code: base + url_for(endpoint, lang=code) for code in LANGUAGES} for endpoint in [*endpoints, "updates.listing"]]
    pages += [{code: base + url_for("updates.update", lang=code, slug=one.key) for code in LANGUAGES} for one in shown_updates()]
    headers = CACHED | {"Content-Type": "application/xml; charset=utf-8"}
    return render_template("public/sitemap.xml", pages=pages), 200, headers


@bp.get("/healthz")
def healthz() -> Page:
    """Say that the process is up."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Say whether people can sign: 200, or 503 and what is in the way; every condition only to a monitor that knows the token."""
    answer = _readiness()
    return jsonify(answer if _is_monitor() else public_part(answer)), 200 if is_ready(answer) else 503


@bp.get("/metrics")
def metrics() -> Page:
    """Show the conditions and some figures to a monitor that knows the token; to anybody else there is no such page."""
    if not _is_monitor():
        abort(404)
    emails, answer = None, _readiness()
    if "conditions" in answer:
        with state().database.reading() as session:
            emails = count_messages(session, now(), state().quota)
    figures = CampaignMetrics(answer, emails, current_snapshot(), now())
    return render_metrics(figures).decode(), 200, {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}


def _is_monitor() -> bool:
    return is_allowed(request.headers.get("Authorization", ""), state().settings.metrics_token)


def _readiness() -> dict[str, Any]:
    return {**readiness(state().database, state().settings, now()), "key": bool(state().keys.public)}
