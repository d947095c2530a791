"""The checklist before the public comes: what is done, what is left, and who does it where."""

from flask import render_template

from campaign.database import now
from campaign.health import checklist
from campaign.organizers import bp
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.models import ORGANIZER
from campaign.state import state


@bp.get("/going-public")
@requires_role(ORGANIZER)
def going_public() -> str:
    """Show every item, what is left first."""
    items = checklist.check_items(checklist.facts_of(state(), now().date()), slowly=True)
    is_public = checklist.is_public(state().settings, state().snapshots())
    return render_template("organizers/going_public.html", items=items, is_public=is_public)
