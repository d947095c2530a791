"""The campaign's news, each piece at its own address, and a feed in each language that has what became of deliveries too."""

from datetime import date

from flask import Blueprint, abort, render_template

from campaign.languages import current
from campaign.petition.snapshot import current_snapshot, shown_timelines, shown_updates
from campaign.petition.timelines import Event, Timeline
from campaign.petition.updates import Update, update_rows
from campaign.public.views import CACHED
from campaign.state import state

bp = Blueprint("updates", __name__)

CACHED_FEED = CACHED | {
    "Content-Type": "application/atom+xml; charset=utf-8",
    "Access-Control-Allow-Origin": "*",  # readers of feeds that are pages themselves
    "Cross-Origin-Resource-Policy": "cross-origin",
}
MOST_IN_FEED = 20
Page = tuple[str, int, dict[str, str]]


@bp.get("/<lang:lang>/updates")
def listing() -> Page:
    """Show the headlines of all updates, the newest first."""
    return render_template("updates/listing.html"), 200, CACHED


@bp.get("/<lang:lang>/updates/<slug>")
def update(slug: str) -> Page:
    """Show one update; 410 where it went with the testimony."""
    found = next((one for one in shown_updates() if one.key == slug), None)
    if found is None:
        has_gone = current_snapshot().is_testimony_withdrawn and slug in update_rows(state().words)
        abort(410 if has_gone else 404)
    return render_template("updates/update.html", update=found), 200, CACHED


@bp.get("/<lang:lang>/updates.atom")
def feed() -> Page:
    """Show the newest updates and what became of deliveries as a feed (RFC 4287)."""
    newest = _newest()
    changed_on = max((day for day, _, _ in newest), default=state().words.first_day)
    return render_template("updates/feed.xml", newest=newest, changed_on=changed_on, code=current().code), 200, CACHED_FEED


def _newest() -> list[tuple[date, Update | None, tuple[Timeline, Event] | None]]:
    """Return the entries of the feed by the day of their last change: an update each, or an event of a delivery."""
    news = [(one.changed_on, one.day, one, None) for one in shown_updates()]
    happened = [(event.published_on, event.published_on, None, (one, event)) for one in shown_timelines() for event in one.events]
    by_day = sorted([*news, *reversed(happened)], key=lambda entry: entry[1], reverse=True)
    return [(changed_on, update, event) for changed_on, _, update, event in by_day[:MOST_IN_FEED]]
