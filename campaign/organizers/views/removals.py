"""Removals: what would go, why, what went, and putting it back."""

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.languages import countries, current
from campaign.organizers import bp, four_eyes
from campaign.organizers import removals as rules
from campaign.organizers.actions import REASON_LABELS
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import ReasonForm
from campaign.organizers.models import ROLES
from campaign.organizers.views.requests import approval_handlers
from campaign.petition.models import UNDO_FOR, Removal
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]


@bp.get("/removals")
@requires_role(*ROLES)
def removals() -> Page:
    """Every removal, the newest first."""
    before = request.args.get("before", type=row_number)
    with state().database.reading() as session:
        found, older = rules.newest_removals(session, before)
    return render_template("organizers/removals.html", removals=found, older=older, reasons=REASON_LABELS)


@bp.route("/removals/<int:number>", methods=["GET", "POST"])
@requires_role(*ROLES)
def removal(number: int) -> Page:
    """Show what is proposed or what went; remove it, or put it back."""
    if request.method != "POST":
        return _page(number, ReasonForm(formdata=None))
    match request.form.get("deed"):
        case "remove":
            return _remove(number)
        case "undo":
            return _undo(number)
        case _:
            raise BadRequest


def _remove(number: int) -> Page:
    """Remove what was seen, or ask a second organizer to."""
    form = ReasonForm()
    if not form.validate():
        return _page(number, form, 422)
    with state().database.writing() as session:
        found = _found(session.get(Removal, number))
        if found.done_at is None and rules.pending_request(session, number) is None:
            if found.number > 1 and not current_account().is_organizer:
                abort(403)
            rules.request_removal(
                session, found, reason=form.reason.data, by=current_account(), handlers=approval_handlers(state().keys)
            )
    return redirect(url_for(".removal", number=number), 303)


def _undo(number: int) -> Page:
    try:
        with state().database.writing() as session:
            _found(session.get(Removal, number))
            rules.restore(session, number, by=current_account())
    except rules.TooLate:
        message = gettext("The week is over. What was removed has been deleted, and cannot come back.")
        return _page(number, ReasonForm(formdata=None), 409, message)
    return redirect(url_for(".removal", number=number), 303)


def _page(number: int, form: ReasonForm, status: int = 200, message: str = "") -> Page:
    with state().database.reading() as session:
        found = _found(session.get(Removal, number))
        rows, asked = rules.preview(session, found), rules.pending_request(session, number)
        needs_second = four_eyes.is_enabled(session)
    page = render_template(
        "organizers/removal.html",
        removal=found,
        rows=rows,
        asked=asked,
        needs_second=needs_second,
        is_over=found.done_at is not None and now() >= found.done_at + UNDO_FOR,
        form=form,
        errors=[("main", message)] if message else form.mistakes,
        reasons=REASON_LABELS,
        countries=dict(countries(current().code)),
        most=rules.MAX_REMOVED_TOGETHER,
        undo_for=UNDO_FOR,
    )
    return page, status


def _found(found: Removal | None) -> Removal:
    if found is None:
        abort(404)
    return found
