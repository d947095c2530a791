"""What a reader of Arabic sees and hears is Arabic: every page, every error, every letter, but for one reviewed list of words.

Nor is a word among it that is dangerous on a phone that is looked at.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import unquote

import pytest
from flask import Flask, url_for
from werkzeug.exceptions import Forbidden, TooManyRequests

from campaign.config import TEMPLATES
from campaign.database import DatabaseBusy, now
from campaign.languages import RIGHT_TO_LEFT, speaking
from campaign.outbox.address import EmailAddress
from campaign.outbox.queue import Envelope
from campaign.petition import emails, samples, signing
from campaign.petition.news_email import write_news
from campaign.petition.updates import Update
from campaign.web.rate_limits import RateLimiter, TooManyWaiting
from tests.house.test_dangerous_words import dangers
from tests.own_texts import OWN_TEXTS, own_texts
from tests.people import SAMPLE_UPDATE, PostOffice, Visitor, announce, link_in, parse, publish

pytestmark = own_texts
REVIEWED = Path(__file__).with_name("latin_words.txt")
FORM = "application/x-www-form-urlencoded"
SPOKEN = ("title", "alt", "aria-label", "placeholder")
IN_HEAD = {"description", "og:title", "og:description", "og:site_name", "og:image:alt", "twitter:title", "twitter:description"}
ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|\u2068[^\u2069]*\u2069")
LATIN = re.compile(r"[A-Za-z]{2,}")
MARK = re.compile(r"[;?\"\u200e\u200f\u061c]|,(?!\d)|ـ|[٠-٩]")

MISTAKES = (
    {"name": "", "email": "", "consent": ""},
    {"name": "!!", "email": "a@b"},
    {"name": "ن" * 101},
    {"name": "www.example.org"},
    {"name": "=1"},
    {"name": "<b>"},
    {"name": "a\x00b"},
    {"shown_as": "=1", "country": "XX"},
    {"consent": "0" * 64},  # of an older text
    {"name": "", "email": "sami@gmial.com"},
    {"csrf_token": "1"},
)


@pytest.fixture
def database_url() -> str:
    """Words do not depend on the database."""
    return ""


def shown(node: Any) -> Iterator[str]:
    """What stands in a page in its own language: text and spoken attributes, without what people or other languages say."""
    if not isinstance(node.tag, str) or node.tag in {"bdi", "code", "style", "script"} or node.get("dir") == "auto":
        return
    if node.get("lang", "ar") != "ar":
        return
    yield from (node.get(name) for name in SPOKEN if node.get(name))
    if node.get("name", node.get("property")) in IN_HEAD:
        yield node.get("content")
    yield node.text or ""
    for child in node:
        yield from shown(child)
        yield child.tail or ""


@cache
def reviewed() -> frozenset[str]:
    """The reviewed list: the first word of each line."""
    lines = REVIEWED.read_text("utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines if line and not line.startswith("#"))


def strange(text: str) -> set[str]:
    """The words and marks in a text that are not Arabic and not on the list."""
    plain = ADDRESS.sub(" ", text)
    return set(LATIN.findall(plain)) - reviewed() | set(MARK.findall(plain))


def assert_arabic(answer: Any, status: int = 200) -> None:
    """The answer is a page in Arabic throughout, without a dangerous word of ours."""
    assert answer.status_code == status
    if answer.mimetype in {"application/pdf", "image/png", "application/zip"}:
        return  # what is printed is read in tests/prints, and the pages in a copy are those that are read here
    if answer.mimetype == "application/atom+xml":
        return  # it has the words of the pages, in tests/public
    if answer.mimetype == "text/plain":
        assert strange(answer.text.replace(RIGHT_TO_LEFT, "")) == set()
        return
    page = parse(answer.text)
    assert page.get("lang") == "ar"
    assert page.get("dir") == "rtl"
    found = {text.strip(): words for text in shown(page) if (words := strange(text))}
    assert found == {}
    assert [(text, fault) for text in shown(page) for fault in dangers(text)] == []


def addresses(app: Flask, token: str) -> list[str]:
    """Every address in Arabic that answers GET; the desk's are in tests/organizers/."""
    values: dict[str, Any] = {"lang": "ar", "other": "en", "token": token, "number": 1, "slug": SAMPLE_UPDATE}
    announce(app)
    rules = [rule for rule in app.url_map.iter_rules() if "lang" in rule.arguments and "GET" in (rule.methods or ())]
    rules = [rule for rule in rules if not rule.endpoint.startswith("organizers.")]
    with app.test_request_context("/ar/"):
        return [url_for(rule.endpoint, **{name: values[name] for name in rule.arguments}) for rule in rules]


@pytest.fixture
def link(reader: Visitor, post_office: PostOffice) -> str:
    """Somebody signed in Arabic and shows a name; the link in the letter."""
    reader.sign(name="ليلى حداد", email="layla@example.org", shown_as="ليلى", country="SY")
    return link_in(post_office.deliver()[-1])


