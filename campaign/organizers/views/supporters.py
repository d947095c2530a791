"""Organisations and known people who support the campaign: entered, shown when two agree, taken down or deleted at once."""

from typing import Any

from flask import Response as FileResponse
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response
from wtforms import Field, RadioField, StringField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from campaign.languages import LANGUAGES, isolate
from campaign.organizers import audit, bp, four_eyes
from campaign.organizers import supporters as acts
from campaign.organizers.actions import SUPPORTER_KIND_LABELS, Action
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.requests import approval_handlers
from campaign.organizers.word_change import ChangedMeanwhile
from campaign.petition import supporters as rules
from campaign.petition.snapshot import shown_supporters
from campaign.petition.supporters import ShownSupporter, Supporter
from campaign.petition.word_faults import clean_words, word_faults
from campaign.state import state

Page = Response | str | tuple[str, int]


class SupporterForm(OrganizerForm):
    """Who supports; `make_supporter_form` adds the others, with those of the name and the description in each language."""

    web: Field
    consent: Field
    kind = RadioField(
        lazy_gettext("Who it is"), [AnyOf(SUPPORTER_KIND_LABELS, lazy_gettext("Choose who it is."))], validate_choice=False
    )

    def names(self) -> dict[str, Field]:
        """Return the fields of the name by language."""
        return {code: self[f"name_{code}"] for code in LANGUAGES}

    def descriptions(self) -> dict[str, Field]:
        """Return the fields of the description by language."""
        return {code: self[f"description_{code}"] for code in LANGUAGES}

    def validate_web(self, field: Field) -> None:
        """Refuse what is no web address, and characters in it that nobody sees."""
        _check_words(field)
        for fault in rules.web_faults(field.data) if field.data else ():
            raise ValidationError(fault)

    def validate_consent(self, field: Field) -> None:
        """Refuse an e-mail address."""
        if "@" in field.data:
            raise ValidationError(gettext("Do not write an e-mail address here: say only where the consent is kept."))
        _check_words(field)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a name in one language at least."""
        is_right = bool(super().validate(extra_validators))
        first = next(iter(self.names().values()))
        if not any(field.data for field in self.names().values()) and not first.errors:
            first.errors, is_right = [gettext("Write the name in at least one language.")], False
        return is_right

    def values(self) -> dict[str, Any]:
        """Return what is stored, after `validate`."""
        return {
            "kind": self.kind.data,
            "names": {code: field.data for code, field in self.names().items() if field.data},
            "descriptions": {code: field.data for code, field in self.descriptions().items() if field.data},
            "web": self.web.data,
            "consent": self.consent.data,
        }


def _check_words(field: Field) -> None:
    for fault in word_faults(field.data, is_markdown=False):
        raise ValidationError(fault)


def _line(label: str, most: int) -> StringField:
    """Return the field of a line that everybody will read."""

    def check(_form: SupporterForm, field: Field) -> None:
        field.data = clean_words(field.data or "", is_markdown=False)
        _check_words(field)

    return StringField(label, [check, Length(max=most)])


def _web_field() -> StringField:
    return StringField(gettext("Web address (optional)"), filters=[lambda typed: (typed or "").strip()])


def _consent_field() -> StringField:
    """Return the field for where the consent is kept, without which nobody is named."""
    needed = DataRequired(gettext("Say where the written consent is kept. Without it nobody is named."))
    short = Length(max=rules.LONGEST_CONSENT, message=gettext("Use at most 200 characters."))
    clean = [lambda typed: clean_words(typed or "", is_markdown=False)]
    return StringField(gettext("Where the written consent is kept"), [needed, short], filters=clean)


def make_supporter_form(there: Supporter | None, **options: Any) -> SupporterForm:
    """Return the form, with what was entered of `there`."""
    fields = {}
    for code, language in LANGUAGES.items():
        label = gettext("Name in this language: %(language)s", language=isolate(language.name))
        fields[f"name_{code}"] = _line(label, rules.LONGEST_NAME)
    for code, language in LANGUAGES.items():
        label = gettext("A few words about it (optional): %(language)s", language=isolate(language.name))
        fields[f"description_{code}"] = _line(label, rules.LONGEST_DESCRIPTION)
    fields |= {"web": _web_field(), "consent": _consent_field()}
    data: dict[str, Any] = {}
    if there:
        data = {"kind": there.kind, "web": there.web, "consent": there.consent}
        data |= {f"name_{code}": words for code, words in there.names.items()}
        data |= {f"description_{code}": words for code, words in there.descriptions.items()}
    form: SupporterForm = type("OneSupporterForm", (SupporterForm,), fields)(data=data, **options)
    form.kind.choices = list(SUPPORTER_KIND_LABELS.items())
    return form


@bp.get("/supporters")
@requires_role(ORGANIZER, reauthenticate=True)
def supporters() -> Page:
    """Show everybody who was entered, and whether everybody reads it."""
    with state().database.reading() as session:
        found = rules.read_supporters(session)
        waiting = {one.id for one in found if acts.find_showing_request(session, one.id, one.digest(state().keys.desk))}
    values = {"waiting": waiting, "read_by_all": _read_by_all(), "kinds": SUPPORTER_KIND_LABELS}
    return render_template("organizers/supporters.html", found=found, **values)


@bp.get("/supporters/supporters.csv")
@requires_role(ORGANIZER)
def return_to_supporters() -> Page:
    """Lead back to the list after the login that the table asks for, which is a POST and cannot be repeated."""
    return redirect(url_for(".supporters"), 303)


@bp.post("/supporters/supporters.csv")
@requires_role(ORGANIZER, reauthenticate=True)
def supporters_file() -> Response:
    """Send all that was entered as a table (RFC 4180), and note in the audit who took it."""
    with state().database.writing() as session:
        found = rules.read_supporters(session)
        audit.record(session, current_account().email, Action.SUPPORTERS_TAKEN)
    headers = {"Content-Disposition": "attachment; filename=supporters.csv"}
    return FileResponse("\ufeff" + acts.as_csv(found), headers=headers, content_type="text/csv; charset=utf-8")


@bp.route("/supporters/new", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def new_supporter() -> Page:
    """Enter somebody, who is not shown yet."""
    form = make_supporter_form(None)
    if not form.validate_on_submit():
        return form.page("supporter", there=None, is_waiting=False)
    try:
        with state().database.writing() as session:
            number = acts.enter(session, form.values(), by=current_account()).id
    except acts.AllDeleted:
        sentence = gettext("Everything was deleted on the promised day, so nobody can be entered any more.")
        return form.refused("supporter", sentence, 409, there=None, is_waiting=False)
    flash(gettext("It has been saved. It is not public yet."), "status")
    return redirect(url_for(".supporter", number=number), 303)


@bp.route("/supporters/<int:number>", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def supporter(number: int) -> Page:
    """Show one; change it while it is not shown, ask for it to be shown, take it down, or delete it."""
    deed = request.form.get("deed", "save") if request.method == "POST" else ""
    if deed in ("", "save"):
        return _save(number) if deed else _page(make_supporter_form(_find(number), formdata=None), number)
    try:
        said = _do(deed, number)
    except ChangedMeanwhile:
        return _page(make_supporter_form(_find(number), formdata=None), number, _changed_sentence(), status=409)
    state().snapshots.refresh()
    flash(said, "status")
    return redirect(url_for(".supporters"), 303)


def _do(deed: str, number: int) -> str:
    """Do what a button says, and return the sentence about it; raise ChangedMeanwhile."""
    with state().database.writing() as session:
        match deed:
            case "show":
                seen, handlers = request.form.get("seen", ""), approval_handlers(state().keys)
                asked = acts.request_showing(session, number, seen=seen, by=current_account(), handlers=handlers)
                return str(gettext("It is public now.") if asked.is_done else gettext("Waiting for a second organizer."))
            case "hide":
                acts.hide(session, number, by=current_account())
                return str(gettext("It is no longer public."))
            case "delete":
                acts.delete(session, number, by=current_account())
                return str(gettext("The entry has been deleted."))
    raise BadRequest


def _save(number: int) -> Page:
    form = make_supporter_form(_find(number))
    if not form.validate():
        return _page(form, number, status=422)
    try:
        with state().database.writing() as session:
            acts.change_supporter(session, number, form.values(), seen=request.form.get("seen", ""), by=current_account())
    except ChangedMeanwhile:
        return _page(form, number, _changed_sentence(), status=409)
    flash(gettext("It has been saved. It is not public yet."), "status")
    return redirect(url_for(".supporter", number=number), 303)


def _changed_sentence() -> str:
    return str(gettext("Someone has changed this since you opened it, so nothing was done. Look at it again."))


def _find(number: int) -> Supporter:
    with state().database.reading() as session:
        return session.get(Supporter, number) or abort(404)


def _page(form: SupporterForm, number: int, *refused: str, status: int = 200) -> Page:
    """Return the page of one; `refused` is a sentence that says why nothing was done."""
    there = _find(number)
    with state().database.reading() as session:
        seen = there.digest(state().keys.desk)
        is_waiting = acts.find_showing_request(session, number, seen) is not None
        needs_second = four_eyes.is_enabled(session)
    errors = [*(("main", one) for one in refused), *form.mistakes]
    values = {"there": there, "seen": seen, "is_waiting": is_waiting, "needs_second": needs_second}
    values |= {"public": _read_by_all().get(number), "kinds": SUPPORTER_KIND_LABELS}
    return render_template("organizers/supporter.html", form=form, errors=errors, **values), status


def _read_by_all() -> dict[int, ShownSupporter]:
    """Return the supporters that readers see now, by number, without those that say the author's name while it is hidden."""
    state().snapshots.refresh()  # two may have agreed within the last second
    return {one.id: one for one in shown_supporters()}
