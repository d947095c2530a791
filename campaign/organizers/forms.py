"""The forms of the desk. Each carries the session's token; auth/guards.py refuses a POST without it."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, RadioField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, InputRequired, ValidationError

from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.languages import LANGUAGES, current, read_day
from campaign.organizers.actions import REASON_LABELS
from campaign.organizers.auth import factors
from campaign.organizers.auth.login import Credentials
from campaign.organizers.signature_search import SignatureSearch
from campaign.petition import key_rotation
from campaign.petition.offices import Addressee
from campaign.petition.validation import clean_email
from campaign.state import state
from campaign.web.form_fields import CountryField, LanguageField

SEARCH_STATES = {
    "standing": lazy_gettext("All that count"),
    "shown": lazy_gettext("Names shown"),
    "waiting": lazy_gettext("Waiting to be confirmed"),
    "refused": lazy_gettext("Names refused"),
    "removed": lazy_gettext("Removed"),
}
EXPORT_STATES = {"standing": lazy_gettext("All that stand"), "shown": lazy_gettext("Only those whose names are shown")}


class OrganizerForm(FlaskForm):
    """A form of the desk."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Return each field with its first error, in the order of the page, for the summary."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]

    def page(self, template: str, **values: Any) -> tuple[str, int]:
        """Return a page of the desk with this form: 422 where it was sent, for then something in it is wrong."""
        page = render_template(f"organizers/{template}.html", form=self, errors=self.mistakes, **values)
        return page, 422 if self.is_submitted() else 200

    def refused(self, template: str, sentence: str, status: int, **values: Any) -> tuple[str, int]:
        """Return the same page with a sentence above the form, which is right."""
        return render_template(f"organizers/{template}.html", form=self, errors=[("main", sentence)], **values), status


class DayField(StringField):
    """A day as ISO 8601 writes it, in Latin or Arabic digits, or none; `day` has it once it is validated."""

    day: date | None = None

    def pre_validate(self, form: BaseForm) -> None:
        """Read the day; raise ValidationError."""
        try:
            self.day = read_day(self.data) if self.data and self.data.strip() else None
        except ValueError:
            raise ValidationError(gettext("Write a day as year, month and day, like 2026-11-22.")) from None


class LoginForm(OrganizerForm):
    """Address, passphrase and code; whatever is wrong with them, the answer is the same."""

    email = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter the e-mail address of the account."))])
    passphrase = PasswordField(lazy_gettext("Passphrase"), [InputRequired(lazy_gettext("Enter the passphrase."))])
    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Enter a code."))])

    def credentials(self, device: str | None) -> Credentials:
        """Return what was typed."""
        return Credentials(self.passphrase.data or "", self.code.data or "", device, (self.email and self.email.data) or "")


class ReauthenticationForm(LoginForm):
    """Passphrase and code of the account that is logged in."""

    email = None  # type: ignore[assignment]  # WTForms' way to leave a field out


class NewPassphraseForm(OrganizerForm):
    """A passphrase to be used from now on."""

    new = PasswordField(lazy_gettext("New passphrase"), [InputRequired(lazy_gettext("Enter a new passphrase."))])
    again = PasswordField(lazy_gettext("The same once more"))

    def __init__(self, email: str, **options: Any) -> None:
        super().__init__(**options)
        self.owner = email

    def validate_new(self, field: Field) -> None:
        """Refuse what is too short or easily guessed."""
        of_the_site = " ".join([request.host, *map(state().words.title, LANGUAGES)])
        if not factors.is_strong_enough(field.data or "", self.owner, of_the_site):
            raise ValidationError(
                gettext(
                    "This passphrase is too short or easy to guess. Use 15 to 200 characters: four or more words that have"
                    " nothing to do with each other, with your address or with this site."
                )
            )

    def validate_again(self, field: Field) -> None:
        """Refuse another passphrase than the first."""
        if field.data != self.new.data:
            raise ValidationError(gettext("The two passphrases are not the same."))


class CodeForm(OrganizerForm):
    """The first code of a new second factor."""

    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Enter the code that the app shows."))])


class KeyForm(OrganizerForm):
    """A public key that signatures are to be sealed to."""

    public = StringField(lazy_gettext("Public key"), [InputRequired(lazy_gettext("Enter the public key."))])

    def validate_public(self, field: Field) -> None:
        """Take the key out of the line that the command prints; refuse what is not a whole key."""
        field.data = re.sub(r"^\s*public key[\s:]*", "", field.data or "")
        try:
            key_rotation.parse_key(field.data or "")
        except key_rotation.InvalidKey:
            raise ValidationError(
                gettext("This is not a public key. It is one line of 48 letters, digits and signs, as the command prints it.")
            ) from None


class SearchForm(OrganizerForm):
    """A search. The address of the page contains it, so no e-mail address can be typed here."""

    class Meta(FlaskForm.Meta):
        csrf = False

    name = StringField(lazy_gettext("Shown name"))
    state = SelectField(
        lazy_gettext("State"),
        [AnyOf(SEARCH_STATES, lazy_gettext("Choose a state from the list."))],
        validate_choice=False,
        default="standing",
    )
    country = CountryField(lazy_gettext("Country"))
    language = LanguageField(lazy_gettext("Language"))
    since = DayField(lazy_gettext("From this day on"))
    until = DayField(lazy_gettext("Until this day"))

    def __init__(self) -> None:
        super().__init__(formdata=request.args)
        self.state.choices = list(SEARCH_STATES.items())

    def validate_name(self, field: Field) -> None:
        """Refuse an e-mail address: the browser's history keeps what is typed here."""
        if "@" in (field.data or ""):
            field.data = ""
            raise ValidationError(gettext("Type no e-mail address here: there is a page of its own for it."))

    @property
    def asked(self) -> dict[str, Any]:
        """Return what was filled in, as the address of the page has it."""
        return {field.name: field.data for field in self if field.data and field.data != field.default}

    def wanted(self) -> SignatureSearch:
        """Return what to look for, after `validate`."""
        typed: dict[str, Any] = {name: getattr(self, name).data or "" for name in ("state", "name", "country", "language")}
        return SignatureSearch(**typed, since=self.since.day, until=self.until.day)


class AddressForm(OrganizerForm):
    """An e-mail address to look for."""

    email = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter an e-mail address."))])

    def validate_email(self, field: Field) -> None:
        """Refuse what a signer could not have typed."""
        clean_email(field.data or "")


class ReasonForm(OrganizerForm):
    """Why signatures are removed."""

    reason = RadioField(
        lazy_gettext("Reason"),
        [AnyOf(REASON_LABELS, lazy_gettext("Choose a reason. It is published, with the number."))],
        validate_choice=False,
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.reason.choices = list(REASON_LABELS.items())


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
            raise ValidationError(gettext("Only the book of names is handed over: choose it as the format."))

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
