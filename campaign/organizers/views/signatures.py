"""Signatures."""

from flask import render_template

from campaign.organizers.access import open_to
from campaign.organizers.models import MODERATOR, ORGANIZER
from campaign.organizers.room import room


@room.get("/signatures")
@open_to(ORGANIZER, MODERATOR)
def signatures() -> str:
    """Signatures."""
    return render_template("organizers/signatures.html")
