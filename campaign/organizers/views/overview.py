"""Overview."""

from flask import render_template

from campaign.organizers.access import open_to
from campaign.organizers.models import MODERATOR, ORGANIZER
from campaign.organizers.room import room


@room.get("/")
@open_to(ORGANIZER, MODERATOR)
def overview() -> str:
    """Overview."""
    return render_template("organizers/overview.html")
