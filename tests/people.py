"""The people of the tests and what they do: a visitor reads a page and sends the form that is on it."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

import html5lib
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import Client, TestResponse

from campaign.database import now, table
from campaign.outbox import delivery, queue, smtp
from campaign.petition import counting, emails
from campaign.petition.models import Signature, Submission
from campaign.petition.published import TextKind, new_row
from campaign.state import AppState

HTML = "{http://www.w3.org/1999/xhtml}"


def parse(html: str) -> Any:
    """A page as a tree; fails on invalid HTML."""
    return html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(html)


def hidden_fields(html: str, action: str = "") -> dict[str, str]:
    """What the form on a page holds before anybody types: hidden fields, and the consent box ticked."""
    return dict(_hidden_fields(html, action))


class _Forms(HTMLParser):
    """The inputs of each form of a page, by the form's address. It reads a page in a tenth of the time that a tree takes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[dict[str, str]]]] = []
        self.is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or an input of the form that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), []))
            self.is_open = True
        elif tag == "input" and self.is_open:
            self.found[-1][1].append(given)

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a form."""
        if tag == "form":
            self.is_open = False


@lru_cache(64)
def _hidden_fields(html: str, action: str) -> list[tuple[str, str]]:
    inputs = next(inputs for address, inputs in _Forms(html).found if address.endswith(action))
    fields = [given for given in inputs if given.get("type") == "hidden" or given.get("name") == "consent"]
    return [(given["name"], given.get("value", "")) for given in fields]


@dataclass
class Visitor:
    """Somebody with a browser and no JavaScript."""

    client: Client
    language: str = "en"

    def read(self, path: str, **headers: str) -> TestResponse:
        """Opens a page."""
        return self.client.get(path, headers=headers)

    def read_names(self) -> TestResponse:
        """Opens the page of names tomorrow, when it has those of today."""
        with time_machine.travel(now() + timedelta(days=1)):
            return self.read(f"/{self.language}/signatures")

    def form(self, path: str = "") -> dict[str, str]:
        """The hidden fields of the form on a page, its consent ticked."""
        return hidden_fields(self.read(path or f"/{self.language}/sign").text, "/sign")

    def sign(self, **typed: str) -> TestResponse:
        """Fills the form in and sends it."""
        fields = self.form() | {"name": "Layla Haddad", "email": "layla@example.org"} | typed
        return self.client.post(f"/{self.language}/sign", data=fields)

    def press(self, link: str, **fields: str) -> TestResponse:
        """Presses a button on the page behind a link from a letter."""
        return self.client.post(link, data={"act": "confirm"} | fields)


@dataclass
class PostOffice:
    """The mail worker's work, done when a test asks for it, through the real outbox to a real mail server."""

    app: Flask
    received: list[Any]

    def deliver(self) -> list[Any]:
        """Sends what is due and returns the letters that arrived."""
        site: AppState = self.app.extensions["campaign"]
        before = len(self.received)
        with self.app.app_context(), smtp.open_transport(smtp.make_transport(site.settings, lambda _: None)) as way_out:
            while claimed := queue.claim(site.database, now()):
                for letter in claimed:
                    delivery.deliver(site.database, site.keys, way_out, emails.compose, letter)
        return self.received[before:]


def link_in(letter: Any) -> str:
    """The path of the one link in a letter."""
    found = re.findall(r"^https?://[^/\s]+(/\S+)\r?$", letter.get_content(), re.MULTILINE)
    assert len(found) == 1, letter.get_content()
    return str(found[0])


def rows(app: Flask, record: type[Signature] | type[Submission]) -> list[Any]:
    """What the database holds, in the order of its key: PostgreSQL gives what has no order in any."""
    site: AppState = app.extensions["campaign"]
    with site.database.reading() as session:
        return list(session.scalars(sa.select(record).order_by(*table(record).primary_key)))


def pass_a_day(app: Flask) -> None:
    """Makes it tomorrow for those who have confirmed: their names are shown from then on."""
    site: AppState = app.extensions["campaign"]
    with site.database.writing() as session:
        for signature in session.scalars(sa.select(Signature)):
            signature.confirmed_on -= timedelta(days=1)
            signature.shown_from = None


def standing(app: Flask) -> list[Any]:
    """The signatures that count."""
    site: AppState = app.extensions["campaign"]
    with site.database.reading() as session:
        return list(session.scalars(counting.counted()))


def publish(app: Flask) -> None:
    """The timed work counts and publishes now, and the pages know at once."""
    site: AppState = app.extensions["campaign"]
    counting.publish(site.database, batch=site.settings.count_batch)
    app.extensions["campaign"].snapshots.refresh()


assert emails  # its templates are what `deliver` writes


SAMPLE_UPDATE = "a-sample"
SAMPLE_NEWS = {"en": "A sample of news\n\nIt says nothing.", "ar": "خبر تجريبي\n\nلا يقول شيئًا."}


def announce(app: Flask, key: str = SAMPLE_UPDATE, names: dict[str, str] | None = None) -> None:
    """Publish an update, and let this process see it at once."""
    site: AppState = app.extensions["campaign"]
    with site.database.writing() as session:
        session.add(new_row((TextKind.UPDATE, key), {"names": names or SAMPLE_NEWS}, now().date(), set_by="1"))
    site.snapshots.refresh()
