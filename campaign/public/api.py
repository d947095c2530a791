"""The public numbers for machines: `/api/v1/petition.json`, described in OpenAPI. Anybody's page may read them."""

from typing import Any

from flask import Blueprint, Response, jsonify, url_for

from campaign.config import PACKAGE
from campaign.languages import LANGUAGES
from campaign.petition.counting import next_goal
from campaign.petition.offices import Addressee
from campaign.petition.snapshot import current_snapshot, shown_supporters, shown_timelines, shown_updates
from campaign.petition.supporters import ShownSupporter
from campaign.petition.timelines import Event, Timeline
from campaign.petition.updates import Update
from campaign.petition.versions import Version
from campaign.state import state

bp = Blueprint("api", __name__, url_prefix="/api/v1")

CORS_HEADERS = {
    "Cache-Control": "public, max-age=60",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
OPENAPI_DOCUMENT = (PACKAGE / "public" / "openapi.json").read_text("utf-8")


@bp.get("/petition.json")
def petition() -> tuple[Response, int, dict[str, str]]:
    """Show the published count and what belongs to it."""
    return jsonify(petition_numbers()), 200, CORS_HEADERS


@bp.get("/versions.json")
def versions() -> tuple[Response, int, dict[str, str]]:
    """Show every version of what is signed with its whole text, from which its hash can be computed."""
    found = [
        version_facts(one)
        | {"letter": None if one.is_withheld else one.letter.body, "consent": None if one.is_withheld else one.consent}
        for one in state().snapshots.shown().versions.values()
    ]
    return jsonify(found), 200, CORS_HEADERS


@bp.get("/openapi.json")
def openapi() -> tuple[str, int, dict[str, str]]:
    """Show the description of these addresses (OpenAPI 3.1)."""
    return OPENAPI_DOCUMENT, 200, CORS_HEADERS | {"Content-Type": "application/json"}


def version_facts(version: Version) -> dict[str, Any]:
    """Return what the numbers say of one version."""
    return {
        "language": version.language.code,
        "number": version.number,
        "day": version.day.isoformat(),
        "sha256": version.sha256,
        "confirmed": dict(current_snapshot().signed_texts).get(version.sha256, 0),
        "current": version.is_current,
    }


def addressee_facts(office: Addressee) -> dict[str, Any]:
    """Return what everybody may know of an office; how it is reached only as `/write` shows it."""
    facts = {
        "key": office.key,
        "within": office.within,
        "since": office.day.isoformat() if office.day else "",
        "names": office.names,
        "country": office.details.country,
    }
    if not office.can_be_written_to:
        return facts
    reached = {name: getattr(office.details, name) for name in ("languages", "channel", "means", "address")}
    return facts | {"write": reached | {"checked_on": str(office.details.checked_on)}}


def update_facts(update: Update) -> dict[str, Any]:
    """Return what the numbers say of one piece of news; a language in which it is missing has no headline."""
    base_url = state().settings.origin
    return {
        "key": update.key,
        "day": update.day.isoformat(),
        "changed_on": update.changed_on.isoformat(),
        "headlines": {code: update.headline(code) for code in update.words},
        "addresses": {code: base_url + url_for("updates.update", lang=code, slug=update.key) for code in LANGUAGES},
    }


def supporter_facts(one: ShownSupporter) -> dict[str, Any]:
    """Return what the numbers say of an organisation or person; a language in which its name is missing has none."""
    return {"kind": one.kind.value, "names": dict(one.names), "descriptions": dict(one.descriptions), "web": one.web}


def delivery_facts(timeline: Timeline) -> dict[str, Any]:
    """Return what the numbers say of one delivery to an office."""
    planned_for, handed_on, silent_since = timeline.planned_for, timeline.handed_on, timeline.silent_since
    return {
        "key": timeline.key,
        "office": timeline.office,
        "state": timeline.state.value,
        "planned_for": planned_for.isoformat() if planned_for else "",
        "handed_on": handed_on.isoformat() if handed_on else "",
        "silent_since": silent_since.isoformat() if silent_since else "",
        "events": [event_facts(one) for one in timeline.events],
    }


def event_facts(event: Event) -> dict[str, Any]:
    """Return what the numbers say of one thing that happened; a language in which its words are missing has none."""
    return {
        "number": event.number,
        "kind": event.kind.value,
        "day": event.day.isoformat(),
        "published_on": event.published_on.isoformat(),
        "means": event.means,
        "receipt": event.has_receipt,
        "words": dict(event.words),
        "about": event.about,
        "language": event.language,
        "quote": event.quote,
        "standing": event.standing,
    }


def petition_numbers() -> dict[str, Any]:
    """Return the content of petition.json; `confirmed` counts online signatures now, `paper` is separate."""
    latest = current_snapshot()
    return {
        "confirmed": latest.confirmed,
        "paper": 0,
        "held": latest.held,
        "withdrawn": latest.withdrawn,
        "removed": latest.removed,
        "removed_by_reason": dict(latest.removed_by_reason),
        "as_of": latest.as_of.strftime("%Y-%m-%dT%H:%MZ"),
        "goal": next_goal(latest.confirmed, state().words.goal),
        "languages": list(LANGUAGES),
        "text_sha256": {code: texts.consent_hash for code, texts in state().texts.items()},
        "versions": [version_facts(one) for one in state().snapshots.shown().versions.values()],
        "text_not_kept": state().snapshots.shown().signed.unknown,
        "addressees": [addressee_facts(one) for one in state().words.addressees],
        "deliveries": [delivery_facts(one) for one in shown_timelines()],
        "supporters": [supporter_facts(one) for one in shown_supporters()],
        "updates": [update_facts(one) for one in shown_updates()],
        "countries": dict(latest.countries),
        "open": latest.is_open,
        "plan": latest.days.as_text(),
        "plan_changes": [{"set_on": change.set_on.isoformat(), **change.days.as_text()} for change in latest.plan],
        "sample": latest.is_sample,
    }
