"""Form fields that several forms have: a country and a language, each chosen from its list or left empty."""

from typing import Any

from flask_babel import gettext
from wtforms import SelectField
from wtforms.validators import ValidationError

from campaign.languages import LANGUAGES, countries, current


class CountryField(SelectField):
    """A country by its ISO 3166 code, or none."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, default="", **options)
        self.choices = [("", ""), *countries(current().code)]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list."""
        if self.data and self.data not in dict(countries(current().code)):
            raise ValidationError(gettext("Choose a country from the list."))


class LanguageField(SelectField):
    """A language of the site by its code, or none."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, default="", **options)
        self.choices = [("", ""), *((one.code, one.name, {"lang": one.code}) for one in LANGUAGES.values())]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list."""
        if self.data and self.data not in LANGUAGES:
            raise ValidationError(gettext("Choose a language from the list."))
