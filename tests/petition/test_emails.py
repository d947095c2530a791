"""The letters: what each says, in both languages."""

import pytest

from campaign.languages import LANGUAGES
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope
from campaign.petition import emails
from tests.people import link_in
from tests.servers import on_sqlite

pytestmark = on_sqlite

ENGLISH = """Hello,

We received a request to sign the petition with this e-mail address.
The signature is not counted until this link is opened and the button on the page is pressed:

http://localhost:8000/en/confirm/TOKEN

The link is valid for 3 days.
"""
ARABIC = """تحية طيبة،

تلقّينا طلبًا لتوقيع العريضة بهذا البريد الإلكتروني.
لا يُحتسب التوقيع قبل فتح هذا الرابط والضغط على زر التأكيد في الصفحة:

http://localhost:8000/ar/confirm/TOKEN

الرابط صالح لمدة 3 أيام.
"""


@pytest.fixture
def written(app):
    """Every letter by its kind and language."""
    with app.app_context():
        found = {}
        for code in LANGUAGES:
            for kind in (emails.ask_to_confirm, emails.remind, emails.already_signed):
                with emails.speaking(code):
                    found[kind.__name__, code] = kind(Envelope(EmailAddress("layla", "example.org"), code, "TOKEN"))
            found["trial", code] = emails.trial(EmailAddress("layla", "example.org"), code)
        return found


def test_the_letter_that_asks_says_what_to_do_and_what_happens_without(written):
    assert written["ask_to_confirm", "en"].get_content().startswith(ENGLISH)
    assert written["ask_to_confirm", "ar"].get_content().startswith(ARABIC)
    english = " ".join(written["ask_to_confirm", "en"].get_content().split())
    assert "no signature will be counted, and the request’s data will be deleted automatically" in english
    assert english.endswith("The campaign team")
    assert written["ask_to_confirm", "ar"].get_content().rstrip().endswith("فريق الحملة")


def test_every_letter_greets_signs_and_holds_one_link_on_a_line_of_its_own(written):
    for (kind, code), letter in written.items():
        text = letter.get_content()
        assert text.startswith({"en": "Hello,\n\n", "ar": "تحية طيبة،\n\n"}[code]), kind
        assert "\n\n\n" not in text, kind
        assert "%(" not in text, kind
        if kind != "trial":
            assert link_in(letter) == f"/{code}/confirm/TOKEN"


def test_subjects_are_neutral_and_none_is_like_another(written):
    subjects = [letter["Subject"] for letter in written.values()]

    assert len(set(subjects)) == len(subjects) == 8
    assert written["ask_to_confirm", "en"]["Subject"] == "Please confirm the signature"
    assert written["ask_to_confirm", "ar"]["Subject"] == "يُرجى تأكيد التوقيع"


def test_a_letter_is_plain_text_as_it_was_written_without_entities(written):
    for letter in written.values():
        assert letter.get_content_type() == "text/plain"
        assert "&" not in letter.get_content()
        assert "<" not in letter.get_content()


def test_the_reminder_says_that_it_is_the_only_one(written):
    assert "This is the only reminder." in written["remind", "en"].get_content()
