"""The campaign's news as readers get it: each piece at its own address, in every language or marked as missing, and as a feed."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest

from campaign.content.redaction import REDACTED
from campaign.database import now
from campaign.languages import LANGUAGES
from campaign.petition.published import PublishedText, TextKind, new_row
from tests.content.withdrawing import withdraw
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BOTH = {"en": "A sample of news\n\nWith a [link](/en/about).", "ar": "خبر تجريبي\n\nفيه **كلمات**."}
ARABIC = {"ar": "خبر بالعربية وحدها\n\nنص الخبر."}
MISSING = {"en": "This update is not available in this language yet", "ar": "لم يُكتب هذا الخبر بهذه اللغة بعد"}


@pytest.fixture
def announce(app):
    """Publish an update, as the desk does."""

    def put(key, names, day=None, **more):
        with app.extensions["campaign"].database.writing() as session:
            session.add(new_row((TextKind.UPDATE, key), {"names": names, **more}, day or now().date(), set_by="1"))
        app.extensions["campaign"].snapshots.refresh()

    return put


def feed_of(visitor, code):
    answer = visitor.read(f"/{code}/updates.atom")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ElementTree.fromstring(answer.data)


def test_an_update_has_an_address_and_its_first_line_is_the_headline_of_its_page(announce, somebody):
    announce("a-sample", BOTH)
    code = somebody.language

    page = parse(somebody.read(f"/{code}/updates/a-sample").text)

    headline, _, body = BOTH[code].partition("\n\n")
    assert "".join(next(page.iter("h1")).itertext()) == headline
    assert next(page.iter("title")).text.startswith(headline)
    assert [link for link in page.iter("a") if link.get("href", "").startswith("https://wa.me/")]
    main = "".join(next(page.iter("main")).itertext())
    assert body.partition("[")[0].replace("**", "") in main
    assert MISSING[code] not in main


def test_all_updates_are_listed_the_newest_first_and_the_foot_leads_to_them(announce, somebody):
    code = somebody.language
    assert f"/{code}/updates" not in somebody.read(f"/{code}/about").text
    announce("a-sample", BOTH, date(2026, 8, 10))
    announce("only-arabic", ARABIC, date(2026, 8, 11))

    page = parse(somebody.read(f"/{code}/updates").text)

    linked = [link.get("href") for heading in page.iter("h2") for link in heading.iter("a")]
    assert linked == [f"/{code}/updates/only-arabic", f"/{code}/updates/a-sample"]
    feet = parse(somebody.read(f"/{code}/about").text).iter("footer")
    assert f"/{code}/updates" in {link.get("href") for foot in feet for link in foot.iter("a")}


def test_where_a_language_is_missing_the_words_stand_in_the_other_and_the_page_says_so(announce, visitor, reader):
    announce("only-arabic", ARABIC)
    for path in ("/en/updates/only-arabic", "/en/updates"):
        page = parse(visitor.read(path).text)
        heading = next(one for one in page.iter() if one.tag in {"h1", "h2"} and "خبر" in "".join(one.itertext()))
        assert (heading.get("lang"), heading.get("dir")) == ("ar", "rtl")
        assert MISSING["en"] in "".join(page.itertext())
    assert MISSING["ar"] not in reader.read("/ar/updates/only-arabic").text


def test_the_feed_of_each_language_has_what_the_rules_of_atom_ask_for(announce, visitor):
    announce("a-sample", BOTH, date(2026, 8, 10))
    announce("a-sample", {**BOTH, "en": BOTH["en"] + " More."}, date(2026, 8, 12))
    announce("only-arabic", ARABIC, date(2026, 8, 11))
    for code in LANGUAGES:
        feed = feed_of(visitor, code)

        assert feed.get(XML_LANG) == code
        for name in ("id", "title", "updated", "author"):
            assert len(feed.findall(ATOM + name)) == 1, name
        own = f"http://localhost:8000/{code}/updates"
        assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
            "self": f"{own}.atom",
            "alternate": own,
        }
        entries = {entry.findtext(f"{ATOM}id"): entry for entry in feed.findall(f"{ATOM}entry")}
        assert list(entries) == [f"{own}/only-arabic", f"{own}/a-sample"]
        sample = entries[f"{own}/a-sample"]
        days = [datetime.fromisoformat(sample.findtext(ATOM + name)) for name in ("published", "updated")]
        assert days == [datetime(2026, 8, 10, tzinfo=UTC), datetime(2026, 8, 12, tzinfo=UTC)]
        assert feed.findtext(f"{ATOM}updated") == "2026-08-12T00:00:00Z"
        assert sample.findtext(f"{ATOM}title") == BOTH[code].partition("\n")[0]


def test_the_feed_marks_what_is_missing_and_its_links_lead_to_the_site(announce, visitor):
    announce("a-sample", BOTH)
    announce("only-arabic", ARABIC)
    arabic, both = feed_of(visitor, "en").findall(f"{ATOM}entry")

    assert arabic.find(f"{ATOM}title").get(XML_LANG) == "ar"
    content = arabic.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert MISSING["en"] in content.text
    assert '<div lang="ar" dir="rtl">' in content.text
    assert 'href="http://localhost:8000/en/about"' in both.findtext(f"{ATOM}content")


def test_the_feed_is_whole_before_there_is_anything_in_it(visitor):
    feed = feed_of(visitor, "ar")

    assert feed.findall(f"{ATOM}entry") == []
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated"))


def test_what_an_update_says_cannot_become_html(announce, visitor):
    announce("odd", {"en": "<script>alert(1)</script>\n\n<script>alert(2)</script> ]]> &amp;"})

    assert "<script>alert" not in visitor.read("/en/updates/odd").text
    assert "<script>alert" not in feed_of(visitor, "en").find(f"{ATOM}entry").findtext(f"{ATOM}content")


def test_an_update_that_was_taken_down_is_nowhere(announce, visitor):
    announce("a-sample", BOTH)
    announce("a-sample", {})

    assert visitor.read("/en/updates/a-sample").status_code == 404
    assert feed_of(visitor, "en").findall(f"{ATOM}entry") == []
    assert visitor.read("/en/updates/never").status_code == 404


def test_words_that_are_withheld_stand_in_no_update(announce, visitor):
    announce("a-sample", {"en": f"News of {REDACTED}\n\nBy {REDACTED}."})

    for path in ("/en/updates/a-sample", "/en/updates", "/en/updates.atom", "/api/v1/petition.json"):
        text = visitor.read(path).text
        assert REDACTED not in text
        assert "[withheld for safety]" in text


def test_updates_from_before_the_testimony_was_withdrawn_are_gone_and_later_ones_are_there(
    app, announce, visitor, monkeypatch, settings
):
    monkeypatch.setenv("CAMPAIGN_DATA", str(settings.data))
    announce("before", BOTH)
    assert withdraw(app).exit_code == 0
    announce("after", BOTH, without_testimony=True)

    assert visitor.read("/en/updates/before").status_code == 410
    assert visitor.read("/en/updates/after").status_code == 200
    for path in ("/en/updates", "/en/updates.atom", "/sitemap.xml", "/api/v1/petition.json"):
        text = visitor.read(path).text
        assert ("updates/before" in text, "updates/after" in text) == (False, True), path


def test_machines_are_told_of_updates_by_language(announce, visitor):
    announce("only-arabic", ARABIC, date(2026, 8, 11))

    assert visitor.read("/api/v1/petition.json").json["updates"] == [
        {
            "key": "only-arabic",
            "day": "2026-08-11",
            "changed_on": "2026-08-11",
            "headlines": {"ar": "خبر بالعربية وحدها"},
            "addresses": {code: f"http://localhost:8000/{code}/updates/only-arabic" for code in ("en", "ar")},
        }
    ]
    assert "http://localhost:8000/ar/updates/only-arabic" in visitor.read("/sitemap.xml").text


def test_the_frame_for_other_sites_leads_to_the_newest_update(announce, somebody):
    code = somebody.language
    announce("a-sample", BOTH, date(2026, 8, 10))
    announce("only-arabic", ARABIC, date(2026, 8, 11))

    links = [link for link in parse(somebody.read(f"/{code}/embed").text).iter("a") if "/updates" in link.get("href")]

    assert [(link.get("href"), link.get("target"), link.text) for link in links] == [
        (f"/{code}/updates/only-arabic", "_blank", "خبر بالعربية وحدها")
    ]


def test_a_copy_of_the_site_has_the_updates_and_no_feed(announce, app, visitor):
    announce("a-sample", BOTH)

    mirrored = app.extensions["campaign"].zipped_mirror()

    assert b"copy/ar/updates/a-sample.html" in mirrored
    assert b"updates.atom" not in mirrored


def test_nothing_that_was_public_is_deleted(announce, app):
    announce("a-sample", BOTH)
    announce("a-sample", {})
    with app.extensions["campaign"].database.reading() as session:
        assert session.query(PublishedText).filter_by(kind="update").count() == 2
