"""What waits for a second organizer."""

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.organizers import approvals, bp, four_eyes
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.models import ORGANIZER
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]
DECISIONS = ("agree", "decline")


@bp.get("/requests")
@requires_role(ORGANIZER)
def requests() -> Page:
    """Show the requests that wait, who asked for each, and what it would do."""
    return _page()


@bp.post("/requests")
@requires_role(ORGANIZER, reauthenticate=True)
def answer_request() -> Page:
    """Agree, which does it; or decline."""
    decision, number = request.form.get("deed"), request.form.get("request", type=row_number)
    if decision not in DECISIONS or number is None:
        raise BadRequest
    try:
        with state().database.writing() as session:
            if decision == "agree":
                four_eyes.approve(session, number, current_account(), approvals.handlers(state().keys))
            else:
                four_eyes.decline(session, number, current_account())
    except four_eyes.NotDecidable:
        return _page(409)
    return redirect(url_for(".requests", done=decision), 303)


def _page(status: int = 200) -> Page:
    with state().database.reading() as session:
        waiting, is_on = four_eyes.pending(session), four_eyes.is_enabled(session)
    done, life = request.args.get("done"), four_eyes.REQUEST_LIFETIME
    answer = render_template(
        "organizers/requests.html", waiting=waiting, is_on=is_on, life=life, done=done, overtaken=status == 409
    )
    return answer, status
