"""The key that signatures are sealed to, and asking for another one."""

from flask import redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.crypto import sealing
from campaign.organizers import approvals, four_eyes, key_change
from campaign.organizers.auth.guards import me, open_to
from campaign.organizers.blueprint import room
from campaign.organizers.forms import KeyForm
from campaign.organizers.models import ORGANIZER
from campaign.petition import key_rotation
from campaign.state import site

Page = Response | str | tuple[str, int]


@room.route("/key", methods=["GET", "POST"])
@open_to(ORGANIZER, asked_again=True)
def key() -> Page:
    """Show the key in force and those before; ask a second organizer for another one, which counts at once if the rule is off."""
    form = KeyForm()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        with site().database.writing() as session:
            new, handlers = key_rotation.parse(form.public.data or ""), approvals.handlers(site().keys)
            request = key_change.ask(session, site().keys, new, me(), handlers)
    except (key_rotation.KnownKey, four_eyes.NotPossible):
        form.public.errors = [gettext("Signatures are sealed to this key already, or were before. Make a new one.")]
        return _page(form, 422)
    return redirect(url_for(".key" if request.done_at else ".requests"), 303)


def _page(form: KeyForm, status: int = 200) -> Page:
    with site().database.reading() as session:
        after, is_on = key_rotation.later(session, site().keys), four_eyes.is_on(session)
    found = [(sealing.fingerprint(site().keys.public), None), *((sealing.fingerprint(row.key), row.since) for row in after)]
    *earlier, newest = found
    answer = render_template(
        "organizers/key.html", form=form, errors=form.mistakes, newest=newest, earlier=earlier[::-1], needs_second=is_on
    )
    return answer, status
