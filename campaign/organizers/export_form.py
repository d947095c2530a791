"""What an organizer may ask for: a document, and which signatures it is to hold."""

from contextlib import suppress
from datetime import date

from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField, StringField, ValidationError

from campaign.exports.formats import FORMATS
from campaign.exports.rows import SignatureFilter
from campaign.languages import read_day
from campaign.organizers.forms import OrganizerForm
from campaign.web.form_fields import CountryField, LanguageField

EXPORT_STATES = {"standing": lazy_gettext("All that stand"), "shown": lazy_gettext("Only those whose names are shown")}


class ExportForm(OrganizerForm):
    """The form of an export. Formats that must be opened are offered only where the private key is."""

    document = StringField(lazy_gettext("Format"))
    state = SelectField(lazy_gettext("Signatures"), validate_choice=False)
    since = StringField(lazy_gettext("From this day on (optional)"))
    until = StringField(lazy_gettext("Until this day (optional)"))
    country = CountryField(lazy_gettext("Country (optional)"))
    signed_in = LanguageField(lazy_gettext("Signed in this language (optional)"))

    def __init__(self, *, can_open: bool, names_hidden: bool) -> None:
        super().__init__()
        self.offered = {
            name: one
            for name, one in FORMATS.items()
            if (can_open or not one.needs_key) and not (names_hidden and one.only_shown)
        }
        self.state.choices = list(EXPORT_STATES.items())

    def validate_document(self, field: Field) -> None:
        """One that is offered."""
        if field.data not in self.offered:
            raise ValidationError(gettext("Choose one of the formats."))

    def validate_state(self, field: Field) -> None:
        """One of the list."""
        if field.data not in EXPORT_STATES:
            raise ValidationError(gettext("Choose which signatures."))

    def validate_since(self, field: Field) -> None:
        """A day, or none."""
        parse_day(field.data)

    def validate_until(self, field: Field) -> None:
        """A day, or none, and not before the first one."""
        until, since = parse_day(field.data), None
        with suppress(ValidationError):  # its own field says what is wrong with it
            since = parse_day(self.since.data)
        if since and until and until < since:
            raise ValidationError(gettext("The last day is before the first one."))

    def wanted(self) -> SignatureFilter:
        """Which signatures; after `validate`."""
        return SignatureFilter(
            since=parse_day(self.since.data),
            until=parse_day(self.until.data),
            country=self.country.data or None,
            language=self.signed_in.data or None,
            shown=self.state.data == "shown",
        )


def parse_day(typed: str | None) -> date | None:
    """A day as ISO 8601 writes it, in Latin or Arabic digits, or none; raises ValidationError."""
    if not (typed or "").strip():
        return None
    try:
        return read_day(typed or "")
    except ValueError:
        raise ValidationError(gettext("Write a day as year, month and day, like 2026-11-22.")) from None
