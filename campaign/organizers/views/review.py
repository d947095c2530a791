"""Review."""

from flask import render_template

from campaign.organizers.access import open_to
from campaign.organizers.models import MODERATOR, ORGANIZER
from campaign.organizers.room import room


@room.get("/review")
@open_to(ORGANIZER, MODERATOR)
def review() -> str:
    """Review."""
    return render_template("organizers/review.html")
