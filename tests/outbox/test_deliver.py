"""Sending: what a letter looks like when it arrives, and what never stands in it."""

import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine

from campaign.database import now
from campaign.petition.models import Submission
from tests.people import hidden_fields, link_in, rows
from tests.servers import Mailbox, on_sqlite

pytestmark = on_sqlite
STRANGER = {
    "name": "Win a PRIZE سامي الغريب",
    "email": "layla@example.org",
    "shown_as": "Call now 900-55",
    "country": "TR",
}
ABOUT = "velora testimony library council roof readers war political فيلورا شهادة مكتبة مجلس سقف قراء حرب سياسي".split()


def test_a_letter_has_one_recipient_and_the_headers_that_mail_needs(somebody, send, mailbox):
    somebody.sign(email="layla@example.org")

    send()

    letter = mailbox.letters[0]
    assert mailbox.recipients == [["layla@example.org"]]
    assert letter.get_all("To") == ["layla@example.org"]
    team = {"en": "The campaign team", "ar": "فريق الحملة"}[somebody.language]
    assert letter.get_all("From") == [f"{team} <campaign@example.org>"]
    assert abs((parsedate_to_datetime(letter["Date"]) - now()).total_seconds()) < 60
    assert re.fullmatch(r"<\S+@example\.org>", letter["Message-ID"])
    assert letter.get_all("Auto-Submitted") == ["auto-generated"]
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content_charset() == "utf-8"
    for header in ("Cc", "Bcc", "Reply-To", "Sender", "X-Mailer", "List-Unsubscribe"):
        assert letter[header] is None


def test_no_letter_has_a_line_that_mail_programs_break(somebody, send, mailbox):
    somebody.sign()

    send()

    assert max(len(line) for line in mailbox.letters[0].as_bytes().splitlines()) <= 78
    assert link_in(mailbox.letters[0]).startswith(f"/{somebody.language}/confirm/")


def test_nothing_that_a_stranger_typed_stands_in_any_letter(app, somebody, send, mailbox):
    somebody.sign(**STRANGER)
    send()
    somebody.press(link_in(mailbox.letters[0]))
    somebody.sign(**STRANGER | {"name": "Again PRIZE"})
    send()

    assert len(mailbox.letters) == 2
    for letter in mailbox.letters:
        del letter["Message-ID"]  # its digits come by chance
        said = str(letter) + letter.get_content()
        for word in ("PRIZE", "سامي", "الغريب", "900", "-55", "Turk", "تركيا"):
            assert word not in said
        links = re.findall(r"\S+://\S+", letter.get_content())
        assert len(links) == 1
        assert links[0].startswith(f"http://localhost:8000/{somebody.language}/confirm/")


def test_no_email_says_what_the_petition_is_about(somebody, send, mailbox):
    somebody.sign(email="waiting@example.org")
    send()
    with time_machine.travel(now() + timedelta(days=1, minutes=1)):
        send()
    somebody.sign()
    send()
    somebody.press(link_in(mailbox.letters[-1]))
    somebody.sign()
    page = f"/{somebody.language}/link"
    somebody.client.post(page, data=hidden_fields(somebody.read(page).text, "/link") | {"email": "layla@example.org"})
    send()

    assert len({letter["Subject"] for letter in mailbox.letters}) == 4  # confirm, remind, already confirmed, the link again
    for letter in mailbox.letters:
        for word in ABOUT:
            assert word not in (letter["Subject"] + letter["From"] + letter.get_content()).lower(), word


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("o'brien@example.org", "o'brien@example.org"),
        ("a!#$%&*+/=?^_`{|}~-z@example.org", "a!#$%&*+/=?^_`{|}~-z@example.org"),
        ("info@bücher.example.org", "info@xn--bcher-kva.example.org"),
        ("info@موقع.وزارة-الاتصالات.مصر", "info@xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c"),
        ("jörg@example.org", "jörg@example.org"),
        ("ليلى@موقع.مصر", "ليلى@موقع.مصر"),
    ],
)
def test_an_address_in_any_script_gets_its_letter(visitor, send, mailbox, typed, written):
    assert visitor.sign(email=typed).status_code == 303

    send()

    assert mailbox.recipients == [[written]]
    assert mailbox.letters[0]["To"] == written


def test_an_international_domain_goes_out_in_ascii_to_a_server_that_knows_no_other(visitor, send, mail_to):
    with Mailbox(enable_SMTPUTF8=False) as old:
        mail_to(old.url)
        visitor.sign(email="info@bücher.example.org")
        send()

        assert old.recipients == [["info@xn--bcher-kva.example.org"]]
        assert old.letters[0].as_bytes().isascii()


def test_once_the_server_has_said_what_it_does_not_take_the_form_says_so(app, somebody, send, mail_to, outbox):
    with Mailbox(enable_SMTPUTF8=False) as old:
        mail_to(old.url)
        somebody.sign(email="plain@example.org")
        send()

        answer = somebody.sign(email="jörg@example.org", name="Jörg")

        assert answer.status_code == 422
        sentence = {"en": "Our mail server cannot send to this address.", "ar": "لا يستطيع خادم البريد لدينا"}
        assert sentence[somebody.language] in answer.text
        assert 'value="jörg@example.org"' in answer.text
        assert somebody.sign(email="a@bücher.example.org").status_code == 303
        assert len(outbox()) == 2
    with Mailbox() as new:
        mail_to(new.url)
        send()  # it was never asked before the first letter went to it
        assert somebody.sign(email="jörg@example.org").status_code == 303


def test_what_the_server_takes_stays_known_after_a_letter_that_it_refused_or_that_nobody_needed(app, visitor, send, choosy):
    visitor.sign(email="jörg@example.org")
    send()
    choosy.to_rcpt = "550 no such mailbox"
    visitor.sign(email="gone@example.org")
    send()

    assert visitor.sign(email="jürgen@example.org").status_code == 303


def test_a_letter_that_nobody_needs_any_more_is_not_sent(app, visitor, send, mailbox, outbox):
    visitor.sign()
    send()
    link = link_in(mailbox.letters[0])
    visitor.sign(name="The same mailbox, another name")
    visitor.press(link)
    visitor.press(link, act="withdraw")

    send()

    assert len(mailbox.letters) == 1
    assert outbox() == []
    assert rows(app, Submission) == []
