"""What waits for a second organizer."""

from flask import redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.organizers import approvals, four_eyes
from campaign.organizers.auth.guards import me, open_to
from campaign.organizers.blueprint import room
from campaign.organizers.models import ORGANIZER
from campaign.state import site

Page = Response | str | tuple[str, int]
DEEDS = ("agree", "decline")


@room.get("/requests")
@open_to(ORGANIZER)
def requests() -> Page:
    """What waits, who asked for it, and what would happen."""
    return _page()


@room.post("/requests")
@open_to(ORGANIZER, asked_again=True)
def answer_request() -> Page:
    """Agrees, and it is done; or declines."""
    deed, number = request.form.get("deed"), request.form.get("request", type=int)
    if deed not in DEEDS or number is None:
        raise BadRequest
    try:
        with site().database.writing() as session:
            if deed == "agree":
                four_eyes.agree(session, number, me(), approvals.handlers(site().keys))
            else:
                four_eyes.decline(session, number, me())
    except four_eyes.NotPossible:
        return _page(409)
    return redirect(url_for(".requests", done=deed), 303)


def _page(status: int = 200) -> Page:
    with site().database.reading() as session:
        waiting, is_on = four_eyes.waiting(session), four_eyes.is_on(session)
    done, life = request.args.get("done"), four_eyes.LIFE
    answer = render_template(
        "organizers/requests.html", waiting=waiting, is_on=is_on, life=life, done=done, overtaken=status == 409
    )
    return answer, status
