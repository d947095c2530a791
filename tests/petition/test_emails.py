"""The letters: what each says, in both languages."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from markupsafe import escape

from campaign.database import now
from campaign.languages import LANGUAGES
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope
from campaign.petition import emails
from tests.people import link_in
from tests.servers import on_sqlite

pytestmark = on_sqlite

DATES = emails.Dates(date(2026, 11, 28), datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
DAYS = {"en": ("28 November 2026", "1 December 2026, 09:30"), "ar": ("28 تشرين الثاني 2026", "1 كانون الأول 2026")}
ENGLISH = """Hello,

On 28 November 2026 someone filled in a form to sign a petition with this e-mail address.
To confirm the signature, open this link and press the button on the page:

http://localhost:8000/en/confirm/TOKEN

You can confirm until 1 December 2026, 09:30 UTC. If you do not, no signature is counted and the data is deleted.
"""
ARABIC = """تحية طيبة،

في 28 تشرين الثاني 2026 أُرسل نموذج لتوقيع عريضة بهذا البريد الإلكتروني.
لتأكيد التوقيع، يُرجى فتح هذا الرابط والضغط على زر التأكيد في الصفحة:

http://localhost:8000/ar/confirm/TOKEN

"""


@pytest.fixture
def written(app):
    """Every letter by its kind and language."""
    with app.app_context():
        found = {}
        for code in LANGUAGES:
            for kind in (emails.ask_to_confirm, emails.remind, emails.already_signed, emails.send_link):
                with emails.speaking(code):
                    found[kind.__name__, code] = kind(Envelope(EmailAddress("layla", "example.org"), code, "TOKEN"), DATES)
            found["trial", code] = emails.trial(EmailAddress("layla", "example.org"), code)
        return found


def test_the_letter_that_asks_says_what_to_do_and_what_happens_without(written):
    assert written["ask_to_confirm", "en"].get_content().startswith(ENGLISH)
    assert written["ask_to_confirm", "ar"].get_content().startswith(ARABIC)
    english = " ".join(written["ask_to_confirm", "en"].get_content().split())
    assert "you can ignore this e-mail" in english
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

    assert len(set(subjects)) == len(subjects) == 10
    assert written["ask_to_confirm", "en"]["Subject"] == "Please confirm the signature"
    assert written["ask_to_confirm", "ar"]["Subject"] == "يُرجى تأكيد التوقيع"


def test_a_letter_is_plain_text_as_it_was_written_without_entities(written):
    for letter in written.values():
        assert letter.get_content_type() == "text/plain"
        assert "&" not in letter.get_content()
        assert "<" not in letter.get_content()


def test_the_reminder_says_that_it_is_the_only_one(written):
    assert "This is the only reminder." in written["remind", "en"].get_content()


def test_every_letter_to_a_signer_says_on_which_day_it_was_asked_for_and_until_when_its_link_is_good(written):
    for (kind, code), letter in written.items():
        if kind != "trial":
            text = letter.get_content()
            asked, until = {
                "en": ("28 November 2026", "1 December 2026, 09:30"),
                "ar": ("28 تشرين الثاني 2026", "1 كانون الأول 2026"),
            }[code]
            assert (text.count(asked), text.count(until)) == (1, 1), kind


def test_letters_come_from_a_named_sender_in_their_language(written, settings):
    for (_, code), letter in written.items():
        assert str(letter["From"]) == {"en": "The campaign team", "ar": "فريق الحملة"}[code] + f" <{settings.mail_from}>"


def test_a_name_in_the_setting_is_kept(settings):
    named = settings.model_copy(update={"mail_from": "Nour <nour@example.org>"})

    assert emails.sender(named) == "Nour <nour@example.org>"


def test_the_page_after_the_form_shows_what_the_letter_shows(somebody, post_office):
    page = somebody.read(somebody.sign().location).text
    [letter] = post_office.deliver()

    assert letter["Subject"] in page
    assert escape(str(letter["From"])) in page
    assert letter.get_content().split("\n")[2].strip() in page


def test_the_reminder_says_until_when_the_link_is_still_good(visitor, post_office):
    visitor.sign()
    [letter] = post_office.deliver()
    with time_machine.travel(now() + timedelta(hours=25)):
        [reminder] = post_office.deliver()

    until = re.search("until (.+? UTC)", letter.get_content())[1]
    assert f"until {until}" in reminder.get_content()
