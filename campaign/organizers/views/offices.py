"""An office: what is known of it besides its name, kept as a draft, and what it asks of a delivery."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from campaign.content.files import source_hash
from campaign.database import now
from campaign.exports.rows import SignatureFilter
from campaign.handover.archive import OFFICE_PACKAGE
from campaign.handover.demands import check_demands, to_arrange
from campaign.handover.offer import fill, offer
from campaign.languages import current
from campaign.organizers import bp, export_jobs
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.export_form import PackageForm
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.organizers.models import ORGANIZER
from campaign.organizers.package_words import seal_words
from campaign.organizers.views.requests import approval_handlers
from campaign.organizers.views.words import readable_drafts
from campaign.petition.channels import CHANNELS
from campaign.petition.drafts import Drafted, put_value
from campaign.petition.offices import LONGEST_ADDRESS, MEANS_LABELS, Details
from campaign.petition.published import TextKind
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.petition.snapshot import shown_texts
from campaign.state import state
from campaign.web.form_fields import CountryField

Page = Response | str | tuple[str, int]
MOST_LANGUAGES = 100  # characters of the field
AHEAD_OF_UTC = timedelta(days=1)  # where somebody's day has begun already


class OfficeForm(OrganizerForm):
    """What is known of an office; all of it may be open."""

    country = CountryField(lazy_gettext("Country (optional)"))
    languages = StringField(lazy_gettext("Languages it reads (optional)"), [Length(max=MOST_LANGUAGES)])
    channel = SelectField(lazy_gettext("Rules by which it accepts petitions (optional)"), validate_choice=False)
    means = SelectField(lazy_gettext("How to reach it (optional)"), validate_choice=False)
    address = TextAreaField(lazy_gettext("Its address (optional)"), [Length(max=LONGEST_ADDRESS)])
    checked_on = DayField(lazy_gettext("Day one of you checked the address (optional)"))
    is_endangering = BooleanField()

    @classmethod
    def of(cls, details: Details, **options: Any) -> "OfficeForm":
        """Return the form with what is known."""
        day = details.checked_on.isoformat() if details.checked_on else ""
        form = cls(**options, data=details.as_value() | {"languages": ", ".join(details.languages), "checked_on": day})
        rules = shown_texts()[current().code].channels.parts
        form.channel.choices = [("", ""), *((key, rules[key].words) for key in CHANNELS)]
        form.means.choices = [("", ""), *((one.value, label) for one, label in MEANS_LABELS.items())]
        return form

    def details(self) -> Details:
        """Return what was typed, after `validate`."""
        return Details(
            country=self.country.data or "",
            languages=self._tags(),
            channel=self.channel.data or "",
            means=self.means.data or "",
            address=self.address.data or "",
            checked_on=self.checked_on.day,
            is_endangering=bool(self.is_endangering.data),
        )

    def theirs(self, saved: Details) -> dict[str, str]:
        """Return in words what somebody else has saved in the fields in which another thing was typed, after `validate`."""
        mine, said = self.details(), saved.as_text()
        channel = {"channel": next((str(choice[1]) for choice in self.channel.iter_choices() if choice[0] == saved.channel), "")}
        names = (one.name for one in fields(Details) if getattr(mine, one.name) != getattr(saved, one.name))
        return {name: (said | channel).get(name, "") for name in names}

    def _tags(self) -> tuple[str, ...]:
        """Return the codes of languages, each once, in the order in which they were typed."""
        return tuple(dict.fromkeys(re.findall(r"[^\s,،;]+", (self.languages.data or "").lower())))

    def validate_languages(self, _field: Field) -> None:
        """Refuse what is no language."""
        _refuse(Details(languages=self._tags()))

    def validate_channel(self, field: Field) -> None:
        """Refuse what has no rules."""
        _refuse(Details(channel=field.data or ""))

    def validate_means(self, field: Field) -> None:
        """Refuse what is no way."""
        _refuse(Details(means=field.data or ""))

    def validate_checked_on(self, field: DayField) -> None:
        """Refuse a future day."""
        if field.day and field.day > (now() + AHEAD_OF_UTC).date():
            raise ValidationError(gettext("This day is in the future. Enter the day the address was checked."))

    def validate_address(self, field: Field) -> None:
        """Refuse what is no address for the way, or has none, or was not checked; the lines of a postal one stay."""
        lines = (field.data or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        field.data = "\n".join(line.strip() for line in lines).strip()
        # Fields are checked in their order: the way is, and of the day it counts that something was typed.
        means = self.means.data if self.means.data in MEANS_LABELS else ""
        day = now().date() if (self.checked_on.data or "").strip() else None
        if means or not self.means.data:
            _refuse(Details(means=means or "", address=field.data, checked_on=day))


def _refuse(details: Details) -> None:
    for fault in details.faults():
        raise ValidationError(fault)


@bp.route("/offices/<key>", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def office(key: str) -> Page:
    """Show what is known of an office and what it asks for; keep what was typed as a draft."""
    with state().database.reading() as session:
        drafted = readable_drafts(session, TextKind.ADDRESSEE)
    there = drafted.value(TextKind.ADDRESSEE, key) or abort(404)
    form, seen = OfficeForm.of(Details.of(there)), _hash(there)
    if not form.validate_on_submit():
        return _office_page(form, key, drafted, seen)
    with state().database.writing() as session:
        state().database.lock(session, PUBLISH_WORDS_LOCK)
        drafted = readable_drafts(session, TextKind.ADDRESSEE)
        there = drafted.value(TextKind.ADDRESSEE, key) or abort(404)
        is_same = _hash(there) == request.form.get("seen")
        if is_same:
            left = {name: there[name] for name in ("names", "within") if name in there}
            value = left | form.details().as_value()
            put_value(session, drafted, (TextKind.ADDRESSEE, key), value, by=str(current_account().id), today=now().date())
    if not is_same:
        return _office_page(form, key, drafted, _hash(there), theirs=form.theirs(Details.of(there)))
    flash(gettext("The draft has been saved. It is not public yet."), "status")
    return redirect(url_for(".piece", piece=TextKind.ADDRESSEE.value), 303)


@bp.get("/offices/<key>/package")
@requires_role(ORGANIZER)
def return_to_office(key: str) -> Page:
    """Lead back to the office from the address of a package that was refused, such as for the other language."""
    return redirect(url_for(".office", key=key), 303)


@bp.post("/offices/<key>/package")
@requires_role(ORGANIZER)
def ask_for_package(key: str) -> Page:
    """Ask for the package for an office; with names it says what for, and waits for a second organizer."""
    public = next((one for one in state().words.addressees if one.key == key), None) or abort(404)
    wanted, package = SignatureFilter(handed_to=key), PackageForm()
    if package.names.data and public.is_endangering:
        abort(400)
    if not package.validate():
        return _refused_package(key, package)
    purpose: dict[str, Any] = {"why": package.why.data} if package.why.data else {}
    if package.names.data:
        wanted = wanted.for_addressee(public)
        purpose["rows"] = OFFICE_PACKAGE.count(state().database, wanted)
    channel = CHANNELS.get(public.details.channel)
    if channel and (arranged := package.arranged_of(to_arrange(channel, offer(fill(public))))):
        purpose["arranged"] = arranged
    purpose |= seal_words(state().keys.desk, package.data)
    facts = {"format": OFFICE_PACKAGE.name, "reader": current().code, **wanted.details(), **purpose}
    handlers = approval_handlers(state().keys)
    with state().database.writing() as session:
        export_jobs.request_export(session, current_account(), facts, handlers)
    return redirect(url_for(".exports"), 303)


def _refused_package(key: str, package: PackageForm) -> Page:
    """Return the page of the office with what is wrong in the form of its package."""
    with state().database.reading() as session:
        drafted = readable_drafts(session, TextKind.ADDRESSEE)
    there = drafted.value(TextKind.ADDRESSEE, key) or abort(404)
    form = OfficeForm.of(Details.of(there), formdata=None)  # what was sent is of the other form
    return _office_page(form, key, drafted, _hash(there), package=package)


def _hash(value: dict[str, object]) -> str:
    """Return a hash of what is known, by which a later change by somebody else is noticed."""
    return source_hash(repr(Details.of(value)))


def _office_page(
    form: OfficeForm,
    key: str,
    drafted: Drafted,
    seen: str,
    *,
    theirs: dict[str, str] | None = None,
    package: PackageForm | None = None,
) -> Page:
    names = drafted.value(TextKind.ADDRESSEE, key)["names"]
    public = next((one for one in state().words.addressees if one.key == key), None)
    channel = CHANNELS.get(public.details.channel) if public else None
    offered = offer(fill(public)) if public and channel else None
    found = check_demands(channel, offered) if channel and offered else {}
    arrangeable = to_arrange(channel, offered) if channel and offered else []
    package = package or PackageForm(formdata=None)
    values = {
        "seen": seen,
        "theirs": theirs,
        "public": public,
        "channel": channel,
        "package": package,
        "arrangeable": arrangeable,
    }
    name = names.get(current().code) or next(iter(names.values()), key)
    demands = {demand.value: is_met for demand, is_met in found.items()}
    page, status = form.page("office", key=key, office_name=name, demands=demands, wrong=package.mistakes, **values)
    return page, status if theirs is None else 409
