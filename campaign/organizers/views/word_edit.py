"""The form of one part of the campaign's own words, in every language side by side; what is saved is a draft."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, HiddenField, SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from campaign.database import now
from campaign.languages import LANGUAGES, SOURCE, current, digits, isolate
from campaign.organizers import bp
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.news_draft import draft_of_news
from campaign.organizers.views.words import find_kind, part_labels, readable_drafts
from campaign.petition.drafts import Drafted
from campaign.petition.page_blocks import PAGES
from campaign.petition.part import NEW, Part, Typed
from campaign.petition.published import LETTERS, TextKind
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.snapshot import current_snapshot
from campaign.petition.updates import headline_faults
from campaign.petition.word_faults import clean_words, word_faults
from campaign.petition.word_parts import LETTER_FIELDS, WITH_MORE_PARTS, new_part, parts_of, save_part
from campaign.petition.word_values import LARGEST_GOAL
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | tuple[str, int]
LONGEST_WORDS = 5_000  # characters of all languages together, so that no form is too long to be taken
FAULTS_SHOWN = 3


class PartForm(OrganizerForm):
    """The words of a part; a field for each language is added by `make_form`."""

    seen = HiddenField()
    after = HiddenField()
    day = DayField(lazy_gettext("Day of the delivery"))
    within = SelectField(lazy_gettext("Part of"), validate_choice=False)
    part: Part

    def words(self) -> dict[str, Field]:
        """Return the fields of words by language."""
        return {code: self[_field_name(code)] for code in self.part.words}

    def still(self) -> dict[str, Field]:
        """Return the boxes to tick by language."""
        return {code: self[f"still_{code}"] for code in self.part.words if f"still_{code}" in self}

    def typed(self) -> Typed:
        """Return what was typed, after `validate`."""
        return Typed(
            words={code: field.data or "" for code, field in self.words().items()},
            still_right={code for code, field in self.still().items() if field.data},
            day=self.day.day if "day" in self else None,
            within=self.within.data or "" if "within" in self else "",
            after=self.after.data or "",
            without_testimony=current_snapshot().is_testimony_withdrawn,
        )

    def validate_within(self, field: SelectField) -> None:
        """Refuse what is no office of the list."""
        if field.data and field.data not in {choice[0] for choice in field.iter_choices()}:
            raise ValidationError(gettext("Choose an addressee from the list."))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the words of all languages together too."""
        if not super().validate(extra_validators):
            return False
        words = {code: field.data for code, field in self.words().items()}
        first = self.words().get(SOURCE)
        needs_source = any(words.values()) and self.part.kind != TextKind.UPDATE
        is_empty = not any(words.values()) and not self._may_be_empty()
        if first is not None and not first.data and (needs_source or is_empty):
            first.errors = [_empty_sentence(self.part)]
        if "day" in self and any(words.values()) and self.day.day is None:
            self.day.errors = [gettext("Write a day as year, month and day, like 2026-11-22.")]
        return not self.mistakes

    def _may_be_empty(self) -> bool:
        """Return whether the part can be taken out."""
        is_list = self.part.kind in (*LETTERS, *PAGES, TextKind.DELIVERIES, TextKind.UPDATE)
        return is_list and self.part.key not in (NEW, *LETTER_FIELDS)


def _empty_sentence(part: Part) -> str:
    language = isolate(LANGUAGES[SOURCE].name)
    if part.kind == TextKind.UPDATE:
        sentence = gettext("Write it in at least one language.")
    elif part.kind in (*LETTERS, *PAGES) and part.key not in LETTER_FIELDS:
        sentence = gettext(
            "Write it in this language too: %(language)s. To remove the paragraph, leave every language empty.",
            language=language,
        )
    else:
        sentence = gettext("Write it in this language: %(language)s", language=language)
    return str(sentence)


def _field_name(code: str) -> str:
    return f"words_{code or 'all'}"


