"""Review names and waves; remove signatures and put them back."""

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.keyset import read_record
from campaign.languages import countries, current
from campaign.organizers import allowances, bp, four_eyes, reviews
from campaign.organizers import removals as removal_rules
from campaign.organizers.actions import REASON_LABELS, Action
from campaign.organizers.auth.guards import current_account, requires_role, say_nothing_ticked, say_saved
from campaign.organizers.forms import ReasonForm
from campaign.organizers.models import ROLES
from campaign.organizers.views.requests import approval_handlers
from campaign.petition.display_names import REFUSED_FOR
from campaign.petition.models import UNDO_FOR, Burst, Removal
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]

HELD_DECISIONS = {"count": reviews.count_held_group, "hold": reviews.hold_group_again}


@bp.route("/review", methods=["GET", "POST"])
@requires_role(*ROLES)
def review() -> Response | str:
    """Show what waits: held groups, names and waves; accept or refuse the ticked names, or see what would be removed."""
    if request.method == "POST":
        return _judge_names()
    with state().database.reading() as session:
        names, after = reviews.pending_names(session, request.args.get("after", ""))
        if "after" not in request.args:
            names = reviews.reported_names(session) + names
        pending, _ = reviews.count_pending(session)
        groups, waves = reviews.held_groups(session), reviews.pending_bursts(session)
    next_url = url_for(".review", after=after) if after else None
    return render_template("organizers/review.html", groups=groups, names=names, pending=pending, next_url=next_url, waves=waves)


def _judge_names() -> Response | str:
    ids = [record for typed in request.form.getlist("words") if (record := read_record(typed))]
    action = request.form.get("deed")
    if action == "refuse" and ids and "sure" not in request.form:
        with state().database.reading() as session:
            names = reviews.names_of(session, ids)
        return render_template("organizers/refuse.html", names=names, days=REFUSED_FOR.days)
    with state().database.writing() as session:
        if action == "accept":
            reviews.accept(session, ids, by=current_account().email)
        elif action == "refuse":
            reviews.refuse(session, ids, by=current_account().email, today=now().date())
        elif action == "remove" and ids:
            removal = removal_rules.draft(session, ids, by=current_account().email, at=now())
            return redirect(url_for(".removal", number=removal.id), 303)
        elif action != "remove":
            raise BadRequest
    say_saved() if ids else say_nothing_ticked()
    return redirect(url_for(".review"), 303)


@bp.route("/review/wave/<int:number>", methods=["GET", "POST"])
@requires_role(*ROLES)
def wave(number: int) -> Response | str:
    """Show who belongs to a wave or a held group, as far as can be seen without opening anything; accept or remove it."""
    if request.method == "POST":
        return _judge_wave(number)
    with state().database.reading() as session:
        found = session.get(Burst, number) or abort(404)
        members, number_left = reviews.burst_members(session, number), reviews.count_members(session, number)
        likeness, others = reviews.likeness(session, number), reviews.count_others(session, found)
        number_held = len(reviews.held_ids(session, number, removal_rules.MAX_REMOVED_TOGETHER))
    return render_template(
        "organizers/group.html" if found.is_held else "organizers/wave.html",
        wave=found,
        members=members,
        number_left=number_left,
        number_held=number_held,
        likeness=likeness,
        others=others,
        countries=dict(countries(current().code)),
    )


def _judge_wave(number: int) -> Response:
    action = request.form.get("deed")
    with state().database.writing() as session:
        if action == "accept":
            reviews.mark_in_order(session, number, by=current_account().email, today=now().date())
            say_saved()
            return redirect(url_for(".review"), 303)
        if action in HELD_DECISIONS:
            HELD_DECISIONS[action](session, number, by=current_account().email)
            say_saved()
            return redirect(url_for(".wave", number=number), 303)
        if action != "remove":
            raise BadRequest
        ids = reviews.held_ids(session, number, removal_rules.MAX_REMOVED_TOGETHER)
        ids = ids or [row.id for row in reviews.burst_members(session, number, removal_rules.MAX_REMOVED_TOGETHER)]
        removal = removal_rules.draft(session, ids, by=current_account().email, at=now())
    return redirect(url_for(".removal", number=removal.id), 303)


@bp.get("/removals")
@requires_role(*ROLES)
def removals() -> Page:
    """Show every removal, the newest first."""
    before = request.args.get("before", type=row_number)
    with state().database.reading() as session:
        found, older = removal_rules.newest_removals(session, before)
    return render_template("organizers/removals.html", removals=found, older=older, reasons=REASON_LABELS)


@bp.route("/removals/<int:number>", methods=["GET", "POST"])
@requires_role(*ROLES)
def removal(number: int) -> Page:
    """Show what is proposed or what went; remove it, or put it back."""
    if request.method != "POST":
        return _removal_page(number, ReasonForm(formdata=None))
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
        return _removal_page(number, form, 422)
    with state().database.writing() as session:
        found = session.get(Removal, number) or abort(404)
        if found.done_at is None and removal_rules.pending_request(session, number) is None:
            if found.number > 1 and not current_account().is_organizer:
                abort(403)
            removal_rules.request_removal(
                session, found, reason=form.reason.data, by=current_account(), handlers=approval_handlers(state().keys)
            )
    return redirect(url_for(".removal", number=number), 303)


def _undo(number: int) -> Page:
    try:
        with state().database.writing() as session:
            session.get(Removal, number) or abort(404)
            removal_rules.restore(session, number, by=current_account())
    except removal_rules.TooLate:
        message = gettext("The seven days are over. What was removed has been deleted and cannot be restored.")
        return _removal_page(number, ReasonForm(formdata=None), 409, message)
    except four_eyes.NotDecidable:
        abort(403)
    return redirect(url_for(".removal", number=number), 303)


def _removal_page(number: int, form: ReasonForm, status: int = 200, message: str = "") -> Page:
    with state().database.reading() as session:
        found = session.get(Removal, number) or abort(404)
        rows, asked = removal_rules.preview(session, found), removal_rules.pending_request(session, number)
        needs_second = four_eyes.is_enabled(session) and found.number > 1
        is_used_up = allowances.is_used_up(session, current_account(), Action.REMOVED)
        can_undo = current_account().is_organizer or not removal_rules.was_decided(session, number)
    page = render_template(
        "organizers/removal.html",
        removal=found,
        rows=rows,
        asked=asked,
        needs_second=needs_second or is_used_up,
        can_undo=can_undo,
        is_over=found.done_at is not None and now() >= found.done_at + UNDO_FOR,
        form=form,
        errors=[("main", message)] if message else form.mistakes,
        reasons=REASON_LABELS,
        countries=dict(countries(current().code)),
        most=removal_rules.MAX_REMOVED_TOGETHER,
        undo_for=UNDO_FOR,
    )
    return page, status
