"""What somebody at the desk may look for, and give as the reason of a removal."""

from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from campaign.organizers.audit_labels import REASON_LABELS
from campaign.organizers.export_form import parse_day
from campaign.organizers.forms import OrganizerForm
from campaign.organizers.signature_search import SignatureSearch
from campaign.petition.validation import clean_email
from campaign.web.form_fields import CountryField, LanguageField

SEARCH_STATES = {
    "standing": lazy_gettext("All that count"),
    "shown": lazy_gettext("Names shown"),
    "waiting": lazy_gettext("Waiting to be confirmed"),
    "removed": lazy_gettext("Removed"),
}


class SearchForm(OrganizerForm):
    """What is looked for. It stands in the address of the page, which is why no e-mail address can be typed here."""

    class Meta(FlaskForm.Meta):
        csrf = False

    name = StringField(lazy_gettext("Shown name"))
    state = SelectField(lazy_gettext("State"), validate_choice=False, default="standing")
    country = CountryField(lazy_gettext("Country"))
    language = LanguageField(lazy_gettext("Language"))
    since = StringField(lazy_gettext("From this day on"))
    until = StringField(lazy_gettext("Until this day"))

    def __init__(self) -> None:
        super().__init__(formdata=request.args)
        self.state.choices = list(SEARCH_STATES.items())

    def validate_name(self, field: Field) -> None:
        """Words, and no address: what stands here is stored in the browser's history."""
        if "@" in (field.data or ""):
            field.data = ""
            raise ValidationError(gettext("Type no e-mail address here: there is a page of its own for it."))

    def validate_state(self, field: Field) -> None:
        """One of the list."""
        if field.data not in SEARCH_STATES:
            raise ValidationError(gettext("Choose a state from the list."))

    def validate_since(self, field: Field) -> None:
        """A day, or none."""
        parse_day(field.data)

    def validate_until(self, field: Field) -> None:
        """A day, or none."""
        parse_day(field.data)

    @property
    def asked(self) -> dict[str, Any]:
        """What was filled in, as it stands in the address."""
        return {field.name: field.data for field in self if field.data and field.data != field.default}

    def wanted(self) -> SignatureSearch:
        """What is looked for; after `validate`."""
        typed: dict[str, Any] = {name: getattr(self, name).data or "" for name in ("state", "name", "country", "language")}
        return SignatureSearch(**typed, since=parse_day(self.since.data), until=parse_day(self.until.data))


class AddressForm(OrganizerForm):
    """An e-mail address to look for."""

    email = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter an e-mail address."))])

    def validate_email(self, field: Field) -> None:
        """An address as signers may type it."""
        clean_email(field.data or "")


class ReasonForm(OrganizerForm):
    """Why signatures are removed."""

    reason = RadioField(lazy_gettext("Reason"), validate_choice=False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.reason.choices = list(REASON_LABELS.items())

    def validate_reason(self, field: Field) -> None:
        """One of the four."""
        if field.data not in REASON_LABELS:
            raise ValidationError(gettext("Choose a reason. It is published, with the number."))
