"""Names: numbers 1 to 34 of docs/bad-input.md that are about them."""

import unicodedata
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from campaign.exports.rows import SignatureFilter, read_pages
from campaign.exports.unsealing import unseal_rows
from campaign.petition import display_names
from campaign.petition.models import NameReview, Signature
from tests.people import link_in, parse, rows
from tests.petition.strangers import NOTHING, Page, Stranger, as_shown, stored

EMPTY = "Enter a name."
UNSEEN = "The name contains characters that cannot be shown. Type it again."
LONG = "The name must be 100 characters or fewer."
LINK = "The name cannot contain a link."
MAIL = "The name cannot contain an e-mail address."
PHONE = "The name cannot contain a phone number."
SIGN = "The name cannot begin with the sign {}."
ANGLES = "The name cannot contain the signs < and >."
LETTERS = "Write the name with letters."

REFUSED = [
    (1, "", EMPTY),
    (2, "a\0b", UNSEEN),
    (3, "a\ufffdb", UNSEEN),  # what is left of a surrogate
    (6, "\u202e", EMPTY),
    (8, "\u200b", EMPTY),
    (8, "\u200b \u2060\u200e", EMPTY),
    (9, "\ufeff", EMPTY),
    (12, "a" + "\u0301" * 50, LETTERS),
    (12, "Sami" + "\u0489" * 50, LETTERS),
    (15, "😀", LETTERS),
    (20, "a" * 101, LONG),
    (20, "👨‍👩‍👧‍👦a" * 51, LONG),
    (20, "क्ष" * 45, LONG),  # 45 graphemes of 9 bytes
    (21, "a" * 10_000, LONG),
    (21, "ل" * 5_000, LONG),
    (24, "   ", EMPTY),
    (24, "\u00a0\u3000", EMPTY),
    (24, "ـــ", EMPTY),
    (24, "\u200c\u200d", EMPTY),
    (24, "\u2800", LETTERS),
    (24, "...", LETTERS),
    (26, "<script>alert(1)</script>", ANGLES),
    (27, '"><img src=x onerror=alert(1)>', ANGLES),
    (31, "=cmd|'/C calc'!A0", SIGN.format("=")),
    (31, "@SUM(1)", SIGN.format("@")),
    (31, "+1", SIGN.format("+")),
    (31, "-1", SIGN.format("-")),
    (31, "\t=1", SIGN.format("=")),
    (31, "＝1", SIGN.format("＝")),
    (31, "\u200b=1", SIGN.format("=")),
    (31, "\u200c =1", SIGN.format("=")),
    (32, "http://example.org", LINK),
    (32, "Sami www.example.org", LINK),
    (32, "t.me/sami", LINK),
    (32, "evil。com", LINK),
    (32, "Sami EVIL.COM", LINK),
    (32, "Evil.Com/x", LINK),
    (32, "evil.c\u200dom", LINK),
    (32, "sami@example.org", MAIL),
    *((32, name, MAIL) for name in ("a@b.com", "s@q.sy", "abu@x.com", "suad＠example．org", "sami @ example . org")),
    *((32, name, PHONE) for name in ("سعاد 0944123456", "سعاد ٠٩٤٤١٢٣٤٥٦", "واتساب 00963944123456", "Sami +963 944 123 456")),
    *((32, name, PHONE) for name in ("(0944) 12-34-56", "０９４４１２３４５６", "①②③④⑤⑥⑦", "0 9 4 4 1 2 3 4")),
    *((32, name, LINK) for name in ("st.me/sami", "dr.de/x", "sami.com")),
    (32, "موقع.شبكة", LINK),
    (33, "a\r\nBcc: x@y.z", UNSEEN),
    (34, "a\n b", UNSEEN),
]

