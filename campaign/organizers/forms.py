"""The forms of the desk. Each carries the session's token; auth/guards.py refuses a POST without it."""

import re
from datetime import date
from typing import Any

from flask import render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, RadioField, SelectField, StringField
from wtforms.form import BaseForm
from wtforms.validators import AnyOf, InputRequired, ValidationError

from campaign.languages import LANGUAGES, read_day
from campaign.organizers.actions import REASON_LABELS
from campaign.organizers.auth import factors
from campaign.organizers.auth.login import Credentials
from campaign.organizers.signature_search import SignatureSearch
from campaign.petition import key_rotation
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
        self.data = str(self.day) if self.day else ""  # as a browser's own field of days takes it


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
    again = PasswordField(lazy_gettext("The passphrase again"))

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
            raise ValidationError(gettext("Do not enter an e-mail address here. Use “Find by e-mail address”."))

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
