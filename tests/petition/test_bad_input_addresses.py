"""E-mail addresses: numbers 33 to 49 of docs/bad-input.md."""

from urllib.parse import urlencode, urlsplit

import pytest

from campaign.outbox import smtp
from campaign.petition.models import Signature
from tests.people import link_in, rows
from tests.petition.strangers import NOTHING, Page, Stranger, as_shown, stored
from tests.servers import Mailbox

FORMAT = "Enter an e-mail address in the correct format, like name@example.com."
EMPTY = "Enter an e-mail address."
NO_SUCH_LETTERS = "Our mail server cannot send to this address. Please use another."
LONGEST = "a" * 64 + "@" + ".".join(("b" * 63, "c" * 63, "d" * 57, "org"))  # 254 bytes

REFUSED = [
    (33, "a@example.org\r\nBcc: x@y.zz"),
    (33, "a@example.org%0d%0aBcc: x@y.zz"),
    (33, "a\r\nBcc: x@y.zz@example.org"),
    (34, "a@example.org\n b"),
    (34, "a@example.org,\r\n b@example.org"),
    (35, '"a b"@example.org'),
    (35, '"a"@example.org'),
    (36, "a@[127.0.0.1]"),
    (36, "a@[IPv6:::1]"),
    (36, "a@localhost"),
    (36, "a@127.0.0.1"),
    (37, "a" * 65 + "@example.org"),
    (37, "ل" * 33 + "@example.org"),  # 66 bytes
    (38, LONGEST.replace(".org", "d.org")),
    (38, "a@" + "b" * 64 + ".org"),
    (38, "a@" + ".".join(["ل" * 50] * 4) + ".org"),
    (38, "a" * 10_000 + "@example.org"),
    (44, "a\0@example.org"),
    (46, "a@b"),
    (46, "a@b..com"),
    (46, "a@-b.com"),
    (46, ".a@b.com"),
    (46, "a.@b.com"),
    (46, "a"),
    (46, "@"),
    (46, "@b.com"),
    (46, "a@"),
    (46, "a@@b.com"),
    (46, "a b@example.org"),
    (47, "a@b.co,c@d.co"),
    (47, "a@b.co;c@d.co"),
    (47, "a@b.co c@d.co"),
    (47, "a@b.co <c@d.co>"),
    (47, "Layla <a@b.co>, Sami <c@d.co>"),
]

SAME = [
    (39, "A@EXAMPLE.COM", "a@example.com"),
    (40, "user+1@example.org", "user@example.org"),
    (40, "l.a.y.l.a+petition@gmail.com", "Layla@googlemail.com"),
    (42, "a@xn--mgbh0fb.xn--kgbechtv", "a@مثال.إختبار"),
    (44, "\u200bnada@exa\u200bmple.org\u200f", "nada@example.org"),
    (44, "\u202anour١٢٣@example.org\u202c", "nour123@example.org"),
    (45, " sami@example.org \r\n", "sami@example.org"),
    (46, "mailto:rima@example.org?subject=x", "rima@example.org"),
    (47, "Huda <huda@example.org>;", "huda@example.org"),
]


@pytest.fixture
def stranger(somebody):
    """Somebody who sends what nobody types, once in each language."""
    return Stranger(somebody.client, somebody.language)


def test_what_is_no_address_is_refused_with_everything_typed_kept(app, stranger, post_office):
    for is_short in (False, True):
        for number, typed in REFUSED:
            answer = stranger.send(stranger.fill({"name": "Layla  O'Neil", "email": typed}, is_short=is_short))

            page, case = Page(answer, stranger.language), f"{number}: {typed[:40]!a}"
            assert answer.status_code == 422, case
            said = page.complaint("email")
            assert said == FORMAT or stranger.language == "ar", case
            assert page.value("email") == as_shown(typed), case
            assert page.value("name") == "Layla  O'Neil", case
            assert page.value("consent") == stranger.blank()["consent"], case
            assert stored(app) == NOTHING, case
    assert post_office.deliver() == []