TAKEN = [
    (6, "Sa\u202emi", "Sami"),
    (7, "Sami \u2066Khalil", "Sami Khalil"),
    (25, "\tSami\tKhalil ", "Sami Khalil"),  # from a cell of a table
    (9, "\ufeffSami", "Sami"),
    (10, "علی‌رضا", "علی‌رضا"),
    (10, "نێچیر‌ە", "نێچیر‌ە"),
    (11, "शक्‍ति", "शक्‍ति"),
    (11, "ශ්‍රී", "ශ්‍රී"),
    (13, "محم\u0651\u064eد", "محم\u064e\u0651د"),  # NFC puts fatha before shadda
    (13, "Zoe\u200b\u0308", "Zoë"),
    (14, "محمد ﷺ", "محمد ﷺ"),
    (15, "Sami 😀", "Sami 😀"),
    (17, "Sami\U000e0067\U000e0062\U000e007f", "Sami"),
    (20, "a" * 100, "a" * 100),
    (20, "क्ष" * 44, "क्ष" * 44),
    (20, "𐐷" * 100, "𐐷" * 100),  # 400 bytes
    (25, "  Layla \u00a0  Haddad ", "Layla Haddad"),
    (33, "Layla\r\n", "Layla"),
    *((19, name, name) for name in ("A", "Ng", "Suharto", "O'Neil", "O’Neil", "Jean-Luc", "d'Aş", "J. R. Haddad")),
    *((19, name, name) for name in ("M.De Silva", "J.de Vries", "Dr.De Luca", "S.Dev", "Sammy Davis Jr.")),
    *(
        (19, name, name)
        for name in ("DR.DE LUCA", "Dr.de Luca", "St.Co", "will.i.am", "Ana Ma.Theresa", "Abdul.Rahman", "د.ليلى")
    ),
    *((19, name, name) for name in ("=Khomani Kruiper", "!Xóõ", "ǃNqate", "ǂKhomani", "-ji", "@sami", "ジャン＝ポール", "Ke$ha")),
    *(
        (19, name, name)
        for name in ("3abdelra7man", "Mo7ammed 3li 99", "John 3rd", "X Æ A-12", "Sami 1985", "محمود ٢٠١١", "〇一二三四五六七")
    ),
    *((22, name, name) for name in ("NULL", "None", "undefined", "true", "0", "[object Object]")),
    *((23, name, name) for name in ("İlker Işık", "ılgın", "İ", "ı")),
    *((29, name, name) for name in ("{{7*7}}", "{% raw %}", "%(x)s", "{0}", "%s%n", "${7*7}", "#{7*7}")),
    *((30, name, name) for name in ("' OR 1=1--", "'; DROP TABLE signature;--", '" OR ""="')),
]

SCRIPTS = {
    "Arabic": "ليلى حدّاد",
    "Armenian": "Անահիտ Սարգսյան",
    "Bengali": "রহিমা খাতুন",
    "Cyrillic": "Леся Українка",
    "Devanagari": "सरोजिनी नायडू",
    "Ethiopic": "አበበ ቢቂላ",
    "Georgian": "ნინო ბერიძე",
    "Greek": "Ελένη Παπαδοπούλου",
    "Gujarati": "મીરાં પટેલ",
    "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
    "Han": "王小明",
    "Hangul": "김민수",
    "Hebrew": "רחל לוי",
    "Kana": "たなか サクラ",
    "Kannada": "ಲಕ್ಷ್ಮಿ",
    "Khmer": "សុខា ចាន់",
    "Lao": "ສົມພອນ",
    "Latin": "Zoë Nguyễn-Ångström",
    "Malayalam": "ലക്ഷ്മി",
    "Mongolian": "ᠪᠠᠲᠤ",
    "Myanmar": "အောင်ဆန်းစုကြည်",
    "N’Ko": "ߒߞߏ",
    "Odia": "ମୀନା ଦାସ",
    "Sinhala": "චන්ද්‍රිකා",
    "Syriac": "ܫܡܥܘܢ",
    "Tamil": "லட்சுமி",
    "Telugu": "లక్ష్మి",
    "Thaana": "އަލީ",
    "Thai": "สมชาย ใจดี",
    "Tibetan": "བསྟན་འཛིན",
    "Tifinagh": "ⵎⴰⵙⵉⵏ",
}

NOT_UTF8 = [(3, b"%ed%a0%80"), (4, b"%ff%fe"), (4, b"\xff\xfe"), (5, b"%c0%ae"), (5, b"\xc0\xae"), (4, "ليلى".encode("cp1256"))]


@pytest.fixture
def stranger(somebody):
    """Somebody who sends what nobody types, once in each language."""
    return Stranger(somebody.client, somebody.language)


@pytest.fixture
def link(stranger, post_office):
    """The stranger has signed properly and shows a name; the link to their own page."""
    stranger.send(stranger.fill({}))
    found = link_in(post_office.deliver()[-1]).replace("/en/", f"/{stranger.language}/")
    stranger.press(found)
    return found


def test_a_name_that_cannot_stand_is_refused_with_everything_typed_kept(app, stranger):
    kept = {"email": "Layla@Example.ORG ", "country": "SY", "consent": stranger.blank()["consent"]}
    for number, typed, message in REFUSED:
        for name, other in (("name", "shown_as"), ("shown_as", "name")):
            if name == "shown_as" and message == EMPTY:
                continue  # nothing need be shown
            answer = stranger.send(stranger.fill({**kept, other: "Sami  O'Neil", name: typed}))

            page, case = Page(answer, stranger.language), f"{number}: {typed[:40]!a} as {name}"
            assert answer.status_code == 422, case
            said = page.complaint(name)
            assert said == message or stranger.language == "ar", case
            assert page.value(name) == as_shown(typed), case
            assert {field: page.value(field) for field in (*kept, other)} == {**kept, other: "Sami  O'Neil"}, case
        assert stored(app) == NOTHING, f"{number}: {typed[:40]!a}"


