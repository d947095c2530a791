"""What attackers and reports typed, in every field of every form of the site and its desk: an answer, never a fault of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from tests.organizers.conftest import Organizer
from tests.people import link_in, parse

# As they go over the line, percent-encoded: some are no text.
HOSTILE = {
    "a NUL": "a%00b",
    "bytes that are no UTF-8": "%FF%FE",
    "half a surrogate": "%ED%A0%80",
    "a number without end": "9" * 30,
    "digits of another script": quote_plus("٣٣"),
    "a negative number": "-1",
    "a day beyond the calendar": "9999-12-31",
    "the first day there is": "0001-01-01",
    "an encoded word": quote_plus("=?utf-8?q??=@b.example"),
    "another host": quote_plus("//evil.example/\\"),
    "a line of a header": quote_plus("x@example.org\r\nBcc: y@example.org"),
    "a long text": quote_plus("ا" * 5000),
    "markup": quote_plus("<script>'\"&</script>{{7*7}}%(x)s"),
}
ENDS_THE_SESSION = "/leave"
PUBLIC = ("/en/", "/en/sign", "/en/signatures", "/en/signatures/report", "/en/link")
DESK = re.compile(r"/en/organize/[^#]*")
MOST_PAGES = 60
FIELDS = ("input", "select", "textarea", "button")


@dataclass(frozen=True, order=True)
class Form:
    """A form of a page: where it is sent, how, and what is in its fields to begin with."""

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]

    def encoded(self, field: str, value: str) -> str:
        """Return what is sent where one field has a value of ours, already encoded."""
        others = [f"{quote_plus(name)}={quote_plus(words)}" for name, words in self.fields if name != field]
        return "&".join([*others, f"{quote_plus(field)}={value}"])


def forms_of(page: str, address: str) -> Iterator[Form]:
    """Yield the forms of a page."""
    for form in parse(page).iter("form"):
        fields = {}
        for field in form.iter():
            if field.tag in FIELDS and field.get("name"):
                options = [one.get("value", "") for one in field.iter("option")]
                fields[field.get("name")] = options[-1] if options else field.get("value", "")
        yield Form(form.get("action") or address, (form.get("method") or "get").lower(), tuple(sorted(fields.items())))


def links_of(page: str) -> Iterator[str]:
    """Yield the links of a page that lead to pages of the desk."""
    for link in parse(page).iter("a"):
        if DESK.fullmatch(link.get("href") or ""):
            yield link.get("href")


def sent(client: Client, form: Form, field: str, value: str, **options: Any) -> TestResponse:
    """Send a form with one value of ours."""
    content = form.encoded(field, value)
    if form.method == "get":
        return client.get(f"{urlsplit(form.action).path}?{content}", **options)
    return client.post(form.action, data=content.encode(), content_type="application/x-www-form-urlencoded", **options)


def sweep(client: Client, forms: set[Form], **options: Any) -> int:
    """Type everything into every field; return how many fields there were."""
    fields = {
        (form.method, re.sub(r"\d+|[a-z2-7]{26}", "N", form.action), field): form for form in forms for field, _ in form.fields
    }
    for (_, action, field), form in fields.items():
        for name, value in HOSTILE.items():
            answer = sent(client, form, field, value, **options)
            is_fault = answer.status_code >= 500 and not (answer.status_code == 503 and "Retry-After" in answer.headers)
            assert not is_fault, f"{name} in {field} of {action}: {answer.status_code}"
            assert "Traceback" not in answer.get_data(as_text=True)
    return len(fields)


@pytest.fixture
def desk(omar: Organizer, visitor: Any, post_office: Any) -> set[Form]:
    """The forms of every page of the desk that links lead to, with a few signatures in it."""
    for number in range(3):
        visitor.sign(email=f"person{number}@example.org", shown_as=f"Layla {'abc'[number]}", country="SY")
    for letter in post_office.deliver():
        visitor.press(link_in(letter))
    assert omar.prove().status_code == 303
    waiting: list[str] = [omar.url("")]
    seen: set[str] = set()
    forms: set[Form] = set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        page = omar.read(address)
        if page.mimetype != "text/html":
            continue
        forms.update(forms_of(page.text, address))
        for link in links_of(page.text):
            pattern = re.sub(r"\d+|[0-9a-f]{32}", "N", link.partition("?")[0])
            if pattern not in seen:
                seen.add(pattern)
                waiting.append(link)
    return {form for form in forms if not form.action.endswith(ENDS_THE_SESSION) and "/organize" in form.action}


@pytest.mark.slow
def test_no_field_of_the_desk_brings_it_down(omar, desk, caplog):
    number = sweep(omar.client, desk, base_url=omar.base_url)

    assert number > 30, sorted({form.action for form in desk})
    assert omar.read("").status_code == 200
    assert caplog.records == []


def test_no_field_of_the_site_brings_it_down(visitor, post_office, caplog):
    visitor.sign(email="sami@example.org")
    waiting = link_in(post_office.deliver()[-1])
    visitor.sign(email="layla@example.org", shown_as="Layla")
    own = link_in(post_office.deliver()[-1])
    visitor.press(own)
    pages = [(path, visitor.read(path)) for path in (*PUBLIC, waiting, own)]

    number = sweep(visitor.client, {form for path, page in pages for form in forms_of(page.text, path)})

    assert number > 15
    assert caplog.records == []