def make_form(part: Part, offices: Mapping[str, str]) -> PartForm:
    """Return the form of a part, with what is drafted in it. `offices` are those that a new one can be part of."""
    fields: dict[str, Any] = {}
    for code in part.words:
        fields[_field_name(code)] = TextAreaField(
            lazy_gettext("The words"), [Length(max=LONGEST_WORDS // len(part.words)), _check_words(part)]
        )
        if part.kind in (*LETTERS, *PAGES) and code != SOURCE and part.key != NEW:
            fields[f"still_{code}"] = BooleanField()
    made = type("OnePartForm", (PartForm,), fields)
    form: PartForm = made(data={_field_name(code): words for code, words in part.words.items()} | {"day": part.day})
    form.part = part
    form.within.choices = [("", ""), *offices.items()]
    if part.kind != TextKind.DELIVERIES:
        del form.day
    if part.kind != TextKind.ADDRESSEE or part.key != NEW:
        del form.within
    return form


def _check_words(part: Part) -> Any:
    """Return a validator that cleans the words of a part, and names what is wrong with them."""

    def check(_form: PartForm, field: Field) -> None:
        field.data = clean_words(field.data or "", is_markdown=part.is_markdown)
        if found := list(word_faults(field.data, is_markdown=part.is_markdown)):
            raise ValidationError(" ".join(found[:FAULTS_SHOWN]))
        if part.kind == TextKind.UPDATE and (found := list(headline_faults(field.data))):
            raise ValidationError(" ".join(found))
        if part.kind == TextKind.GOAL and field.data:
            field.data = digits(field.data)
            if not (field.data.isascii() and field.data.isdigit() and 0 < int(field.data) <= LARGEST_GOAL):
                raise ValidationError(gettext("Write the goal as a number, like 5000."))

    return check


@bp.route("/words/<piece>/<part>", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def edit_words(piece: str, part: str) -> Page:
    """Show a part in every language, and keep what was typed as a draft."""
    kind = find_kind(piece)
    if (kind, part, request.method) == (TextKind.DELIVERIES, NEW, "GET"):
        return redirect(url_for(".deliveries"), 303)  # what is new belongs there
    with state().database.reading() as session:
        drafted = readable_drafts(session, kind)
    shown = _find_part(drafted, kind, part)
    if shown is None:
        return _gone_page(kind, drafted, piece)
    form = make_form(shown, _offices(drafted))
    if not form.is_submitted():
        form.seen.data, form.after.data = shown.seen, request.args.get("after") or _before(drafted, shown)
        _begin_news(form)
    if not form.validate_on_submit():
        return _edit_page(form, drafted, piece)
    with state().database.writing() as session:
        state().database.lock(session, PUBLISH_WORDS_LOCK)
        drafted = readable_drafts(session, kind)
        there = _find_part(drafted, kind, part)
        is_same = there is not None and form.seen.data == there.seen
        taken = _taken_name(drafted, form)
        if there and is_same and taken is None and not _is_there(drafted, there, form.typed()):
            save_part(session, drafted, there, form.typed(), by=str(current_account().id), today=now().date())
    if there is None:
        return _gone_page(kind, drafted, piece)
    if not is_same:
        form.seen.data = there.seen
        return _edit_page(form, drafted, piece, theirs=there)
    if taken is not None:
        taken.errors = [gettext("An office of this name is already on the list.")]
        return _edit_page(form, drafted, piece)
    return _saved(piece)


def _begin_news(form: PartForm) -> None:
    """Fill a new update in with what happened to a delivery, where its page leads here."""
    key, number = request.args.get("delivery"), request.args.get("event", type=row_number)
    if key and number and (form.part.kind, form.part.key) == (TextKind.UPDATE, NEW):
        for code, words in draft_of_news(key, number).items():
            form.words()[code].data = words


def _saved(piece: str) -> Page:
    """Say that the draft is saved, on the page of its piece."""
    flash(gettext("The draft has been saved. It is not public yet."), "status")
    return redirect(url_for(".piece", piece=piece), 303)


def _gone_page(kind: TextKind, drafted: Drafted, piece: str) -> Page:
    """Show what was typed for a part that somebody has taken out, or changed where that makes it another one, as a new one."""
    if request.method != "POST" or kind not in WITH_MORE_PARTS:
        abort(404)
    form = make_form(new_part(kind), _offices(drafted))
    if form.validate() and _is_there(drafted, form.part, form.typed()):
        return _saved(piece)
    form.seen.data = form.part.seen
    return _edit_page(form, drafted, piece, is_gone=True)


def _before(drafted: Drafted, part: Part) -> str:
    """Return the key of the paragraph before one, below which it is put again where somebody takes it out meanwhile."""
    keys = [one.key for one in parts_of(drafted, part.kind) if one.is_markdown]
    return keys[keys.index(part.key) - 1] if part.key in keys[1:] else ""


def _find_part(drafted: Drafted, kind: TextKind, key: str) -> Part | None:
    if key == NEW and kind in WITH_MORE_PARTS:
        return new_part(kind)
    return next((one for one in parts_of(drafted, kind) if one.key == key), None)


def _is_there(drafted: Drafted, part: Part, typed: Typed) -> bool:
    """Return whether a new part was kept already: a form that is sent twice."""
    return part.key == NEW and any((one.words, one.day) == (typed.words, typed.day) for one in parts_of(drafted, part.kind))


def _taken_name(drafted: Drafted, form: PartForm) -> Field | None:
    """Return the field with the name of another office: once two are public, neither can be taken out again."""
    part = form.part
    if part.kind != TextKind.ADDRESSEE or _is_there(drafted, part, form.typed()):
        return None
    others = [one for one in parts_of(drafted, part.kind) if one.key != part.key]
    for code, field in form.words().items():
        if field.data and field.data.casefold() in {one.words.get(code, "").casefold() for one in others}:
            return field
    return None


def _offices(drafted: Drafted) -> dict[str, str]:
    return {one.key: one.name(current().code) for one in drafted.words.addressees if not one.within}


def _edit_page(form: PartForm, drafted: Drafted, piece: str, theirs: Part | None = None, *, is_gone: bool = False) -> Page:
    part = form.part
    label = part_labels(part.kind, [one.key for one in parts_of(drafted, part.kind)]).get(part.key, "")
    page, status = form.page("edit_words", piece=piece, part=part, label=label, theirs=theirs, is_gone=is_gone)
    return page, 409 if theirs or is_gone else status
