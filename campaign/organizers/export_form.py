"""The forms of an export and of a package for an office: in which format, which signatures, and what it is for."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, DataRequired, Length, StopValidation, ValidationError

from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.handover.printed_line import LONGEST_PRINTED, TOO_LONG, line_faults
from campaign.languages import current
from campaign.organizers.actions import SEPARATOR_LABELS
from campaign.organizers.forms import DayField, OrganizerForm
from campaign.petition.offices import Addressee
from campaign.petition.word_faults import clean_words
from campaign.web.form_fields import CountryField, LanguageField

EXPORT_STATES = {"standing": lazy_gettext("All current signatures"), "shown": lazy_gettext("Only those whose names are shown")}
LONGEST_REASON = 200  # characters
SAY_WHY = lazy_gettext("Say what the file is for.")


def refuse_address(_form: BaseForm, field: Field) -> None:
    """Refuse an e-mail address, as the audit keeps the reason."""
    if "@" in field.data:
        raise ValidationError(gettext("Do not write an e-mail address here: the audit keeps this text."))


def reason_field(required: Any) -> Any:
    """Return the field for what a file is for; `required` is the validator that says when it has to be filled in."""
    too_long = lazy_gettext("Use at most 200 characters.")
    return StringField(
        lazy_gettext("What the file is for"),
        [required, Length(max=LONGEST_REASON, message=too_long), refuse_address],
        filters=[lambda typed: " ".join((typed or "").split())],
    )


def require_with_names(form: BaseForm, field: Field) -> None:
    """Refuse to leave it open where names are asked for."""
    if form["names"].data and not field.data:
        raise StopValidation(str(SAY_WHY))


def check_printed(_form: BaseForm, field: Field) -> None:
    """Clean what a package is to print on one line; refuse what nobody sees, what cannot be printed, and an e-mail address."""
    field.data = clean_words(field.data or "", is_markdown=False)
    for fault in line_faults(field.data):
        raise ValidationError(fault)


class PackageForm(OrganizerForm):
    """The form of a package for an office: with names it says what they are for, as every file with names does."""

    printed = (Length(max=LONGEST_PRINTED, message=TOO_LONG), check_printed)
    person = StringField(lazy_gettext("Contact person (optional)"), printed)
    postal = StringField(lazy_gettext("Postal address of the campaign (optional)"), printed)
    arranged = SelectMultipleField(lazy_gettext("What you have arranged yourselves (optional)"), validate_choice=False)
    names = BooleanField()
    why = reason_field(require_with_names)

    def arranged_of(self, demands: Collection[str]) -> str:
        """Return the codes of what was ticked among the demands of the office, with commas between them."""
        return ",".join(one for one in demands if one in (self.arranged.data or ()))


class ExportForm(OrganizerForm):
    """The form of an export. Formats that must be opened are offered only where the private key is."""

    document = StringField(lazy_gettext("Format"))
    state = SelectField(
        lazy_gettext("Signatures"), [AnyOf(EXPORT_STATES, lazy_gettext("Choose which signatures."))], validate_choice=False
    )
    since = DayField(lazy_gettext("From this day on (optional)"))
    until = DayField(lazy_gettext("Until this day (optional)"))
    country = CountryField(lazy_gettext("Country (optional)"))
    signed_in = LanguageField(lazy_gettext("Signed in this language (optional)"))
    handed_to = SelectField(lazy_gettext("To be handed to (optional)"), default="", validate_choice=False)

    separator = SelectField(
        lazy_gettext("Field separator of the plain table"),
        [AnyOf(SEPARATOR_LABELS, lazy_gettext("Choose a field separator."))],
        default="comma",
        validate_choice=False,
    )
    why = reason_field(DataRequired(SAY_WHY))

    def __init__(self, offices: Sequence[Addressee], *, can_open: bool, names_hidden: bool) -> None:
        super().__init__()
        self.offices = {office.key: office for office in offices}
        self.handed_to.choices = [("", ""), *((office.key, office.name(current().code)) for office in offices)]
        self.offered = {
            name: one
            for name, one in FORMATS.items()
            if one.at_desk and (can_open or not one.needs_key) and not (names_hidden and one.only_shown)
        }
        self.state.choices = list(EXPORT_STATES.items())
        self.separator.choices = list(SEPARATOR_LABELS.items())

    def validate_document(self, field: Field) -> None:
        """Refuse a format that is not offered."""
        if field.data not in self.offered:
            raise ValidationError(gettext("Choose one of the formats."))

    def validate_until(self, field: DayField) -> None:
        """Refuse a last day before the first one."""
        if self.since.day and field.day and field.day < self.since.day:
            raise ValidationError(gettext("The last day is before the first one."))

    def validate_handed_to(self, field: Field) -> None:
        """Refuse what is no addressee, and a format that holds more than shown names."""
        if field.data and field.data not in self.offices:
            raise ValidationError(gettext("Choose an addressee from the list."))
        if field.data and self.document.data in self.offered and not self.offered[self.document.data].only_shown:
            raise ValidationError(gettext("Only the book of names can be handed over: choose it as the format."))

    def purpose(self) -> dict[str, Any]:
        """Return what is kept about the file besides which signatures are in it, after `validate`."""
        is_table = self.document.data == "csv" and self.separator.data != "comma"
        return {"why": self.why.data} | ({"separator": self.separator.data} if is_table else {})

    def signature_filter(self) -> SignatureFilter:
        """Return which signatures to export, after `validate`."""
        wanted = SignatureFilter(
            since=self.since.day,
            until=self.until.day,
            country=self.country.data or None,
            language=self.signed_in.data or None,
            shown=self.state.data == "shown",
        )
        return wanted.for_addressee(self.offices[self.handed_to.data]) if self.handed_to.data else wanted
