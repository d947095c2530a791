"""Review names and waves."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.keyset import read_record
from campaign.languages import countries, current
from campaign.organizers import bp, removals, reviews
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.models import ROLES
from campaign.state import state


@bp.route("/review", methods=["GET", "POST"])
@requires_role(*ROLES)
def review() -> Response | str:
    """Show the names and waves that wait; accept or refuse the names that are ticked, or see what would be removed with them."""
    if request.method == "POST":
        return _judge_names()
    with state().database.reading() as session:
        names, after = reviews.pending_names(session, request.args.get("after", ""))
        waves = reviews.pending_bursts(session)
    next_url = url_for(".review", after=after) if after else None
    return render_template("organizers/review.html", names=names, next_url=next_url, waves=waves)


def _judge_names() -> Response:
    ids = [record for typed in request.form.getlist("words") if (record := read_record(typed))]
    action = request.form.get("deed")
    with state().database.writing() as session:
        if action == "accept":
            reviews.accept(session, ids, by=current_account().email)
        elif action == "refuse":
            reviews.refuse(session, ids, by=current_account().email, today=now().date())
        elif action == "remove" and ids:
            removal = removals.draft(session, ids, by=current_account().email, at=now())
            return redirect(url_for(".removal", number=removal.id), 303)
        elif action != "remove":
            raise BadRequest
    return redirect(url_for(".review", done=action if ids else "nothing"), 303)


@bp.route("/review/wave/<int:number>", methods=["GET", "POST"])
@requires_role(*ROLES)
def wave(number: int) -> Response | str:
    """Show who belongs to a wave, as far as can be seen without opening anything; accept it, or see what would be removed."""
    if request.method == "POST":
        return _judge_wave(number)
    with state().database.reading() as session:
        try:
            found = reviews.get_burst(session, number)
        except reviews.BurstNotFound:
            abort(404)
        members, number_left = reviews.burst_members(session, number), reviews.count_members(session, number)
    names = dict(countries(current().code))
    return render_template("organizers/wave.html", wave=found, members=members, number_left=number_left, countries=names)


def _judge_wave(number: int) -> Response:
    action = request.form.get("deed")
    with state().database.writing() as session:
        if action == "accept":
            reviews.mark_in_order(session, number, by=current_account().email, today=now().date())
            return redirect(url_for(".review", done=action), 303)
        if action != "remove":
            raise BadRequest
        ids = [row.id for row in reviews.burst_members(session, number, removals.MAX_REMOVED_TOGETHER)]
        removal = removals.draft(session, ids, by=current_account().email, at=now())
    return redirect(url_for(".removal", number=removal.id), 303)
