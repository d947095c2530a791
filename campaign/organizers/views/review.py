"""Names and waves to look at."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.keyset import read_record
from campaign.languages import countries, current
from campaign.organizers import removals, reviews
from campaign.organizers.auth.guards import me, open_to
from campaign.organizers.blueprint import room
from campaign.organizers.models import ROLES
from campaign.state import site


@room.route("/review", methods=["GET", "POST"])
@open_to(*ROLES)
def review() -> Response | str:
    """Show the names and waves that wait; accept or refuse the names that are ticked, or see what would be removed with them."""
    if request.method == "POST":
        return _judge_names()
    with site().database.reading() as session:
        words, after = reviews.words(session, request.args.get("after", ""))
        waves = reviews.waves(session)
    next_url = url_for(".review", after=after) if after else None
    return render_template("organizers/review.html", words=words, next_url=next_url, waves=waves)


def _judge_names() -> Response:
    ids = [record for typed in request.form.getlist("words") if (record := read_record(typed))]
    deed = request.form.get("deed")
    with site().database.writing() as session:
        if deed == "accept":
            reviews.accept(session, ids, by=me().email)
        elif deed == "refuse":
            reviews.refuse(session, ids, by=me().email, today=now().date())
        elif deed == "remove" and ids:
            removal = removals.propose(session, ids, by=me().email, at=now())
            return redirect(url_for(".removal", number=removal.id), 303)
        elif deed != "remove":
            raise BadRequest
    return redirect(url_for(".review", done=deed if ids else "nothing"), 303)


@room.route("/review/wave/<int:number>", methods=["GET", "POST"])
@open_to(*ROLES)
def wave(number: int) -> Response | str:
    """Show who belongs to a wave, as far as can be seen without opening anything; accept it, or see what would be removed."""
    if request.method == "POST":
        return _judge_wave(number)
    with site().database.reading() as session:
        try:
            found = reviews.wave(session, number)
        except reviews.NoSuchWave:
            abort(404)
        members, standing = reviews.members(session, number), reviews.standing(session, number)
    names = dict(countries(current().code))
    return render_template("organizers/wave.html", wave=found, members=members, standing=standing, countries=names)


def _judge_wave(number: int) -> Response:
    deed = request.form.get("deed")
    with site().database.writing() as session:
        if deed == "accept":
            reviews.look(session, number, by=me().email, today=now().date())
            return redirect(url_for(".review", done=deed), 303)
        if deed != "remove":
            raise BadRequest
        ids = [row.id for row in reviews.members(session, number, removals.MOST)]
        removal = removals.propose(session, ids, by=me().email, at=now())
    return redirect(url_for(".removal", number=removal.id), 303)
