"""`/LANG/write`: how anybody can write to the offices, in their own words, past our server."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from campaign.database import now
from campaign.petition.published import TextKind, new_row
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
CHECKED = {"checked_on": date(2026, 11, 28)}
NAMES = {"names": {"en": "The Office", "ar": "المكتب"}}
NOTHING = {"en": "None is guessed here.", "ar": "ولا يُخمَّن هنا أي عنوان."}
WARNING = {"en": "Do not write where that can put you", "ar": "ويُرجى عدم الكتابة حيث قد يعرّض ذلك"}
LINE = {"en": "Write only where it can endanger nobody.", "ar": "لا تُكتب الرسالة إلا حيث لا تعرّض أحدًا للخطر."}
Publishing = Callable[..., None]


@pytest.fixture
def publish_office(app: Flask) -> Publishing:
    """Publishes what is known of an office."""

    def published(key: str = "office", **details: Any) -> None:
        site = app.extensions["campaign"]
        with site.database.writing() as session:
            session.add(new_row((TextKind.ADDRESSEE, key), NAMES | details, now().date()))
        site.snapshots.refresh()

    return published


def links(page):
    return [link.get("href") for link in parse(page).iterfind(".//main//a")]


def test_it_warns_and_has_four_points_and_no_text_to_paste(somebody):
    page = somebody.read(f"/{somebody.language}/write").text
    tree = parse(page)

    assert WARNING[somebody.language] in page
    assert len(list(tree.iterfind(".//main//ol/li"))) == 4
    assert not list(tree.iterfind(".//main//textarea")) + list(tree.iterfind(".//main//form"))


def test_while_nothing_was_entered_it_says_so(somebody):
    page = somebody.read(f"/{somebody.language}/write").text

    assert NOTHING[somebody.language] in page
    assert links(page) == []


def test_an_office_that_was_checked_stands_there_with_its_day_and_rules(publish_office, visitor):
    publish_office(country="DE", languages=["de", "en"], channel="bundestag", means="post", address="Street 1\nTown", **CHECKED)

    english, arabic = visitor.read("/en/write").text, visitor.read("/ar/write").text

    for said in ("The Office", "Germany", "German and English", "By post", "Street 1\nTown", "28 November 2026", LINE["en"]):
        assert said in english, said
    for said in ("المكتب", "ألمانيا", "الألمانية والإنجليزية", "بالبريد العادي", "28 تشرين الثاني 2026", LINE["ar"]):
        assert said in arabic, said
    for said in ("Made-up way 6", "On way 6 letters are signed by hand.", "Not yet. Ask the office"):
        assert said in english, said
    assert NOTHING["en"] not in english


def test_an_e_mail_opens_in_ones_own_program_with_nothing_in_it(publish_office, visitor):
    publish_office(means="email", address="office+world@example.org", **CHECKED)

    assert links(visitor.read("/en/write").text) == ["mailto:office%2Bworld@example.org"]


def test_a_form_opens_on_the_site_of_the_office_and_does_not_say_from_where(publish_office, visitor):
    publish_office(means="web form", address="https://office.example.org/form?lang=en", **CHECKED)

    page = visitor.read("/en/write")
    link = next(parse(page.text).iterfind(".//main//a"))
    assert link.get("href") == "https://office.example.org/form?lang=en"
    assert "noreferrer" in link.get("rel")
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_nothing_is_offered_for_an_office_that_endangers(publish_office, visitor):
    publish_office(means="email", address="office@example.org", is_endangering=True, channel="heads-of-state", **CHECKED)

    for address in ("/en/write", "/ar/write", "/api/v1/petition.json"):
        assert "office@example.org" not in visitor.read(address).text
    publish_office("member", means="email", address="office@example.org", within="office", **CHECKED)
    for address in ("/en/write", "/ar/write", "/api/v1/petition.json"):
        assert "office@example.org" not in visitor.read(address).text
    assert NOTHING["en"] in visitor.read("/en/write").text
    assert "endangering" not in visitor.read("/api/v1/petition.json").text


def test_machines_learn_the_same(publish_office, visitor):
    publish_office(means="email", address="office@example.org", languages=["fr"], **CHECKED)
    publish_office("silent", country="FR")

    offices = {one["key"]: one for one in visitor.read("/api/v1/petition.json").json["addressees"]}
    assert offices["office"]["write"] == {
        "languages": ["fr"],
        "channel": "",
        "means": "email",
        "address": "office@example.org",
        "checked_on": "2026-11-28",
    }
    assert (offices["silent"]["country"], "write" in offices["silent"]) == ("FR", False)


def test_the_letter_and_the_page_after_confirming_lead_there(somebody):
    for path in ("petition", "sign/thanks"):
        page = somebody.read(f"/{somebody.language}/{path}").text
        assert f"/{somebody.language}/write" in links(page)
    assert LINE[somebody.language] in page


def test_it_stands_without_the_testimony(visitor, app):
    words = app.extensions["campaign"].texts["en"].write.body

    assert "testimony" not in words
    assert "testimony" not in app.extensions["campaign"].texts["en"].channels.body
