"""Links from e-mails, broken on the way or too late: numbers 58 to 62 of docs/bad-input.md."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
import time_machine

from campaign.petition.models import Signature, Submission
from tests.people import link_in, rows
from tests.petition.strangers import Stranger, is_plain, stored

HUNG_ON = [".", ",", ">", ")", "=", "]", "}", '"', "'", ";", ":", "!", "?", "»", ">.", ").", '">', "..."]
HUNG_ON += [
    "\u200f",
    "\u200e",
    "\u2069",
    "\u202c",
    "\u200b",
    "\ufeff",
    "\u00a0",
    " ",
    "\n",
    "،",
    "؛",
    "؟",
    "۔",
    "*",
    "_",
    "…",
    "”",
    "`",
    "）",
]
HUNG_ON += ["&", "&amp;x=1", "/", "</a>", "=3D", "\0", "%3E", "»/"]
METHODS = ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "LINK"]


@pytest.fixture
def stranger(somebody):
    """Somebody whose links are broken, once in each language."""
    return Stranger(somebody.client, somebody.language)


@pytest.fixture
def link(stranger, post_office):
    """The link in the letter to somebody who has signed and not confirmed."""
    stranger.send(stranger.fill({}))
    return link_in(post_office.deliver()[-1])


def token_in(link):
    """The token at the end of a link."""
    return link.rpartition("/")[2]


def broken(token):
    """What becomes of a token that is not whole: number, and what stands in the address."""
    other = "b" if token[0] == "a" else "a"
    for place in (0, len(token) // 2, len(token) - 1):
        yield 58, token[:place] + ("b" if token[place] == "a" else "a") + token[place + 1 :]
    yield from (
        (58, part) for part in (token[:-1], token[1:], token[:10], token + other, other + token, token.upper(), token * 2)
    )
    yield from ((58, part) for part in (".", "=", "%00", "%FF", "%20", "x" * 5000, f"{token[:9]}%20{token[9:]}"))
    yield from ((59, part) for part in (f"3{token}", f"{token[:20]}=%0D%0A{token[20:]}"))
    yield 59, "".join(f"%25{ord(letter):02X}" for letter in token)


def first_sentences(answer):
    """The first paragraph of what a page has to say."""
    return re.findall(r"<p[^>]*>([^<]*)</p>", answer.text.partition("<main")[2])[0]


def without_address(answer):
    """A page without its own address, which the link to the other language repeats."""
    return re.sub(r"/confirm/\w+", "/confirm/", answer.text)


def assert_it_helps(answer, language, case):
    """The page says in plain words that the link is not valid, and leads to the form that sends a new one."""
    assert answer.status_code == 404, case
    assert answer.headers["Referrer-Policy"] == "no-referrer", case
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert f'href="/{language}/sign"' in main, case
    assert is_plain(first_sentences(answer), language), case


def test_what_mail_programs_hang_onto_a_link_does_no_harm(app, stranger, link):
    for ending in HUNG_ON:
        address = link + quote(ending)
        assert "<button" in stranger.read(address).text, ending
    for before in ("*", "\u200f", "=3D", "3D", "(", "«", "%20", "x/"):
        assert "<button" in stranger.read(link.replace("/confirm/", f"/confirm/{quote(before)}")).text, before
    assert rows(app, Signature) == []

    assert stranger.press(link + quote(HUNG_ON[0])).status_code == 303
    for ending in HUNG_ON:
        assert stranger.press(link + quote(ending)).status_code == 303, ending
        assert "withdraw" in stranger.read(link + quote(ending)).text, ending
    assert len(rows(app, Signature)) == 1


def test_a_link_that_is_not_whole_confirms_nothing_and_leads_to_the_form(app, stranger, link):
    for number, token in broken(token_in(link)):
        for act in (None, "confirm", "withdraw", "show", "nonsense"):
            address = f"/{stranger.language}/confirm/{token}"
            answer = stranger.press(address, act=act) if act else stranger.read(address)

            case = f"{number}: {token[:60]} {act}"
            if act == "withdraw":
                assert answer.location == f"/{stranger.language}/sign/withdrawn", case
            else:
                assert_it_helps(answer, stranger.language, case)
        assert stored(app) == (1, 1, 0), case


def test_a_link_that_is_not_whole_opens_nobodys_own_page(app, stranger, link):
    stranger.press(link)

    for number, token in broken(token_in(link)):
        address = f"/{stranger.language}/confirm/{token}"
        assert_it_helps(stranger.read(address), stranger.language, f"{number}: {token}")
        for act in ("withdraw", "hide"):
            stranger.press(address, act=act)
    assert [row.shown_as for row in rows(app, Signature)] == ["Layla"]


def test_a_link_whose_time_is_over_offers_to_send_a_new_one(app, stranger, link, post_office):
    unknown = without_address(stranger.read(f"/{stranger.language}/confirm/{'a' * 26}"))
    for away in (timedelta(hours=73), timedelta(days=8), timedelta(days=4000)):
        with time_machine.travel(datetime.now(UTC) + away):
            for answer in (stranger.read(link), stranger.press(link)):
                assert_it_helps(answer, stranger.language, f"60: after {away}")
                assert without_address(answer) == unknown, "it is the same page for everybody"
            assert rows(app, Signature) == []
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=73)):
        assert Stranger(app.test_client(), stranger.language).sign().status_code == 303
        assert stranger.press(link_in(post_office.deliver()[-1])).status_code == 303
    assert len(rows(app, Signature)) == 1


def test_the_link_of_a_signature_that_is_gone_says_that_it_was_withdrawn(app, stranger, link):
    stranger.press(link)
    assert stranger.press(link, act="withdraw").status_code == 303

    for answer in (stranger.read(link), stranger.press(link), stranger.press(link, act="show", shown_as="Layla")):
        assert answer.status_code == 410
        assert {"en": "The signature was withdrawn", "ar": "سُحب التوقيع"}[stranger.language] in answer.text
    assert stranger.press(link, act="withdraw").location == f"/{stranger.language}/sign/withdrawn"
    assert stored(app) == (0, 0, 0)


def test_only_a_post_confirms_or_changes_anything(app, stranger, link):
    before = (1, 1, 0)
    for expected in (before, (0, 0, 1)):
        for query in ("", "?act=confirm", "?act=withdraw", "?act=hide&_method=POST"):
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = stranger.client.open(link + query, method=method)
                assert answer.status_code == 200, method
            for method in METHODS:
                answer = stranger.client.open(link + query, method=method, data={"act": "withdraw"})
                assert answer.status_code == 405, method
                assert "POST" in answer.headers["Allow"], method
                assert answer.headers["Cache-Control"] == "no-store", method
                assert is_plain(first_sentences(answer), stranger.language), method
        assert stored(app) == expected
        stranger.press(link)


def test_a_method_in_a_header_or_a_field_is_not_heard(app, stranger, link):
    stranger.press(link)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        for method in ("POST", "DELETE"):
            asked = stranger.client.get(link, headers={name: method})
            assert asked.status_code == 200, name
            posted = stranger.client.post(link, data={"act": "hide", "_method": method}, headers={name: method})
            assert posted.status_code == 303, name
    assert (len(rows(app, Signature)), rows(app, Submission)) == (1, [])
    assert stranger.client.post("/en/about", headers={"X-HTTP-Method-Override": "GET"}).status_code == 405
