"""The plan: its days, what a change does, and the changes so far."""

from flask import redirect, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from campaign.organizers import bp, plan_change
from campaign.organizers.auth.guards import current_account, requires_role, say_saved, say_waiting
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.requests import approval_handlers
from campaign.petition import plan as rules
from campaign.petition.plan import Days, InvalidPlan
from campaign.state import state

Page = Response | tuple[str, int]


class PlanForm(OrganizerForm):
    """The days, each of which may be empty."""

    opens_on = DayField(lazy_gettext("First day of collecting (optional)"))
    closes_on = DayField(lazy_gettext("Last day of collecting (optional)"))
    hand_over_on = DayField(lazy_gettext("Day of the handover (optional)"))
    delete_on = DayField(lazy_gettext("Day on which names and addresses are deleted (optional)"))

    def days(self) -> Days:
        """Return what was typed, after `validate`."""
        return Days(self.opens_on.day, self.closes_on.day, self.hand_over_on.day, self.delete_on.day)


@bp.route("/plan", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def plan() -> Page:
    """Show the days and change them; a sooner day of deletion waits for a second organizer."""
    with state().database.reading() as session:
        form = PlanForm(data=rules.current_days(session).as_text())
    if not form.validate_on_submit():
        return _plan_page(form)
    try:
        with state().database.writing() as session:
            handlers = approval_handlers(state().keys)
            asked = plan_change.request_plan(session, form.days(), by=current_account(), handlers=handlers)
    except InvalidPlan as wrong:
        form.delete_on.errors = [str(wrong)]
        return _plan_page(form)
    waits = asked is not None and not asked.is_done
    say_waiting() if waits else say_saved()
    return redirect(url_for(".requests" if waits else ".plan"), 303)


def _plan_page(form: PlanForm) -> Page:
    with state().database.reading() as session:
        changes, promised = rules.history(session), rules.first_promised(session)
    return form.page("plan", changes=changes, promised=promised)
