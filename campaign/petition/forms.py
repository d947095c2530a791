"""What a visitor may send: fields, labels, messages, cleaning; no rules."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.validators import ValidationError

from campaign.languages import current, isolate
from campaign.petition.signature_request import SignatureRequest
from campaign.petition.validation import clean_email, clean_name, is_address, suggest_address
from campaign.state import state
from campaign.web.form_fields import CountryField
from campaign.web.request_checks import FORM_TOKEN_LIFETIME


class SignedFormToken(CSRF):
    """WTForms' token field filled with the freshness stamp; see gate.Stamp."""

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        """Add the hidden field."""
        self.stamp = state().form_token
        return list(super().setup_form(form))

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """Return the stamp of this hour."""
        return self.stamp.make()

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        """Refuse a stamp that is too old or not ours."""
        age = self.stamp.age(field.data or "")
        if age is None:
            raise ValidationError(gettext("The form could not be read. Nothing was sent. Send it again."))
        if not 0 <= age < FORM_TOKEN_LIFETIME:
            raise ValidationError(gettext("The form expired. Nothing was sent. Send it again."))


class PublicForm(FlaskForm):
    """A form of a page without a session."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = SignedFormToken

    @property
    def has_no_token(self) -> bool:
        """Return whether the stamp is missing or not ours, so that the form is not from a page of this site."""
        return state().form_token.age(self.csrf_token.data or "") is None


class SignForm(PublicForm):
    """The form under the petition. `consent_hash` is the SHA-256 of the letter and the consent text on the page.

    An address with a slip of the finger in it is asked about once: `asked_about` is what was typed then, and `answer` the
    address on the button that was pressed.
    """

    name = StringField(lazy_gettext("Name"))
    email = StringField(lazy_gettext("E-mail"))
    asked_about = StringField()
    answer = StringField()
    shown_as = StringField(lazy_gettext("Name to show publicly (optional)"))
    country = CountryField(lazy_gettext("Country (optional)"))
    news = StringField(lazy_gettext("Send me campaign news by e-mail (optional)"))
    consent = StringField()
    delete_on = StringField()  # the day of deletion that the page has shown
    nothing = StringField(lazy_gettext("Leave this field empty"))  # a name that programs which fill in forms do not know

    def __init__(self, consent_hash: str, *, is_short: bool = False) -> None:
        super().__init__()
        self.consent_hash = consent_hash
        self.suggestion: str | None = None  # the address that may have been meant, while this is asked
        self.clean = {"shown_as": ""}  # what was typed, cleaned; each word where it was found to be right
        if is_short:
            del self.shown_as, self.country, self.news

    def validate_name(self, field: Field) -> None:
        """Accept a name in any script. The field keeps the input, in case another field is wrong."""
        self.clean["name"] = clean_name(field.data or "")

    def validate_shown_as(self, field: Field) -> None:
        """Check the shown words by the rules of names; they may be empty."""
        self.clean["shown_as"] = clean_name(field.data or "", is_required=False)

    def validate_email(self, field: Field) -> None:
        """Accept a mailbox that can be written to; ask once where the signer may have meant another."""
        typed = field.data or ""
        if typed and self.asked_about.data == typed:
            field.data = self.asked_about.data = self.answer.data or typed
        else:
            self.suggestion = suggest_address(typed)
            self.asked_about.data = typed if self.suggestion else ""
        if self.suggestion:
            raise ValidationError(gettext("Did you mean %(address)s?", address=isolate(self.suggestion)))
        self.address = clean_email(field.data or "")

    def validate_consent(self, field: Field) -> None:
        """Check that the box is ticked, and under the current text."""
        if not field.data:
            raise ValidationError(gettext("Tick the box to agree. We cannot keep your signature without it."))
        if field.data != self.consent_hash:
            field.data = ""
            raise ValidationError(gettext("The text has changed since you opened the page. Read it again and tick the box."))

    def validate_nothing(self, field: Field) -> None:
        """Check that the hidden field is empty; a browser may fill it in, so ask its owner again."""
        if field.data:
            raise ValidationError(
                gettext("A program filled in a field that must stay empty. Nothing was sent. Send the form again.")
            )

    @property
    def shown_deletion_day(self) -> date | None:
        """Return the day of deletion that the page of the form has shown; None for anything else."""
        try:
            return date.fromisoformat(self.delete_on.data or "")
        except ValueError:
            return None

    @property
    def can_be_kept(self) -> bool:
        """Return whether the input is an address, and not only like one."""
        return is_address(self.email.data or "")

    def signature_request(self) -> SignatureRequest:
        """Return the cleaned input, after `validate`."""
        return SignatureRequest(
            name=self.clean["name"],
            email=self.address,
            shown_as=self.clean["shown_as"],
            country=self.country.data or None,
            news=bool(self.news.data),
            language=current().code,
            text_sha256=self.consent_hash,
        )


class LinkForm(PublicForm):
    """The address of somebody who has lost the e-mail with the link."""

    email = StringField(lazy_gettext("E-mail"))

    def validate_email(self, field: Field) -> None:
        """Accept a mailbox that can be written to."""
        self.address = clean_email(field.data or "")


class ReportForm(PublicForm):
    """A shown name, reported by the person whose name it is and who did not sign. The form asks nothing else."""

    shown_as = StringField(lazy_gettext("The name as shown"))

    def validate_shown_as(self, field: Field) -> None:
        """Accept what can be shown."""
        clean_name(field.data or "")

    def words(self) -> str:
        """Return the clean words."""
        return clean_name(self.shown_as.data or "")


class ShownForm(FlaskForm):
    """The words a signer shows among the names. The token in the page's address replaces the stamp."""

    class Meta(FlaskForm.Meta):
        csrf = False

    shown_as = StringField(lazy_gettext("Name to show publicly (optional)"))

    def validate_shown_as(self, field: Field) -> None:
        """Check the words by the rules of names; they may be empty."""
        clean_name(field.data or "", is_required=False)

    def words(self) -> str:
        """Return the clean words."""
        return clean_name(self.shown_as.data or "", is_required=False)


