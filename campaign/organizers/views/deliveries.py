"""The deliveries: what became of each, and the form that adds to one. What is published there is never changed."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from babel import Locale
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from campaign.content.pages import MACHINE, REVIEWED, TRANSLATED
from campaign.database import now
from campaign.languages import LANGUAGES, current, day, isolate
from campaign.organizers import bp
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.deliveries import NotPossible, add_event, event_row
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.words import has_older_deliveries
from campaign.petition.offices import MEANS_LABELS
from campaign.petition.part import NEW
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.snapshot import current_snapshot, shown_timelines
from campaign.petition.timelines import (
    ABOUT_AN_ANSWER,
    BEGINNINGS,
    ENDS_SILENCE,
    FROM_THE_OFFICE,
    EventKind,
    Timeline,
    read_timelines,
)
from campaign.petition.word_faults import clean_words, word_faults
from campaign.state import state

Page = Response | str | tuple[str, int]
# Characters: the form of an answer, in letters that take nine bytes on the line, is within request_checks.MAX_BODY; the remarks
# in all languages together.
LONGEST_QUOTE, LONGEST_REMARKS, LONGEST_RECEIPT = 2_500, 1_000, 200
STANDINGS = {
    TRANSLATED: lazy_gettext("Translated, not yet reviewed by a native speaker"),
    REVIEWED: lazy_gettext("Translated, and reviewed by a native speaker"),
    MACHINE: lazy_gettext("Translated by a machine, not checked by anyone"),
}
LONGEST_BEFORE = timedelta(days=366)  # a letter may be handed over before its campaign has a site
CHOOSE: dict[str, Any] = {  # by the field in which nothing of its list was chosen
    "office": lazy_gettext("Choose the office."),
    "means": lazy_gettext("Choose how it was handed over."),
    "language": lazy_gettext("Choose the language of these words."),
    "standing": lazy_gettext("Choose the state of the translation."),
}
WITH_QUOTE = (*ENDS_SILENCE, EventKind.TRANSLATED)


class EventForm(OrganizerForm):
    """What happened; a field of words for each language is added by `make_event_form`, and what does not belong is left out."""

    office = SelectField(lazy_gettext("Office"), validate_choice=False)
    about = SelectField(lazy_gettext("The answer this is about"), validate_choice=False)
    day = DayField(lazy_gettext("Day"))
    means = SelectField(lazy_gettext("How it was handed over"), validate_choice=False)
    receipt = StringField(lazy_gettext("Where the receipt is kept (optional)"), [Length(max=LONGEST_RECEIPT)])
    language = SelectField(lazy_gettext("Language of these words"), validate_choice=False)
    quote = TextAreaField(lazy_gettext("The words of the office"), [Length(max=LONGEST_QUOTE)])
    standing = SelectField(lazy_gettext("State of the translation"), validate_choice=False)

    def words(self) -> dict[str, Field]:
        """Return the fields of the campaign's own words by language."""
        return {code: self[f"words_{code}"] for code in LANGUAGES if f"words_{code}" in self}

    def validate_day(self, field: DayField) -> None:
        """Ask for a day; refuse that of a handover whose year was mistyped, as it could not be taken out."""
        if field.day is None:
            raise ValidationError(gettext("Choose the day."))
        if "means" in self and field.day < state().words.first_day - LONGEST_BEFORE:
            raise ValidationError(gettext("This day is more than a year before the campaign began. Check the year."))

    def validate_receipt(self, field: Field) -> None:
        """Clean what was typed."""
        field.data = clean_words(field.data or "", is_markdown=False)
        _check(field.data)

    def validate_quote(self, field: Field) -> None:
        """Clean what was copied; its lines stay."""
        field.data = clean_words(field.data or "", is_markdown=True)
        _check(field.data)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Refuse what is in none of the lists too."""
        is_right = bool(super().validate(extra_validators))
        for field in (one for one in self if isinstance(one, SelectField)):
            is_optional = field.name == "language" and not (self.quote.data or "")
            if not is_optional and (field.data or "") not in {str(choice[0]) for choice in field.iter_choices() if choice[0]}:
                field.errors, is_right = [CHOOSE.get(field.name, gettext("Choose one from the list."))], False
        return is_right

    def value(self, kind: EventKind, office: str) -> dict[str, Any]:
        """Return the values to store, after `validate`, without empty ones."""
        said = {code: field.data for code, field in self.words().items() if field.data}
        found: dict[str, Any] = {"office": office or self.office.data, "kind": kind.value, "day": self.day.day}
        typed = {name: self[name].data for name in ("means", "receipt", "standing", "quote") if name in self}
        typed["language"] = self.language.data if typed.get("quote") else ""
        typed["about"] = int(self.about.data) if "about" in self else 0
        typed["words"], typed["without_testimony"] = said, current_snapshot().is_testimony_withdrawn
        return found | {name: one for name, one in typed.items() if one}


def _check(words: str) -> None:
    for fault in word_faults(words, is_markdown=False):
        raise ValidationError(fault)


def _check_line(_form: EventForm, field: Field) -> None:
    field.data = clean_words(field.data or "", is_markdown=False)
    _check(field.data)


def make_event_form(kind: EventKind, timeline: Timeline | None) -> EventForm:
    """Return the form of what can be said of a kind of event."""
    has_words = kind != EventKind.TRANSLATED
    is_short_enough = Length(max=LONGEST_REMARKS // len(LANGUAGES))
    lines = {f"words_{code}": TextAreaField(validators=[is_short_enough, _check_line]) for code in LANGUAGES}
    form: EventForm = type("OneEventForm", (EventForm,), lines if has_words else {})()
    form.office.choices = [("", ""), *((one.key, one.name(current().code)) for one in state().words.addressees)]
    form.means.choices = [("", ""), *((one.value, label) for one, label in MEANS_LABELS.items())]
    form.standing.choices = [("", ""), *STANDINGS.items()]
    form.language.choices = [("", ""), *(_site_languages() if kind == EventKind.TRANSLATED else _all_languages(timeline))]
    if kind == EventKind.TRANSLATED:
        form.quote.label.text = gettext("The translation")
    answers = timeline.answers() if timeline else []
    form.about.choices = [(str(one.number), _answer_label(one.day, one.quote)) for one in answers]
    kept = {"office": timeline is None, "about": kind in ABOUT_AN_ANSWER, "means": kind == EventKind.HANDED_OVER}
    kept |= {"receipt": kind in (EventKind.HANDED_OVER, EventKind.ACKNOWLEDGED), "standing": kind == EventKind.TRANSLATED}
    kept |= dict.fromkeys(("language", "quote"), kind in WITH_QUOTE)
    for name in (name for name, is_kept in kept.items() if not is_kept):
        delattr(form, name)
    return form


def _site_languages() -> Iterable[tuple[str, str]]:
    return ((one.code, one.name) for one in LANGUAGES.values())


def _all_languages(timeline: Timeline | None) -> Iterable[tuple[str, str]]:
    """Return the languages of the world that have two letters (ISO 639-1) by their names, first those of the office and ours."""
    names = {code: name for code, name in Locale.parse(current().locale).languages.items() if len(code) == 2}
    office = next((one for one in state().words.addressees if timeline and one.key == timeline.office), None)
    first = dict.fromkeys([*(office.details.languages if office else ()), *LANGUAGES])
    others = sorted((code for code in names if code not in first), key=lambda code: names[code])
    return ((code, names.get(code, code)) for code in [*first, *others])


def _answer_label(came_on: date, quote: str) -> str:
    return f"{day(came_on)}: {isolate(quote[:40])}"


@bp.get("/deliveries")
@requires_role(ORGANIZER)
def deliveries() -> Page:
    """Show every delivery, and how far it is."""
    with state().database.reading() as session:
        found = read_timelines(session)
    return render_template("organizers/deliveries.html", found=found, beginnings=BEGINNINGS, has_older=has_older_deliveries())


@bp.get("/deliveries/<delivery>")
@requires_role(ORGANIZER)
def delivery(delivery: str) -> Page:
    """Show one delivery as it is public, and what can be added to it."""
    timeline = find_delivery(delivery)
    if timeline is None:
        abort(404)
    told = (EventKind.HANDED_OVER, *FROM_THE_OFFICE)
    return render_template("organizers/delivery.html", timeline=timeline, told=told)


@bp.route("/deliveries/<delivery>/<what>", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def add_to_delivery(delivery: str, what: str) -> Page:
    """Show what readers would see of an event, and publish it once it was seen as it is."""
    timeline = find_delivery(delivery)
    kind = next((one for one in EventKind if one.value.replace(" ", "-") == what), None)
    if kind is None or (timeline is None and (delivery != NEW or kind not in BEGINNINGS)):
        abort(404)
    form = make_event_form(kind, timeline)
    if not form.validate_on_submit():
        return form.page("add_to_delivery", kind=kind, timeline=timeline)
    value = form.value(kind, timeline.office if timeline else "")
    seen = hashlib.sha256(repr(value).encode()).hexdigest()
    try:
        if request.form.get("seen") != seen:
            return _preview(form, kind, timeline, value, seen)
        with state().database.writing() as session:
            state().database.lock(session, PUBLISH_WORDS_LOCK)
            key = timeline.key if timeline else ""
            added_to = add_event(session, value, timeline=key, by=current_account(), today=now().date())
    except NotPossible as wrong:
        return _refused(form, wrong, kind=kind, timeline=timeline)
    state().snapshots.refresh()
    flash(gettext("It is public now."), "status")
    return redirect(url_for(".delivery", delivery=added_to), 303)


def find_delivery(key: str) -> Timeline | None:
    """Return a delivery as everybody can read it now: what nobody can read is neither shown here nor added to."""
    state().snapshots.refresh()
    return next((one for one in shown_timelines() if one.key == key), None)


def _preview(form: EventForm, kind: EventKind, timeline: Timeline | None, value: Mapping[str, Any], seen: str) -> Page:
    """Show the delivery as it would be public; raise NotPossible."""
    found = {one.key: one for one in shown_timelines()}
    row = event_row(found, value, timeline=timeline.key if timeline else "", by="", today=now().date())
    shown = state().snapshots.shown_with([row], is_withdrawn=current_snapshot().is_testimony_withdrawn)
    preview = next(one for one in shown.timelines if one.key == row.name)
    missing = [LANGUAGES[code].name for code in form.words() if value.get("words") and code not in value["words"]]
    more = {"preview": preview, "missing": missing, "seen": seen}
    return render_template("organizers/add_to_delivery.html", form=form, errors=[], kind=kind, timeline=timeline, **more)


def _refused(form: EventForm, wrong: NotPossible, *, kind: EventKind, timeline: Timeline | None) -> Page:
    name, sentence = wrong.args
    if name == "words":
        name = next(iter(form.words().values())).name
    if name not in form:
        return form.refused("add_to_delivery", sentence, 409, kind=kind, timeline=timeline)
    form[name].errors = [sentence]
    return form.page("add_to_delivery", kind=kind, timeline=timeline)
