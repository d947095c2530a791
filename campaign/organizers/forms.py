"""What an organizer may send. Every form of the desk carries the session's token; access.look refuses a post without it."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from campaign.organizers.auth import passphrases
from campaign.organizers.auth.login import Credentials
from campaign.petition import key_rotation


class OrganizerForm(FlaskForm):
    """A form of the desk."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each field with its first error, in the order of the page, for the summary."""
        return [(field.id, str(field.errors[0])) for field in self if field.errors]


class LoginForm(OrganizerForm):
    """The way in; whatever is wrong with it, the answer is the same."""

    email = StringField(lazy_gettext("E-mail"), [InputRequired(lazy_gettext("Enter the e-mail address of the account."))])
    passphrase = PasswordField(lazy_gettext("Passphrase"), [InputRequired(lazy_gettext("Enter the passphrase."))])
    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Enter a code."))])

    def credentials(self, device: str | None) -> Credentials:
        """What was typed."""
        return Credentials(self.passphrase.data or "", self.code.data or "", device)


class ReauthenticationForm(LoginForm):
    """Passphrase and code once more, of whoever is logged in."""

    email = None  # type: ignore[assignment]  # WTForms' way to leave a field out


class NewPassphraseForm(OrganizerForm):
    """A passphrase to be used from now on."""

    new = PasswordField(lazy_gettext("New passphrase"), [InputRequired(lazy_gettext("Enter a new passphrase."))])
    again = PasswordField(lazy_gettext("The same once more"))

    def __init__(self, email: str, **options: Any) -> None:
        super().__init__(**options)
        self.owner = email

    def validate_new(self, field: Field) -> None:
        """Long and mixed enough."""
        if not passphrases.is_strong_enough(field.data or "", self.owner):
            raise ValidationError(
                gettext("The passphrase needs 15 to 200 characters, at least 6 different ones, and not the e-mail address.")
            )

    def validate_again(self, field: Field) -> None:
        """Typed the same way twice."""
        if field.data != self.new.data:
            raise ValidationError(gettext("The two passphrases are not the same."))


class CodeForm(OrganizerForm):
    """The first code of a new second factor."""

    code = StringField(lazy_gettext("Code"), [InputRequired(lazy_gettext("Enter the code that the app shows."))])


class KeyForm(OrganizerForm):
    """A public key that signatures are to be sealed to."""

    public = StringField(lazy_gettext("Public key"), [InputRequired(lazy_gettext("Enter the public key."))])

    def validate_public(self, field: Field) -> None:
        """A key, whole."""
        try:
            key_rotation.parse_key(field.data or "")
        except key_rotation.InvalidKey:
            raise ValidationError(
                gettext("This is not a public key. It is one line of 48 letters, digits and signs, as the command prints it.")
            ) from None
