"""The key that signatures are sealed to, and asking for another one."""

from flask import redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.crypto.keys import fingerprint
from campaign.organizers import approvals, bp, four_eyes, key_change
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import KeyForm
from campaign.organizers.models import ORGANIZER
from campaign.petition import key_rotation
from campaign.state import state

Page = Response | str | tuple[str, int]


@bp.route("/key", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def key() -> Page:
    """Show the key in force and those before; ask a second organizer for another one, which counts at once if the rule is off."""
    form = KeyForm()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        with state().database.writing() as session:
            new, handlers = key_rotation.parse_key(form.public.data or ""), approvals.handlers(state().keys)
            request = key_change.request_key_change(session, state().keys, new, current_account(), handlers)
    except (key_rotation.KeyAlreadyUsed, four_eyes.NotDecidable):
        form.public.errors = [gettext("Signatures are sealed to this key already, or were before. Make a new one.")]
        return _page(form, 422)
    return redirect(url_for(".key" if request.done_at else ".requests"), 303)


def _page(form: KeyForm, status: int = 200) -> Page:
    with state().database.reading() as session:
        after, is_on = key_rotation.rotated_keys(session, state().keys), four_eyes.is_enabled(session)
    found = [(fingerprint(state().keys.public), None), *((fingerprint(row.key), row.since) for row in after)]
    *earlier, newest = found
    answer = render_template(
        "organizers/key.html", form=form, errors=form.mistakes, newest=newest, earlier=earlier[::-1], needs_second=is_on
    )
    return answer, status
