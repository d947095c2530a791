"""Exports."""

from flask import render_template

from campaign.organizers.access import open_to
from campaign.organizers.models import MODERATOR, ORGANIZER
from campaign.organizers.room import room


@room.get("/exports")
@open_to(ORGANIZER, MODERATOR)
def exports() -> str:
    """Exports."""
    return render_template("organizers/exports.html")