class NameForm(FlaskForm):
    """Another name to be sealed, with the address that it is sealed with: the server cannot read the old record."""

    class Meta(FlaskForm.Meta):
        csrf = False

    name = StringField(lazy_gettext("New name"))
    email = StringField(lazy_gettext("E-mail address you signed with"))

    def validate_name(self, field: Field) -> None:
        """Accept what the form to sign accepts."""
        self.clean_name = clean_name(field.data or "")

    def validate_email(self, field: Field) -> None:
        """Accept an address; whether it is the one that signed is said to nobody."""
        self.address = clean_email(field.data or "")


class NewsForm(FlaskForm):
    """The address once more, to be sealed for news: the server cannot read the one that it has."""

    class Meta(FlaskForm.Meta):
        csrf = False

    news_email = StringField(lazy_gettext("For the campaign news: the e-mail address you signed with"))

    def __init__(self, is_signed_with: Callable[[str], bool] = bool, **options: Any) -> None:
        super().__init__(**options)
        self.is_signed_with = is_signed_with

    def validate_news_email(self, field: Field) -> None:
        """Accept the address that signed and no other, so that nobody has news sent to somebody else."""
        self.address = clean_email(field.data or "")
        if not self.is_signed_with(self.address.text):
            raise ValidationError(gettext("This is not the address you signed with. Nothing was changed."))


def field_errors(form: SignForm | LinkForm | ReportForm | ShownForm | NameForm | NewsForm) -> list[tuple[str, str]]:
    """Return each field with its first error, in the order of the page; errors of fields that are not seen are the form's."""
    return [("main" if field.name in {"csrf_token", "nothing"} else field.id, field.errors[0]) for field in form if field.errors]
