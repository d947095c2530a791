"""What people ask of the campaign: what is to be answered until when, and what was done."""

from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import Field, RadioField, StringField
from wtforms.validators import AnyOf, Length, ValidationError

from campaign.database import now
from campaign.organizers import bp
from campaign.organizers import inquiries as acts
from campaign.organizers.actions import INQUIRY_KIND_LABELS, INQUIRY_OUTCOME_LABELS
from campaign.organizers.auth.guards import current_account, requires_role, say_saved
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.petition import inquiries as rules
from campaign.petition.inquiries import Inquiry
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | tuple[str, int]


class NoteForm(OrganizerForm):
    """The last day to answer and a note, in which nobody is named."""

    due_on = DayField(lazy_gettext("To be answered by (optional)"))
    note = StringField(
        lazy_gettext("Note (optional)"),
        [Length(max=rules.LONGEST_NOTE, message=lazy_gettext("A note has at most 200 characters."))],
        filters=[lambda typed: " ".join((typed or "").split())],
    )

    def validate_note(self, field: Field) -> None:
        """Refuse an e-mail address."""
        if "@" in field.data:
            raise ValidationError(gettext("Do not write an e-mail address or a name here: nothing is kept about who asked."))

    def last_day(self, came_on: date) -> date:
        """Return until when to answer, after `validate`; raise ValueError where that is before it came."""
        due_on = self.due_on.day or came_on + rules.ANSWERED_WITHIN
        if due_on < came_on:
            self.due_on.errors = [gettext("The deadline is before the day it arrived.")]
            raise ValueError
        return due_on


class InquiryForm(NoteForm):
    """What somebody asked."""

    kind = RadioField(
        lazy_gettext("What is asked"),
        [AnyOf(rules.KINDS, lazy_gettext("Choose what is asked."))],
        validate_choice=False,
    )
    came_on = DayField(lazy_gettext("Day it arrived"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kind.choices = list(INQUIRY_KIND_LABELS.items())

    def validate_came_on(self, field: DayField) -> None:
        """Refuse an empty day and a future one; tomorrow in UTC may be today where somebody lives."""
        if field.day is None:
            raise ValidationError(gettext("Enter the day it arrived."))
        if field.day > now().date() + timedelta(days=1):
            raise ValidationError(gettext("This day is in the future."))


class OutcomeForm(OrganizerForm):
    """What was done."""

    outcome = RadioField(
        lazy_gettext("What was done"),
        [AnyOf(rules.OUTCOMES, lazy_gettext("Choose what was done."))],
        validate_choice=False,
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.outcome.choices = list(INQUIRY_OUTCOME_LABELS.items())


@bp.route("/inquiries", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def inquiries() -> Page:
    """Show what is to be answered and what was, and note another."""
    form = InquiryForm() if request.method == "POST" else InquiryForm(formdata=None, came_on=now().date().isoformat())
    if form.validate_on_submit():
        came_on = form.came_on.day or now().date()
        try:
            due_on = form.last_day(came_on)
        except ValueError:
            return _list(form)
        noted = Inquiry(kind=form.kind.data, came_on=came_on, due_on=due_on, note=form.note.data)
        with state().database.writing() as session:
            acts.add_inquiry(session, noted, by=current_account().email)
        say_saved()
        return redirect(url_for(".inquiries"), 303)
    return _list(form)


def _list(form: InquiryForm) -> Page:
    before = request.args.get("before", type=row_number)
    with state().database.reading() as session:
        waiting = rules.open_inquiries(session)
        closed, older = rules.closed_inquiries(session, before)
    return form.page("inquiries", waiting=waiting, closed=closed, older=older, **_words())


@bp.route("/inquiries/<int:number>", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def inquiry(number: int) -> Page | str:
    """Show one of them; change its last day and note, or close it."""
    with state().database.reading() as session:
        found = session.get(Inquiry, number) or abort(404)
    match request.form.get("deed") if request.method == "POST" else None:
        case "save":
            return _save(found)
        case "close":
            return _close(found)
        case None if request.method == "POST":
            raise BadRequest
        case None:
            return _show(found)
        case _:
            raise BadRequest


def _save(found: Inquiry) -> Page:
    form = NoteForm()
    try:
        due_on = form.last_day(found.came_on) if form.validate() else None
    except ValueError:
        due_on = None
    if due_on is None:
        return _show(found, form, 422)
    with state().database.writing() as session:
        changed = acts.change_inquiry(session, found.id, due_on=due_on, note=form.note.data or "", by=current_account().email)
    if changed:
        say_saved()
    return redirect(url_for(".inquiry", number=found.id), 303)


def _close(found: Inquiry) -> Page:
    form = OutcomeForm()
    if not form.validate():
        return _show(found, form, 422)
    with state().database.writing() as session:
        by, today = current_account().email, now().date()
        closed = acts.close_inquiry(session, found.id, outcome=form.outcome.data, by=by, today=today)
    if closed:
        say_saved()
    return redirect(url_for(".inquiries"), 303)


def _show(found: Inquiry, sent: OrganizerForm | None = None, status: int = 200) -> Page:
    """Return the page of one, with what was sent in the one of its two forms that it was sent with."""
    note = sent if isinstance(sent, NoteForm) else NoteForm(formdata=None, due_on=found.due_on.isoformat(), note=found.note)
    outcome = sent if isinstance(sent, OutcomeForm) else OutcomeForm(formdata=None)
    errors = sent.mistakes if sent else []
    return render_template(
        "organizers/inquiry.html", inquiry=found, note=note, outcome=outcome, errors=errors, **_words()
    ), status


def _words() -> dict[str, Any]:
    return {"kinds": INQUIRY_KIND_LABELS, "outcomes": INQUIRY_OUTCOME_LABELS, "today": now().date()}
