"""The accounts of the desk, and the rule of four eyes."""

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.organizers import accounts as rules
from campaign.organizers import four_eyes
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.blueprint import bp
from campaign.organizers.models import ORGANIZER
from campaign.state import state


@bp.get("/accounts")
@requires_role(ORGANIZER)
def accounts() -> str:
    """Who works at the desk."""
    with state().database.reading() as session:
        everybody, is_on = rules.list_accounts(session), four_eyes.is_enabled(session)
    organizers = [account for account in everybody if account.is_organizer]
    return render_template("organizers/accounts.html", accounts=everybody, is_on=is_on, alone=len(organizers) == 1)


@bp.post("/accounts")
@requires_role(ORGANIZER, reauthenticate=True)
def turn_four_eyes() -> Response:
    """Turns the rule of four eyes on; or off, where there is nobody else."""
    wanted = request.form.get("four_eyes")
    if wanted not in ("on", "off"):
        raise BadRequest
    try:
        with state().database.writing() as session:
            four_eyes.set_enabled(session, current_account(), on=wanted == "on")
    except four_eyes.NotDecidable:
        raise BadRequest from None
    return redirect(url_for(".accounts"), 303)
