"""What is known of an office, at the desk: each wrong field with its sentence, kept as a draft, published as all words are."""

import pytest

from campaign.database import now
from campaign.petition.channels import CHANNELS
from campaign.petition.published import Draft, TextKind, new_row
from tests.organizers.test_words import change, publish
from tests.people import hidden_fields, parse, rows
from tests.servers import on_sqlite

FULL = {
    "country": "DE",
    "languages": "de, en",
    "channel": "bundestag",
    "means": "post",
    "address": "A sample street 1\r\n12345 A sample town",
    "checked_on": "2026-11-02",
}


def key_of(app):
    """The key of the first addressee."""
    return app.extensions["campaign"].words.addressees[0].key


def fill(organizer, key, **fields):
    """Sends the form of an office as its page would."""
    seen = hidden_fields(organizer.read(f"offices/{key}").text).get("seen", "")
    return organizer.send(f"offices/{key}", **{"seen": seen} | fields)


def details(app):
    """What is public of the first addressee."""
    app.extensions["campaign"].snapshots.refresh()
    return app.extensions["campaign"].words.addressees[0].details


def test_what_is_known_of_an_office_is_a_draft_until_it_is_published(app, omar):
    key = key_of(app)

    assert fill(omar, key, **FULL).status_code == 303

    assert details(app).address == ""
    assert publish(omar, "addressee").status_code == 303
    found = details(app)
    assert (found.country, found.languages, found.channel, found.means) == ("DE", ("de", "en"), "bundestag", "post")
    assert found.address == "A sample street 1\n12345 A sample town"
    assert found.checked_on.isoformat() == "2026-11-02"
    fields = parse(omar.read(f"offices/{key}").text)
    assert next(one for one in fields.iter("input") if one.get("name") == "languages").get("value") == "de, en"


@on_sqlite
@pytest.mark.parametrize(
    ("language", "labels", "values"),
    [
        ("en", ("How to reach it", "accuses it", "checked the address"), ("By post", "yes", "2 November 2026", "Germany")),
        ("ar", ("طريقة الوصول إليها", "أو الشهادة تتهمها", "يوم التحقق من العنوان"), ("بالبريد", "نعم", "ألمانيا")),
    ],
)
def test_what_would_be_published_of_an_office_has_labels_and_words_and_no_codes(app, omar, language, labels, values):
    fill(omar, key_of(app), **FULL, is_endangering="y")

    page = parse(omar.read(f"/{language}/organize/words/addressee/publish").text)

    changed = next(one for one in page.iter("section") if one.get("aria-labelledby") == "change-1")
    assert [said for said in (*labels, *values) if said not in "".join(changed.itertext())] == []
    assert [code for code in ("is_endangering", "checked_on", "True", "bundestag") if code in "".join(changed.itertext())] == []
    publish(omar, "addressee")
    earlier = "".join(parse(omar.read(f"/{language}/organize/words/addressee/earlier").text).itertext())
    assert [said for said in (*labels, *values) if said not in earlier] == []


@on_sqlite
def test_the_page_before_publishing_says_of_which_office_something_is_and_of_which_group(app, omar):
    key = key_of(app)
    fill(omar, key, **FULL)
    change(omar, "addressee/new", words_en="A sample mission", words_ar="بعثة تجريبية", within=key)
    first = app.extensions["campaign"].words.addressees[0]

    page = parse(omar.read("/ar/organize/words/addressee/publish").text)

    titles = ["".join(one.itertext()) for one in page.iter("h2") if (one.get("id") or "").startswith("change-")]
    assert sorted(titles) == sorted([first.name("ar"), "بعثة تجريبية"])
    added = next(one for one in page.iter("section") if "بعثة تجريبية" in "".join(one.itertext()))
    assert first.name("ar") in "".join(added.itertext())
    assert key not in "".join(added.itertext())


def test_the_names_of_the_office_stay(app, omar):
    before = app.extensions["campaign"].words.addressees[0].names

    fill(omar, key_of(app), **FULL)
    publish(omar, "addressee")

    app.extensions["campaign"].snapshots.refresh()
    assert app.extensions["campaign"].words.addressees[0].names == before


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"country": "Germany"}, "Choose a country from the list."),
        ({"languages": "de, klingon"}, "This is not a language"),
        ({"channel": "a-dove"}, "There are no rules for this channel"),
        ({"means": "dove"}, "This is not a way to reach an office"),
        ({"checked_on": "yesterday"}, "Write a day as year, month and day"),
        ({"checked_on": "2036-01-01"}, "This day is in the future."),
        ({"checked_on": ""}, "An address needs how to reach it"),
        ({"means": ""}, "An address needs how to reach it"),
        ({"address": "x" * 501}, "500"),
        ({"address": "x\u202ey"}, "the invisible character"),
        ({"means": "email"}, "This is not an e-mail address"),
        ({"means": "web form", "address": "http://example.org"}, "This is not the address of a form"),
    ],
)
def test_each_wrong_field_has_its_sentence_and_nothing_is_kept(app, omar, wrong, sentence):
    answer = fill(omar, key_of(app), **FULL | wrong)

    assert answer.status_code == 422
    assert sentence in answer.text
    typed = "A sample town" if "address" not in wrong else wrong["address"].replace("\u202e", "")[:1]
    assert typed in answer.text
    assert rows(app, Draft) == []


def test_what_somebody_else_has_saved_meanwhile_is_not_overwritten_unseen(app, omar, nour):
    key = key_of(app)
    seen = hidden_fields(omar.read(f"offices/{key}").text)["seen"]
    theirs = {"country": "FR", "channel": "bundestag", "means": "email", "address": "office@example.org"}
    fill(nour, key, **theirs, checked_on="2026-11-03", is_endangering="y")

    answer = omar.send(f"offices/{key}", **FULL | {"channel": ""}, seen=seen)

    assert answer.status_code == 409
    *shown, tick = (one.text for one in parse(answer.text).iter("p") if one.get("class") == "said")
    rules = parse(answer.text).findtext(".//select[@name='channel']/option[@value='bundestag']")
    assert shown == ["France", "–", rules, "By e-mail", "office@example.org", "3 November 2026"]
    assert tick == "yes"
    assert "A sample town" in answer.text
    assert "country: FR" in rows(app, Draft)[0].words
    assert omar.send(f"offices/{key}", **FULL, seen=hidden_fields(answer.text)["seen"]).status_code == 303
    assert "country: DE" in rows(app, Draft)[0].words


@on_sqlite
@pytest.mark.parametrize("channel", CHANNELS)
def test_the_desk_says_of_each_channel_what_is_met_and_what_is_missing(app, omar, channel):
    office, site = key_of(app), app.extensions["campaign"]
    names = site.words.addressees[0].names
    with site.database.writing() as session:
        session.add(new_row((TextKind.ADDRESSEE, office), {"names": names, "channel": channel}, now().date()))
    site.snapshots.refresh()

    page = parse(omar.read(f"offices/{office}").text)

    listed = next(one for one in page.iter("section") if one.get("aria-labelledby") == "asks")
    assert len(list(listed.iter("dd"))) == len(CHANNELS[channel].demands)
    if CHANNELS[channel].demands:
        assert "Missing" in "".join(listed.itertext())


@on_sqlite
def test_an_office_that_there_is_not_is_not_found(omar, hadi):
    assert omar.read("offices/nobody").status_code == 404
    assert hadi.read("offices/nobody").status_code == 403
