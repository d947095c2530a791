"""What phones, chats and clipboards add to an address is taken off, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from campaign.outbox.address import LONGEST_TYPED, NotAnAddress, mend_address, parse_address

MENDED = {
    "nour@example.com": "nour@example.com",
    "\u200bnour@example.com\u200f": "nour@example.com",
    "\u202anour@example.com\u202c": "nour@example.com",
    "\u2068nour@example.com\u2069": "nour@example.com",
    "\ufeffnour@exa\u00admple.com": "nour@example.com",
    "\u00a0nour\u00a0@example.com\u202f": "nour@example.com",
    "no\u200cur@example.com": "nour@example.com",
    "\u061cnour@example.com": "nour@example.com",
    "nourـــ@example.com": "nour@example.com",
    "\tnour@example.com\r\n": "nour@example.com",
    "nour١٢٣@example.com": "nour123@example.com",
    "nour۱۲@example.com": "nour12@example.com",
    "nour１@example٢.com": "nour1@example2.com",
    "علي١٢@مثال.شبكة": "علي12@مثال.شبكة",
    "nour@موقع١.شبكة": "nour@موقع١.شبكة",
    "ｎｏｕｒ＠ｅｘａｍｐｌｅ．ｃｏｍ": "nour@example.com",
    "nour﹫example﹒com": "nour@example.com",
    "nour@example。com": "nour@example.com",
    "nour@example｡com": "nour@example.com",
    "nour@example۔com": "nour@example.com",
    "nour@example.com،": "nour@example.com",
    "nour@example.com؛": "nour@example.com",
    "nour@example.com؟": "nour@example.com",
    "nour@example.com.": "nour@example.com",
    "nour@example.com,;": "nour@example.com",
    "mailto:nour@example.com": "nour@example.com",
    "MAILTO: nour%2Bidlib@example.com?subject=A&body=B": "nour+idlib@example.com",
    "mailto:%D9%86%D9%88%D8%B1@example.com": "نور@example.com",
    "<nour@example.com>": "nour@example.com",
    "<mailto:nour@example.com>": "nour@example.com",
    "Nour Ali <nour@example.com>": "nour@example.com",
    '"Ali, Nour" <nour@example.com>,': "nour@example.com",
    "نور علي <nour@example.com>": "nour@example.com",
    "nour@example.com <nour@example.com>": "nour@example.com",
    "'nour@example.com' <nour@example.com>": "nour@example.com",
    "«nour@example.com»": "nour@example.com",
    "“nour@example.com”": "nour@example.com",
    "'nour@example.com'": "nour@example.com",
    "`nour@example.com`": "nour@example.com",
    "(nour@example.com)": "nour@example.com",
    "[nour@example.com].": "nour@example.com",
    "Layla.O'Neil+a_b-c@ex-ample.com": "Layla.O'Neil+a_b-c@ex-ample.com",
    "{}|nour@example.com": "}|nour@example.com",
}
REFUSED = [
    "a b@example.org",
    "a@b.co,c@d.co",
    "a@b.co <c@d.co>",
    "A <a@b.co>, B <c@d.co>",
    '"a b"@example.org',
    "(c)victim@example.org",
    "victim(c)@example.org",
    "a@[127.0.0.1]",
    ".a@example.org",
    "mailto:%ff@example.org",
    "mailto:a@example.org%0ABcc:b@example.org",
    "a\r\n@example.org",
    "=?utf-8?q?a?=@example.org",
    "",
    "@",
]
ADDED = some.text("\u200b\u200f\u202a\u2069\ufeff\u00a0ـ \t<>()[]«»“”'\"`,;:،؛.؟", max_size=6)
PIECES = some.lists(
    some.sampled_from(
        [
            *"a@.١۱１＠。،<>\"' \u200f\u200c\u0640ب",
            "mailto:",
            "%40",
            "%25",
            "%",
            "?x",
            "nour@example.com",
            "\u0301",
            "e",
            "ـ",
        ]
    ),
    max_size=14,
).map("".join)


@pytest.mark.parametrize(("typed", "meant"), MENDED.items(), ids=ascii)
def test_what_was_added_to_an_address_is_taken_off(typed, meant):
    assert mend_address(typed) == meant
    assert parse_address(mend_address(typed)).text == meant


@pytest.mark.parametrize("typed", REFUSED, ids=ascii)
def test_what_could_be_meant_in_two_ways_is_not_made_into_an_address(typed):
    with pytest.raises(NotAnAddress):
        parse_address(mend_address(typed))


@given(some.one_of(PIECES, some.text(max_size=40)))
@settings(max_examples=300, deadline=None, database=None)
def test_an_address_mended_twice_is_the_same_as_mended_once(typed):
    assert mend_address(mend_address(typed)) == mend_address(typed)


@given(ADDED, ADDED)
@settings(max_examples=100, deadline=None, database=None)
def test_no_mark_around_an_address_makes_another_of_it(before, after):
    try:
        found = parse_address(mend_address(f"{before}nour@example.com{after}")).text
    except NotAnAddress:
        return
    assert found == "nour@example.com"


def test_a_text_that_is_too_long_for_an_address_is_left_alone():
    assert mend_address("<" * (LONGEST_TYPED + 1)) == "<" * (LONGEST_TYPED + 1)
