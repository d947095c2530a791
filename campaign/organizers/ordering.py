"""What an organizer may ask for: a document, and which signatures it is to hold."""

import re
from contextlib import suppress
from datetime import date

from flask_babel import gettext, lazy_gettext
from wtforms import Field, SelectField, StringField, ValidationError

from campaign.exports.formats import FORMATS
from campaign.exports.rows import Wanted
from campaign.languages import LANGUAGES, countries, current, digits
from campaign.organizers.forms import DeskForm

STATES = {"standing": lazy_gettext("All that stand"), "shown": lazy_gettext("Only those whose names are shown")}


class ExportForm(DeskForm):
    """The form of an export. Formats that must be opened are offered only where the private key is."""

    document = StringField(lazy_gettext("Format"))
    state = SelectField(lazy_gettext("Signatures"), validate_choice=False)
    since = StringField(lazy_gettext("From this day on (optional)"))
    until = StringField(lazy_gettext("Until this day (optional)"))
    country = SelectField(lazy_gettext("Country (optional)"), validate_choice=False)
    signed_in = SelectField(lazy_gettext("Signed in this language (optional)"), validate_choice=False)

    def __init__(self, *, can_open: bool, names_hidden: bool) -> None:
        super().__init__()
        self.offered = {
            name: one
            for name, one in FORMATS.items()
            if (can_open or not one.needs_key) and not (names_hidden and one.only_shown)
        }
        self.state.choices = list(STATES.items())
        self.country.choices = [("", ""), *countries(current().code)]
        self.signed_in.choices = [("", ""), *((one.code, one.name, {"lang": one.code}) for one in LANGUAGES.values())]

    def validate_document(self, field: Field) -> None:
        """One that is offered."""
        if field.data not in self.offered:
            raise ValidationError(gettext("Choose one of the formats."))

    def validate_state(self, field: Field) -> None:
        """One of the list."""
        if field.data not in STATES:
            raise ValidationError(gettext("Choose which signatures."))

    def validate_since(self, field: Field) -> None:
        """A day, or none."""
        day(field.data)

    def validate_until(self, field: Field) -> None:
        """A day, or none, and not before the first one."""
        until, since = day(field.data), None
        with suppress(ValidationError):  # its own field says what is wrong with it
            since = day(self.since.data)
        if since and until and until < since:
            raise ValidationError(gettext("The last day is before the first one."))

    def validate_country(self, field: Field) -> None:
        """A country of the list, or none."""
        if field.data and field.data not in dict(countries(current().code)):
            raise ValidationError(gettext("Choose a country from the list."))

    def validate_signed_in(self, field: Field) -> None:
        """A language of the site, or none."""
        if field.data and field.data not in LANGUAGES:
            raise ValidationError(gettext("Choose a language from the list."))

    def wanted(self) -> Wanted:
        """Which signatures; after `validate`."""
        return Wanted(
            since=day(self.since.data),
            until=day(self.until.data),
            country=self.country.data or None,
            language=self.signed_in.data or None,
            shown=self.state.data == "shown",
        )


def day(typed: str | None) -> date | None:
    """A day as ISO 8601 writes it, in Latin or Arabic digits, or none; raises ValidationError."""
    plain = digits(typed or "").strip()
    if not plain:
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", plain, re.ASCII):
        with suppress(ValueError):
            return date.fromisoformat(plain)
    raise ValidationError(gettext("Write a day as year, month and day, like 2026-11-22."))
