"""The rate at which news is handed over, with a clock of our own, which addresses bounced, and what one e-mail looks like."""

import pytest

from campaign.content.plain_text import plain_text
from campaign.exports.mass_warning import Recipient
from campaign.exports.news_delivery import Pace
from campaign.exports.news_mailing import Mailing, bounced_rows
from campaign.exports.news_message import write_message
from campaign.exports.sealed_news import NewsRow


def test_a_rate_of_the_mail_server_holds_over_several_runs():
    slept, clock = [], [1000.0]

    def sleep(seconds):
        slept.append(round(seconds, 3))
        clock[0] += seconds

    pace = Pace("smtp://mail.example?rate=2/m", [10.0, 960.0, 990.0], clock=lambda: clock[0], sleep=sleep)
    for _ in range(3):
        pace.wait()
        pace.note()

    assert slept == [21.2, 30.0, 31.2]
    free = Pace("smtp://mail.example", [999.0] * 9, clock=lambda: clock[0], sleep=sleep)
    free.wait()
    assert len(slept) == 3


def test_the_address_that_ends_the_news_is_on_one_line_as_it_is_however_long_the_one_of_the_site_is():
    origin = f"http://{'a' * 56}.onion"
    mailing = Mailing("sample", "2026-12-31", "2026-12-01", origin, {"ar": {"subject": "خبر تجريبي", "body": "لا شيء.\n\n"}})

    written = write_message(mailing, Recipient(1, "", "layla@example.org", "ar"), "b" * 26, "nour@example.org").as_bytes()

    assert f"\r\nList-Unsubscribe: <{origin}/ar/unsubscribe/{'b' * 26}>\r\n".encode() in written
    assert all(len(line) <= 998 for line in written.splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "hadi@example.org|550",
        "550|hadi@example.org|x",
        "hadi@example.org=20",
        "'hadi@example.org'",
        "hadi@example.org، رُفض",
        "a@b..c HADI@example.org.",
    ],
)
def test_an_address_that_bounced_is_found_whatever_is_around_it(line):
    row = NewsRow(1, "hadi@example.org", "en", "token")

    assert bounced_rows([row], line) == [row]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("It says **nothing** and *more*.\nA 2\\* line", "It says nothing and more.\nA 2* line"),
        (
            "Read [the letter](/en/petition) & [more](https://a.example/b_c).",
            "Read the letter & more.\nS/en/petition\nhttps://a.example/b_c",
        ),
        ("<https://a.example> or [a@a.example](mailto:a@a.example), [above](#a)", "https://a.example or a@a.example, above"),
        (
            "## Head\n\n- one\n- [two](/ar)\n  - three\n\n4. four\n5. five",
            "Head\n\n- one\n- two\n  S/ar\n  - three\n\n4. four\n5. five",
        ),
        ("انظر [الرسالة](/ar/petition).\n\n***\n\n> `x` <b>\n", "انظر الرسالة.\nS/ar/petition\n\nx <b>"),
        ("", ""),
    ],
)
def test_an_update_goes_out_as_plain_text_with_each_address_on_a_line_of_its_own(words, text):
    assert plain_text(words, "https://site.example") == text.replace("S/", "https://site.example/")
