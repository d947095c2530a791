"""What became of deliveries: a timeline with its silence, in every language or marked as missing, on the page and as a feed."""

import io
import zipfile
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine

from campaign.content.redaction import REDACTED
from campaign.database import now
from campaign.petition.published import TextKind, new_row
from tests.content.withdrawing import withdraw
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
ATOM = "{http://www.w3.org/2005/Atom}"
ENGLISH = {"en": "Given to the front desk."}


@pytest.fixture
def happen(app):
    """Publish events of one delivery, as the desk does."""

    def put(*found, key="office"):
        site = app.extensions["campaign"]
        office = site.words.addressees[0].key
        for kind, more in found:
            value = {"office": office, "kind": kind, "day": now().date()} | more
            with site.database.writing() as session:
                session.add(new_row((TextKind.EVENT, key), value, now().date(), set_by="1"))
        site.snapshots.refresh()

    return put


def text_of(visitor, code="en"):
    return " ".join("".join(parse(visitor.read(f"/{code}/petition").text).find(".//main").itertext()).split())


def test_nothing_is_made_up_while_nothing_was_delivered(visitor):
    for code, sentence in (("en", "Nothing has been delivered yet."), ("ar", "لم يُسلَّم شيء بعد.")):
        assert sentence in text_of(visitor, code)
    assert visitor.read("/api/v1/petition.json").json["deliveries"] == []


def test_silence_is_counted_in_days_until_the_office_answers(happen, visitor):
    happen(("handed over", {"means": "post", "words": ENGLISH}))
    assert "It has not answered yet." in text_of(visitor)
    with time_machine.travel(now() + timedelta(days=9), tick=False):
        assert "9 days of silence" in text_of(visitor)
        happen(("acknowledged", {}))
        assert "It has confirmed that the letter arrived. No answer since" in text_of(visitor)
        happen(("answered", {"language": "de", "quote": "Danke."}))
        assert "silence" not in text_of(visitor)


def test_words_that_are_missing_in_a_language_stand_in_the_other_and_are_marked(happen, visitor):
    happen(("handed over", {"means": "by hand", "words": ENGLISH}))

    page = parse(visitor.read("/ar/petition").text)

    [words] = [one for one in page.iter("p") if one.text == ENGLISH["en"]]
    assert (words.get("lang"), words.get("dir")) == ("en", "ltr")
    assert "لم يُكتب هذا بهذه اللغة بعد" in text_of(visitor, "ar")
    assert "This is not available in this language yet" not in text_of(visitor, "en")


def test_the_feed_has_each_event_once_with_a_link_to_its_place(happen, visitor):
    happen(
        ("handed over", {"means": "post", "words": ENGLISH}),
        ("answered", {"language": "ar", "quote": "شكرًا."}),
        ("translated", {"about": 2, "language": "en", "quote": "Thanks.", "standing": "machine"}),
    )
    for code in ("en", "ar"):
        feed = ElementTree.fromstring(visitor.read(f"/{code}/updates.atom").data)
        entries = feed.findall(f"{ATOM}entry")
        own = f"http://localhost:8000/{code}/petition#office"
        assert [one.findtext(f"{ATOM}id") for one in entries] == [f"{own}-3", f"{own}-2", f"{own}-1"]
        assert [one.find(f"{ATOM}link").get("href") for one in entries] == [f"{own}-2", f"{own}-2", f"{own}-1"]
        assert '<blockquote class="said" lang="ar" dir="rtl">شكرًا.</blockquote>' in entries[1].findtext(f"{ATOM}content")
        ids = {one.get("id") for one in parse(visitor.read(f"/{code}/petition").text).iter("li")}
        assert {"office-1", "office-2"} <= ids


def test_machines_are_told_of_each_event_and_of_the_silence(happen, visitor):
    happen(("planned", {}), ("handed over", {"means": "email", "words": ENGLISH, "receipt": "Folder 3"}))

    [known] = visitor.read("/api/v1/petition.json").json["deliveries"]

    today = now().date().isoformat()
    assert (known["state"], known["silent_since"], known["planned_for"]) == ("silent", today, "")
    assert known["events"][1] == {
        "number": 2, "kind": "handed over", "day": today, "published_on": today, "means": "email", "receipt": True,
        "words": ENGLISH, "about": 0, "language": "", "quote": "", "standing": "",
    }  # fmt: skip


def test_words_that_are_withheld_stand_nowhere(happen, visitor):
    said = f"They asked about {REDACTED}."
    happen(("handed over", {"words": {"en": said}}), ("answered", {"language": "de", "quote": said}))

    for path in ("/en/petition", "/ar/petition", "/en/updates.atom", "/api/v1/petition.json"):
        text = visitor.read(path).text
        assert REDACTED not in text
        assert "[withheld for safety]" in text


def test_what_happened_stays_when_the_testimony_is_withdrawn_and_earlier_words_go(app, happen, visitor, monkeypatch, settings):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    happen(("handed over", {"words": ENGLISH}), ("answered", {"language": "de", "quote": "Von damals."}))
    assert withdraw(app).exit_code == 0
    happen(("added", {"words": {"en": "From later."}, "without_testimony": True}))

    for path in ("/en/petition", "/en/updates.atom", "/api/v1/petition.json"):
        text = visitor.read(path).text
        assert ENGLISH["en"] not in text, path
        assert "Von damals." not in text, path
        assert "From later." in text, path
    assert "It has answered." in text_of(visitor)


def test_what_an_office_wrote_cannot_become_html(happen, visitor):
    happen(
        ("handed over", {"words": {"en": "<script>alert(1)</script>"}}), ("answered", {"language": "en", "quote": "<b>x</b> ]]>"})
    )

    assert "<script>alert" not in visitor.read("/en/petition").text
    assert "<b>x" not in visitor.read("/en/petition").text
    content = ElementTree.fromstring(visitor.read("/en/updates.atom").data).findtext(f"{ATOM}entry/{ATOM}content")
    assert "<b>x" not in content


def test_a_copy_of_the_site_has_the_timeline(happen, visitor):
    happen(("handed over", {"words": ENGLISH}))

    copied = zipfile.ZipFile(io.BytesIO(visitor.read("/en/copy.zip").data))
    assert ENGLISH["en"] in copied.read("copy/ar/petition.html").decode()
