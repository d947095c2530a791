"""Names and waves to look at."""

from flask import abort, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.keyset import read_record
from campaign.languages import countries, current
from campaign.organizers import removing, reviewing
from campaign.organizers.access import me, open_to
from campaign.organizers.models import ROLES
from campaign.organizers.room import room
from campaign.site import site


@room.get("/review")
@open_to(*ROLES)
def review() -> str:
    """What waits to be looked at."""
    with site().database.reading() as session:
        words, after = reviewing.words(session, request.args.get("after", ""))
        waves = reviewing.waves(session)
    next_url = url_for(".review", after=after) if after else None
    return render_template("organizers/review.html", words=words, next_url=next_url, waves=waves)


@room.post("/review")
@open_to(*ROLES)
def judge() -> Response:
    """Accepts or refuses the words that are ticked, or looks at what would be removed with them."""
    ids = [record for typed in request.form.getlist("words") if (record := read_record(typed))]
    deed = request.form.get("deed")
    with site().database.writing() as session:
        if deed == "accept":
            reviewing.accept(session, ids, by=me().email)
        elif deed == "refuse":
            reviewing.refuse(session, ids, by=me().email, today=now().date())
        elif deed == "remove" and ids:
            removal = removing.propose(session, ids, by=me().email, at=now())
            return redirect(url_for(".removal", number=removal.id), 303)
        elif deed != "remove":
            raise BadRequest
    return redirect(url_for(".review", done=deed if ids else "nothing"), 303)


@room.get("/review/wave/<int:number>")
@open_to(*ROLES)
def wave(number: int) -> str:
    """Who belongs to a wave, as far as can be seen without opening anything."""
    with site().database.reading() as session:
        try:
            found = reviewing.wave(session, number)
        except reviewing.NoSuchWave:
            abort(404)
        members, standing = reviewing.members(session, number), reviewing.standing(session, number)
    names = dict(countries(current().code))
    return render_template("organizers/wave.html", wave=found, members=members, standing=standing, countries=names)


@room.post("/review/wave/<int:number>")
@open_to(*ROLES)
def judge_wave(number: int) -> Response:
    """Takes a wave as in order, or looks at what would be removed with it."""
    deed = request.form.get("deed")
    with site().database.writing() as session:
        if deed == "accept":
            reviewing.look(session, number, by=me().email, today=now().date())
            return redirect(url_for(".review", done=deed), 303)
        if deed != "remove":
            raise BadRequest
        ids = [row.id for row in reviewing.members(session, number, removing.MOST)]
        removal = removing.propose(session, ids, by=me().email, at=now())
    return redirect(url_for(".removal", number=removal.id), 303)