def test_the_short_form_refuses_the_same_names(app, stranger):
    for number, typed, message in REFUSED:
        answer = stranger.send(stranger.fill({"name": typed}, is_short=True))

        page, case = Page(answer, stranger.language), f"{number}: {typed[:40]!a}"
        assert answer.status_code == 422, case
        said = page.complaint("name")
        assert said == message or stranger.language == "ar", case
        assert (page.value("name"), page.value("email")) == (as_shown(typed), "layla@example.org"), case
    assert stored(app) == NOTHING


def test_a_signer_cannot_show_what_cannot_stand_as_a_name(app, stranger, link):
    for number, typed, message in REFUSED:
        if message == EMPTY:
            continue
        answer = stranger.send({"act": "show", "shown_as": typed}, link)

        page, case = Page(answer, stranger.language), f"{number}: {typed[:40]!a}"
        assert answer.status_code == 422, case
        said = page.complaint("shown_as")
        assert said == message or stranger.language == "ar", case
        assert page.value("shown_as") == as_shown(typed), case
        assert rows(app, Signature)[0].shown_as == "Layla", case


def test_every_other_name_is_stored_shown_and_exported_as_it_was_typed(app, stranger, post_office):
    site = app.extensions["campaign"]
    names = [*TAKEN, *((18, name, name) for name in SCRIPTS.values())]
    for place, (number, typed, _) in enumerate(names):
        email = f"signer{place}@gmail.com"  # a small domain's would be held for review
        answer = stranger.send(stranger.fill({"name": typed, "shown_as": typed, "email": email}))

        case = f"{number}: {typed[:40]!a}"
        assert answer.status_code == 303, f"{case}: {Page(answer, stranger.language).complaints}"
    for letter in post_office.deliver():
        assert stranger.press(link_in(letter)).status_code == 303
    with site.database.writing() as session:  # some are odd, and wait
        display_names.accept_names(session, [review.signature_id for review in rows(app, NameReview)])

    expected = [(f"signer{place}@gmail.com", clean, clean) for place, (_, _, clean) in enumerate(names)]
    exported = unseal_rows([site.keys.private], read_pages(site.database, SignatureFilter()))
    assert sorted((row.person.email, row.person.name, row.stored.shown_as) for row in exported) == sorted(expected)
    page = parse(stranger.read_names().text)
    assert sorted(name.text for name in page.iterfind(".//li/bdi")) == sorted(clean for _, clean, _ in expected)


def test_a_signer_shows_every_other_name_on_their_own_page(app, stranger, link):
    for number, typed, clean in [*TAKEN, *((18, name, name) for name in SCRIPTS.values())]:
        answer = stranger.send({"act": "show", "shown_as": typed}, link)

        assert answer.status_code == 303, f"{number}: {typed[:40]!a}"
        held = [review.held for review in rows(app, NameReview)]  # an odd one waits
        assert clean in [rows(app, Signature)[0].shown_as, *held], f"{number}: {typed[:40]!a}"
        assert f"<bdi>{escape(clean)}</bdi>" in stranger.read(link).text, f"{number}: {typed[:40]!a}"


def test_there_are_more_than_twenty_scripts():
    assert len(SCRIPTS) > 20
    assert all(unicodedata.is_normalized("NFC", name) for name in SCRIPTS.values())


def test_bytes_that_are_not_utf_8_are_refused_and_what_was_escaped_is_kept(app, stranger):
    for number, typed in NOT_UTF8:
        for name in ("name", "shown_as", "email", "country", "consent", "news", "unheard-of"):
            rest = stranger.fill({"name": "Layla O'Neil", name: None})
            answer = stranger.send(urlencode(rest).encode() + b"&" + name.encode() + b"=" + typed)

            page, case = Page(answer, stranger.language), f"{number}: {typed!r} as {name}"
            assert answer.status_code == 422, case
            page.complaint()
            assert page.value("name") == "Layla O'Neil" or name == "name" or not typed.isascii(), case
            assert stored(app) == NOTHING, case


def test_bytes_that_are_not_utf_8_change_nothing_on_a_signers_own_page(app, stranger, link):
    before = stored(app)
    for number, typed in NOT_UTF8:
        for name, act in (("shown_as", "show"), ("unheard-of", "hide"), ("language", "language"), ("news", "withdraw")):
            answer = stranger.send(b"act=" + act.encode() + b"&" + name.encode() + b"=" + typed, link)

            assert answer.status_code == 422, f"{number}: {typed!r} as {name}"
    assert stored(app) == before
    assert [(row.shown_as, row.language, row.news) for row in rows(app, Signature)] == [("Layla", stranger.language, False)]


def test_bytes_that_are_not_utf_8_confirm_nothing(app, stranger, post_office):
    stranger.send(stranger.fill({}))
    link = link_in(post_office.deliver()[-1])

    assert stranger.send(b"act=confirm&x=%ff", link).status_code == 422
    assert rows(app, Signature) == []


def test_a_lone_surrogate_in_json_is_no_form(app, stranger):
    answer = stranger.send(b'{"name": "\\ud800", "email": "layla@example.org"}', content_type="application/json")

    assert answer.status_code == 415
    assert stored(app) == NOTHING
