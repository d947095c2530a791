"""What one organizer does at once: withdraw the testimony, hide its author's name. Each page says beforehand what happens."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import InputRequired

from campaign.database import now
from campaign.organizers import bp, daily_email, emergency, four_eyes
from campaign.organizers.actions import Action
from campaign.organizers.auth.guards import current_account, requires_role, say_saved, say_waiting
from campaign.organizers.forms import OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.requests import approval_handlers
from campaign.petition.sharing import places_that_name
from campaign.prints.render import delete_unneeded_prints
from campaign.state import state

Page = Response | str | tuple[str, int]


class WithdrawForm(OrganizerForm):
    """That it is meant for good."""

    sure = BooleanField(
        lazy_gettext("I know that this cannot be undone."),
        [InputRequired(lazy_gettext("Tick the box to confirm that you know this."))],
    )


@bp.route("/emergency/testimony", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def withdraw_testimony() -> Page:
    """Say what withdrawing the testimony does; do it, for good."""
    form = WithdrawForm()
    if not form.validate_on_submit():
        return form.page("withdraw_testimony")
    try:
        with state().database.writing() as session:
            told = emergency.withdraw_at_desk(session, by=current_account(), today=now().date())
            daily_email.tell_organizers(session, state().keys, daily_email.EMERGENCY, told, now())
    except emergency.NothingToDo:
        return form.refused("withdraw_testimony", _nothing_changed(), 409)
    _take_effect()
    say_saved()
    return redirect(url_for(".emergency"), 303)


@bp.route("/emergency/author", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def hide_author() -> Page:
    """Say what hiding the author's name does, or showing it again; hide it at once, or ask a second organizer to show it."""
    if request.method != "POST":
        return _author_page()
    waits = False
    try:
        with state().database.writing() as session:
            if request.form.get("deed") == "show":
                asked = emergency.request_naming(session, by=current_account(), handlers=approval_handlers(state().keys))
                waits = not asked.is_done
            elif request.form.get("deed") == "hide":
                told = emergency.hide_author(session, by=current_account(), today=now().date())
                daily_email.tell_organizers(session, state().keys, daily_email.EMERGENCY, told, now())
            else:
                raise BadRequest
    except emergency.NothingToDo:
        return _author_page(_nothing_changed())
    _take_effect()
    say_waiting() if waits else say_saved()
    return redirect(url_for(".requests" if waits else ".emergency"), 303)


def _author_page(*refused: str) -> Page:
    """Return the page; `refused` is a sentence that says why nothing was done."""
    with state().database.reading() as session:
        needs_second = four_eyes.is_enabled(session)
        is_asked = any(one.act == Action.NAMING_AUTHOR for one in four_eyes.pending(session))
    words, texts = state().words, state().texts
    named = {"pieces": emergency.pieces_that_name(words, texts), "withheld_too": emergency.withheld_with_name(words, texts)}
    values = named | {
        "file_places": places_that_name(state().identity, texts),
        "needs_second": needs_second,
        "is_asked": is_asked,
        "errors": [("main", one) for one in refused],
    }
    return render_template("organizers/hide_author.html", **values), 409 if refused else 200


def _take_effect() -> None:
    """Show the new public state in this process at once; others follow within seconds. Delete earlier prints."""
    state().snapshots.refresh()
    with suppress(OSError):  # the timed work does it too
        delete_unneeded_prints([], state().settings.data / "prints")


def _nothing_changed() -> str:
    return str(gettext("Nothing was changed: it had already been done, or your account has changed in the meantime."))