def test_no_address_is_asked_for(app, stranger):
    for number, fields in [
        (45, {"email": ""}),
        (45, {"email": " \r\n"}),
        (49, {"email": None, "email[]": "a@example.org"}),
        (49, {"email": None, "email[$ne]": ""}),
        (49, {"email": None, "email.0": "a@example.org"}),
        (49, {"email": None, "Email": "a@example.org"}),
    ]:
        answer = stranger.send(stranger.fill(fields))

        page = Page(answer, stranger.language)
        assert answer.status_code == 422, f"{number}: {fields}"
        assert page.complaint("email") == EMPTY or stranger.language == "ar", f"{number}: {fields}"
        assert page.value("name") == "Layla Haddad", f"{number}: {fields}"
    assert stored(app) == NOTHING


def test_two_spellings_of_one_mailbox_are_one_signature(app, stranger, post_office):
    for place, (number, first, second) in enumerate(SAME, start=1):
        for typed in (first, second):
            assert stranger.send(stranger.fill({"email": typed})).status_code == 303, f"{number}: {typed!a}"
        letters = post_office.deliver()
        assert 1 <= len(letters) <= 2, f"{number}: {first!a}"  # what is the same to the letter is a second click
        for letter in letters:  # the link of another spelling opens nothing
            assert stranger.press(link_in(letter)).status_code in {303, 200}, f"{number}: {first!a}"
        assert len(rows(app, Signature)) == place, f"{number}: {first!a} and {second!a}"


def test_the_longest_address_there_can_be_is_written_to(app, stranger, post_office, mailbox):
    assert len(LONGEST) == 254

    assert stranger.send(stranger.fill({"name": "𐐷" * 100, "shown_as": "𐐷" * 100, "email": LONGEST})).status_code == 303

    stranger.press(link_in(post_office.deliver()[-1]))
    assert mailbox.recipients == [[LONGEST]]
    assert len(rows(app, Signature)) == 1


def test_a_cyrillic_letter_that_looks_latin_is_another_mailbox(app, stranger, post_office):
    for email in ("\u0430@example.com", "a@example.com"):
        stranger.send(stranger.fill({"email": email}))
    for letter in post_office.deliver():
        stranger.press(link_in(letter))

    assert len(rows(app, Signature)) == 2


def test_an_arabic_address_gets_its_letter_where_the_mail_server_takes_it(app, stranger, post_office, mailbox):
    answer = stranger.send(stranger.fill({"email": "علي@مثال.شبكة"}))

    assert answer.status_code == 303
    stranger.press(link_in(post_office.deliver()[-1]))
    assert mailbox.recipients == [["علي@مثال.شبكة"]]
    assert len(rows(app, Signature)) == 1


def test_an_arabic_address_is_refused_honestly_where_the_mail_server_does_not_take_it(app, stranger):
    with Mailbox(enable_SMTPUTF8=False) as plain:
        way_out = smtp.SmtpTransport(urlsplit(plain.url))
        way_out.connect()
        smtp.record_capabilities(app.extensions["campaign"].database, way_out)
        way_out.close()

    answer = stranger.send(stranger.fill({"email": "علي@مثال.شبكة"}))

    page = Page(answer, stranger.language)
    assert answer.status_code == 422
    assert page.complaint("email") == NO_SUCH_LETTERS or stranger.language == "ar"
    assert (page.value("email"), page.value("name")) == ("علي@مثال.شبكة", "Layla Haddad")
    assert stored(app) == NOTHING
    assert stranger.send(stranger.fill({"email": "ali@مثال.شبكة"})).status_code == 303


def test_of_two_addresses_in_one_form_only_the_first_gets_a_letter(app, stranger, post_office, mailbox):
    fields = [*stranger.fill({"email": "first@example.org"}).items(), ("email", "second@example.org")]

    assert stranger.send(urlencode(fields).encode()).status_code == 303

    post_office.deliver()
    assert mailbox.recipients == [["first@example.org"]]
    assert stored(app) == (1, 1, 0)