def test_every_page_is_in_arabic(app, reader):
    for address in addresses(app, token="unknown"):
        assert_arabic(reader.read(address), 404 if "confirm/unknown" in address else 200)


def test_pages_with_a_count_and_names_are_in_arabic(app, reader, link):
    reader.press(link)
    publish(app)

    for address in addresses(app, token=link.rpartition("/")[2]):
        assert_arabic(reader.read(address))


def test_pages_of_a_closed_sample_are_in_arabic(app, reader):
    site = app.extensions["campaign"]
    samples.add_samples(site.database, site.keys, 250, lambda _: None)
    with site.database.writing() as session:
        signing.close(session, now().date())
    publish(app)

    for address in addresses(app, token="unknown"):
        assert_arabic(reader.read(address), 404 if "confirm/unknown" in address else 200)


def test_what_is_wrong_with_the_form_is_said_in_arabic(reader):
    for typed in MISTAKES:
        assert_arabic(reader.sign(**typed), 400 if "csrf_token" in typed else 422)


def test_what_is_wrong_with_a_request_is_said_in_arabic(reader):
    post = reader.client.post
    assert_arabic(reader.read("/ar/nowhere"), 404)
    assert_arabic(post("/ar/about"), 405)
    assert_arabic(post("/ar/sign", data="name=" + "a" * 40_000, content_type=FORM), 413)
    assert_arabic(post("/ar/sign", json={}), 415)
    assert_arabic(post("/ar/sign", data=b"name=%ff", content_type=FORM), 422)
    assert_arabic(post("/ar/sign", data=reader.form(), headers={"Sec-Fetch-Site": "cross-site"}), 400)


def test_a_reader_is_asked_to_wait_in_arabic(reader, monkeypatch):
    for minutes in (1, 2, 3, 10, 11, 60):
        monkeypatch.setattr(RateLimiter, "reserve", Mock(side_effect=TooManyWaiting(60 * minutes)))
        assert_arabic(reader.sign(), 429)


def test_what_went_wrong_here_is_said_in_arabic(app, reader):
    for status, trouble in {403: Forbidden, 429: TooManyRequests, 500: RuntimeError, 503: DatabaseBusy}.items():
        app.view_functions["public.about"] = Mock(side_effect=trouble)
        assert_arabic(reader.read("/ar/about"), status)


def test_a_signer_s_own_page_is_in_arabic(reader, link):
    assert_arabic(reader.read(link))
    for fields in ({}, {"act": "show", "shown_as": "ل"}, {"act": "hide"}, {"act": "language", "language": "en"}, {"act": "news"}):
        assert_arabic(reader.read(reader.press(link, **fields).location))
    assert_arabic(reader.press(link, act="show", shown_as="www.example.org"), 422)
    assert_arabic(reader.press(link, act="nonsense"), 400)
    assert_arabic(reader.read(reader.press(link, act="withdraw").location))


def test_every_letter_is_in_arabic(app):
    written = {"ask_to_confirm", "remind", "already_signed", "other_spelling", "send_link", "trial"}
    dates = emails.Dates(now().date(), now())
    with app.app_context(), speaking("ar"):
        envelope = Envelope(EmailAddress("layla", "example.org"), "ar", "token")
        found = [
            emails.trial(EmailAddress("layla", "example.org"), "ar"),
            *(getattr(emails, name)(envelope, dates) for name in written - {"trial"}),
        ]

        news = write_news(Update("khabar", now().date(), now().date(), {"ar": "خبر تجريبي"}), "http://localhost")["ar"]

    assert written | {"news"} == {file.stem for file in (TEMPLATES / "emails").glob("[!_]*.txt")}
    for letter in found:
        assert strange(letter["Subject"]) | strange(letter.get_content()) == set()
        assert dangers(letter["Subject"]) + dangers(letter.get_content()) == []
    assert strange(news["subject"]) | strange(news["body"]) == set()
    assert dangers(news["subject"]) + dangers(news["body"]) == []


def test_shared_words_are_in_arabic(reader):
    page = parse(reader.read("/ar/sign/thanks").text)
    shared = [unquote(a.get("href")) for a in page.iter("a") if "nofollow" in a.get("rel", "") and "=" in a.get("href", "")]

    assert len([address for address in shared if "شهادة من إدلب، ورسالة تدعو قادة العالم إلى حل سياسي في سوريا" in address]) >= 4


def test_the_label_of_the_shown_words_is_quoted_on_the_privacy_page(reader):
    assert "الاسم الذي سيظهر علنًا (اختياري)" in reader.read("/ar/sign").text
    assert "«الاسم الذي سيظهر علنًا»" in reader.read("/ar/privacy").text


def test_the_reviewed_list_holds_only_words_that_are_used():
    texts = [file.read_text("utf-8") for file in (OWN_TEXTS / "ar").rglob("*.*o") if file.suffix != ".mo"]
    texts += [file.read_text("utf-8") for file in (OWN_TEXTS / "ar").glob("*.md")]

    assert [word for word in reviewed() if not any(re.search(rf"\b{word}\b", text) for text in texts)] == []
