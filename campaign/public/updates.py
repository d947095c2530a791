"""The campaign's news: all of it, each piece at its own address, and a feed in each language."""

from flask import Blueprint, abort, render_template

from campaign.languages import current
from campaign.petition.snapshot import current_snapshot, shown_updates
from campaign.petition.updates import update_rows
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
    """Show the newest updates as a feed (RFC 4287)."""
    newest = shown_updates()[:MOST_IN_FEED]
    changed_on = max((one.changed_on for one in newest), default=state().words.first_day)
    return render_template("updates/feed.xml", newest=newest, changed_on=changed_on, code=current().code), 200, CACHED_FEED
