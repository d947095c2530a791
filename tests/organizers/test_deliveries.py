"""What becomes of a delivery, at the desk: seen before it is public, only added to, and asked for again when nothing comes."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine

from campaign.database import now
from campaign.languages import LANGUAGES, day
from campaign.organizers.deliveries import NotPossible, add_event
from campaign.organizers.models import Account, AuditEntry
from campaign.petition.published import Draft, PublishedText, TextKind, new_row
from tests.organizers.test_words import fields_of
from tests.people import hidden_fields, parse, rows
from tests.servers import on_sqlite

GIVEN = {"words_en": "The letter, at the front desk.", "words_ar": "الرسالة، في مكتب الاستقبال."}
ANSWER = "Wir danken für das Schreiben.\nMehr sagen wir nicht."


def today():
    """The day in UTC."""
    return now().date().isoformat()


def office_of(app):
    """The key of the first addressee."""
    return app.extensions["campaign"].words.addressees[0].key


def preview(organizer, path, **fields):
    """Sends the form of an event for the first time."""
    return organizer.send(f"deliveries/{path}", **fields)


def publish(organizer, path, **fields):
    """Looks at what readers would see, and publishes it; returns the key of the delivery."""
    page = preview(organizer, path, **fields)
    assert page.status_code == 200, page.text
    buttons = [one for one in parse(page.text).iter("button") if one.get("name") == "seen"]
    answer = preview(organizer, path, **fields, seen=buttons[0].get("value"))
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.location).path.rpartition("/")[2]


@pytest.fixture
def handed(app, omar):
    """The key of a delivery that was handed over today."""
    return publish(omar, "new/handed-over", office=office_of(app), day=today(), means="post", receipt="Folder 3", **GIVEN)


def events(app):
    """What is stored."""
    return [row for row in rows(app, PublishedText) if row.kind == "event"]


def letter(app, code="en"):
    """The page of the letter."""
    return app.test_client().get(f"/{code}/petition").text


def test_a_handover_is_seen_first_and_public_when_it_was_seen_as_it_is(app, omar):
    fields = {"office": office_of(app), "day": today(), "means": "by hand", **GIVEN}

    page = preview(omar, "new/handed-over", **fields)

    assert page.status_code == 200
    assert "The letter, at the front desk." in page.text
    assert events(app) == []
    assert "Nothing has been delivered yet." in letter(app)
    for code in LANGUAGES:
        assert GIVEN[f"words_{code}"] not in letter(app, code)

    key = publish(omar, "new/handed-over", **fields)

    for code in LANGUAGES:
        assert GIVEN[f"words_{code}"] in letter(app, code)
    assert "Nothing has been delivered yet." not in letter(app)
    assert key == office_of(app)
    line = [one for one in rows(app, AuditEntry) if one.act == "delivery event"]
    assert [one.facts for one in line] == [{"handed_to": key, "happened": "handed over", "day": today()}]
    told = [one.text for one in parse(omar.read("audit").text).iter("dt")]
    assert "Office" in told
    assert "To be handed to" not in told


def test_what_was_written_in_another_language_is_seen_before_it_is_public_too(app, omar):
    seen = preview(omar, "new/handed-over", office=office_of(app), day=today(), means="post", words_en="Sent.", words_ar="أُرسلت.")

    section = next(one for one in parse(seen.text).iter("section") if one.get("aria-labelledby") == "preview")
    assert [one.text for one in section.iter("p") if one.get("lang") == "ar"] == ["أُرسلت."]


@on_sqlite
def test_an_update_begun_from_an_answer_has_its_words_or_its_translation_and_how_far_that_is(app, omar, handed):
    publish(omar, f"{handed}/answered", day=today(), language="de", quote=ANSWER)
    translation = {"about": "2", "language": "en", "quote": "We thank you for the letter.", "standing": "machine"}
    publish(omar, f"{handed}/translated", day=today(), **translation)

    form = parse(omar.read(f"words/update/new?delivery={handed}&event=2").text)

    words = {one.get("name"): one.text or "" for one in form.iter("textarea")}
    assert "Translated by a machine, not checked by anyone:\n\nWe thank you for the letter." in words["words_en"]
    assert "danken" not in words["words_ar"]


def test_what_was_changed_after_it_was_seen_is_seen_again(app, omar):
    fields = {"office": office_of(app), "day": today(), "means": "post", **GIVEN}
    button = next(one for one in parse(preview(omar, "new/handed-over", **fields).text).iter("button") if one.get("name"))

    answer = preview(omar, "new/handed-over", **fields | {"words_en": "Another."}, seen=button.get("value"))

    assert answer.status_code == 200
    assert events(app) == []


def test_a_form_that_is_sent_twice_is_published_once(app, omar, handed):
    for _ in range(2):
        publish(omar, f"{handed}/acknowledged", day=today())

    assert [row.value["kind"] for row in events(app)] == ["handed over", "acknowledged"]


def test_only_organizers_are_told_where_the_receipt_is(app, omar, handed):
    assert "Do not name a person or a home" in omar.read("deliveries/new/handed-over").text
    assert "Folder 3" in omar.read(f"deliveries/{handed}").text
    assert "The campaign keeps a receipt." in letter(app)
    assert f"Handed over, {day(now().date())}: <bdi>Folder 3</bdi>" in omar.read(f"deliveries/{handed}").text
    for path in ("/en/petition", "/en/updates.atom", "/api/v1/petition.json"):
        assert "Folder 3" not in app.test_client().get(path).text


def test_an_answer_its_translation_and_what_it_leaves_out_stand_apart(app, omar, handed):
    publish(omar, f"{handed}/answered", day=today(), language="de", quote=ANSWER)
    publish(omar, f"{handed}/translated", about="2", day=today(), language="en", quote="We thank you.", standing="machine")
    publish(omar, f"{handed}/translated", about="2", day=today(), language="en", quote="Thank you.", standing="reviewed")
    publish(omar, f"{handed}/left-out", about="2", day=today(), words_en="It says nothing of the letter.")

    page = parse(letter(app))
    said = [one for one in page.iter("blockquote") if "said" in one.get("class", "")]
    quotes = [(one.get("lang"), one.get("dir"), "".join(one.itertext())) for one in said]
    assert quotes == [("de", "ltr", ANSWER), ("en", "ltr", "Thank you."), ("en", "ltr", "We thank you.")]
    feed = app.test_client().get("/en/updates.atom").text
    assert "Schreiben.&lt;br&gt;\nMehr sagen wir nicht.&lt;/blockquote&gt;" in feed
    aside = next(one for one in page.iter("aside") if one.get("class") == "left-out")
    assert "It says nothing of the letter." in "".join(aside.itertext())
    text = "".join(page.itertext())
    assert "translated, and reviewed by a native speaker" in text
    assert "not translated yet" in text
    assert "It has answered." in text


@pytest.mark.parametrize(
    ("what", "wrong", "sentence"),
    [
        ("new/handed-over", {"day": "2036-01-01"}, "This day is in the future."),
        ("new/planned", {"day": "2020-01-01"}, "This day has passed."),
        ("new/handed-over", {"day": ""}, "Choose the day."),
        ("new/handed-over", {"day": "2016-11-22"}, "Check the year."),
        ("new/handed-over", {"day": "yesterday"}, "Write a day as year, month and day"),
        ("new/handed-over", {"means": "a dove"}, "Choose how it was handed over."),
        ("new/handed-over", {"office": "nobody"}, "Choose the office."),
        ("new/handed-over", {"words_en": "", "words_ar": ""}, "Write it in at least one language."),
        ("new/handed-over", {"words_en": "x\u202ey"}, "the invisible character"),
        ("new/handed-over", {"words_en": "x" * 501}, "500"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_stays_in_the_form(app, omar, what, wrong, sentence):
    fields = {"office": office_of(app), "day": today(), "means": "post", **GIVEN} | wrong

    answer = preview(omar, what, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    if what.endswith("over") and "words_ar" not in wrong:
        assert GIVEN["words_ar"] in answer.text
    assert events(app) == []


@pytest.mark.parametrize(
    ("what", "fields", "sentence"),
    [
        ("acknowledged", {"day": "2020-01-01"}, "This day is before the handover."),
        ("answered", {"language": "de", "quote": ""}, "Copy the words here."),
        ("answered", {"language": "", "quote": "Nein."}, "Choose the language of these words."),
        ("answered", {"language": "xx", "quote": "Nein."}, "Choose the language of these words."),
    ],
)
def test_what_an_office_did_is_checked_too(app, omar, handed, what, fields, sentence):
    answer = preview(omar, f"{handed}/{what}", **{"day": today()} | fields)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert len(events(app)) == 1


def test_a_translation_needs_an_answer_and_another_language(app, omar, handed):
    answer = preview(omar, f"{handed}/translated", day=today(), language="en", quote="x", standing="machine", about="9")
    assert answer.status_code == 422

    publish(omar, f"{handed}/answered", day=today(), language="en", quote="No.")
    same = preview(omar, f"{handed}/translated", day=today(), language="en", quote="x", standing="machine", about="2")

    assert "The answer is already in this language." in same.text
    assert len(events(app)) == 2


def test_nothing_that_cannot_come_next_is_taken(app, omar, handed):
    assert preview(omar, f"{handed}/planned", day=today()).status_code == 409
    assert preview(omar, "new/answered", day=today(), language="de", quote="Ja.").status_code == 404
    assert omar.read("deliveries/nobody/answered").status_code == 404
    assert omar.read(f"deliveries/{handed}/eaten").status_code == 404
    assert len(events(app)) == 1


def test_a_plan_is_no_delivery_and_its_day_can_be_another_one(app, omar):
    soon, later = (now().date() + timedelta(days=days) for days in (3, 9))
    key = publish(omar, "new/planned", office=office_of(app), day=soon.isoformat())
    assert "Nothing has been delivered yet." in letter(app)

    publish(omar, f"{key}/planned", day=later.isoformat())

    [known] = app.test_client().get("/api/v1/petition.json").json["deliveries"]
    assert (known["state"], known["planned_for"], known["handed_on"]) == ("planned", later.isoformat(), "")


def test_a_plan_that_comes_back_to_its_first_day_is_public_again(app, omar):
    first, other = ((now().date() + timedelta(days=days)).isoformat() for days in (13, 15))
    key = publish(omar, "new/planned", office=office_of(app), day=first)
    publish(omar, f"{key}/planned", day=other)

    publish(omar, f"{key}/planned", day=first)

    assert app.test_client().get("/api/v1/petition.json").json["deliveries"][0]["planned_for"] == first


def test_a_later_entry_corrects_the_day_of_a_handover(app, omar, handed):
    before = (now().date() - timedelta(days=9)).isoformat()
    assert "Correct the handover" in omar.read(f"deliveries/{handed}").text
    assert "The handover is already public" in omar.read(f"deliveries/{handed}/handed-over").text

    publish(omar, f"{handed}/handed-over", day=before, means="by hand", words_en="Nine days before.")

    [known] = app.test_client().get("/api/v1/petition.json").json["deliveries"]
    assert (known["handed_on"], known["silent_since"]) == (before, before)
    assert letter(app).count("A later entry of the campaign corrects this one.") == 1
    assert "9 days of silence" in letter(app)


@on_sqlite
def test_the_same_plan_as_that_of_a_delivery_that_went_on_begins_another_one(app, omar):
    plan = {"office": office_of(app), "day": (now().date() + timedelta(days=13)).isoformat()}
    key = publish(omar, "new/planned", **plan)
    assert publish(omar, "new/planned", **plan) == key
    publish(omar, f"{key}/planned", day=today())

    assert publish(omar, "new/planned", **plan) == f"{key}-2"


@on_sqlite
def test_the_words_of_an_office_are_shown_in_every_language_of_the_list(app, omar, handed):
    page = parse(omar.read(f"deliveries/{handed}/answered").text)
    listed = [one.get("value") for one in page.iterfind(".//select[@name='language']/option") if one.get("value")]
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        for code in listed:
            value = {"office": handed, "kind": "answered", "day": now().date(), "language": code, "quote": f"Words in {code}."}
            session.add(new_row((TextKind.EVENT, handed), value, now().date(), set_by="1"))
    site.snapshots.refresh()

    found = {one.get("lang"): one.get("dir") for one in parse(letter(app)).iter("blockquote") if "said" in one.get("class", "")}

    assert len(listed) > 150
    assert set(found) == set(listed)
    assert (found["ar"], found["de"], found["sm"]) == ("rtl", "ltr", "auto")
    assert app.test_client().get("/en/updates.atom").status_code == 200
    assert preview(omar, f"{handed}/answered", day=today(), language="sm", quote="Ioe.").status_code == 200


@on_sqlite
def test_an_answer_from_before_the_withdrawal_is_neither_shown_nor_added_to(app, omar, handed):
    publish(omar, f"{handed}/answered", day=today(), language="de", quote=ANSWER)
    about = {"about": "2", "day": today(), "language": "en", "quote": "We thank you.", "standing": "machine"}
    assert omar.send("emergency/testimony", sure="y").status_code == 303

    page = omar.read(f"deliveries/{handed}").text

    assert ANSWER not in page
    assert GIVEN["words_en"] not in page
    assert "Folder 3" in page
    assert "Translation of an answer" not in page
    assert ANSWER[:20] not in omar.read(f"deliveries/{handed}/translated").text
    assert preview(omar, f"{handed}/translated", **about).status_code == 422
    publish(omar, f"{handed}/answered", day=today(), language="de", quote="Von heute.")
    publish(omar, f"{handed}/translated", **about | {"about": "3", "quote": "Of today."})
    assert "Von heute." in omar.read(f"deliveries/{handed}").text


@on_sqlite
@pytest.mark.parametrize("kind", ["translated", "left out"])
def test_what_is_about_a_withheld_answer_is_withheld_with_it(app, omar, handed, kind):
    publish(omar, f"{handed}/answered", day=today(), language="de", quote=ANSWER)
    assert omar.send("emergency/testimony", sure="y").status_code == 303
    site, account = app.extensions["campaign"], next(one for one in rows(app, Account) if one.email == omar.email)
    value = {"office": handed, "kind": kind, "day": now().date(), "about": 2, "without_testimony": True}
    value |= {"language": "en", "quote": "We thank you."} if kind == "translated" else {"words": {"en": "We thank you."}}

    with pytest.raises(NotPossible), site.database.writing() as session:
        add_event(session, value, timeline=handed, by=account, today=now().date())
    with site.database.writing() as session:  # as it was possible once
        session.add(new_row((TextKind.EVENT, handed), value, now().date(), set_by="1"))
    site.snapshots.refresh()

    for path in ("/en/petition", "/en/updates.atom", "/api/v1/petition.json", "/en/copy.html"):
        assert "We thank you." not in app.test_client().get(path).text, path


def waiting_for(organizer):
    """The sentences on the first page of the desk that speak of offices."""
    section = next(one for one in parse(organizer.read("").text).iter("section") if one.get("class") == "tasks")
    found = ["".join(one.find("p").itertext()) for one in section.iter("li")]
    return [one for one in found if "Ask again" in one or "handover" in one]


@on_sqlite
def test_the_desk_reminds_after_two_six_and_twelve_weeks_until_somebody_has_asked(app, omar, handed):
    start = now()
    reminded = []
    for days in (13, 14, 41, 42, 83, 84, 200):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            assert omar.enter().status_code == 303
            if waiting := waiting_for(omar):
                assert "No answer from" in waiting[0]
                reminded.append(days)
                publish(omar, f"{handed}/asked-again", day=today())
                assert waiting_for(omar) == []
    assert reminded == [14, 42, 84]


@on_sqlite
def test_an_office_that_has_answered_is_not_asked_again_and_a_planned_day_that_has_come_is_named(app, omar, handed):
    publish(omar, f"{handed}/refused", day=today())
    publish(omar, "new/planned", office=office_of(app), day=(now().date() + timedelta(days=5)).isoformat())
    assert [row.name for row in events(app)][-1] == f"{handed}-2"
    with time_machine.travel(now() + timedelta(days=20), tick=False):
        omar.enter()
        assert len(waiting_for(omar)) == 1
        assert "was planned for" in waiting_for(omar)[0]


@on_sqlite
def test_what_waits_leads_to_the_delivery_that_it_is_about(app, omar, handed):
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        omar.enter()
        links = [one.get("href") for one in parse(omar.read("").text).iter("a")]

    assert f"/en/organize/deliveries/{handed}" in links


@on_sqlite
def test_the_languages_of_the_site_come_first_in_the_form_of_an_answer(app, omar, handed):
    form = parse(omar.read(f"deliveries/{handed}/answered").text)

    codes = [one.get("value") for one in form.findall(".//select[@name='language']/option")]
    assert codes[: len(LANGUAGES) + 1] == ["", *LANGUAGES]
    assert len(codes) == len(set(codes)) > 150


def test_a_moderator_adds_nothing(app, hadi):
    assert hadi.read("deliveries").status_code == 403
    assert preview(hadi, "new/planned", office=office_of(app), day=today()).status_code == 403


@pytest.mark.parametrize(("language", "letter"), [("ar", "ا"), ("hi", "क"), ("zh", "字")])
def test_no_form_is_too_long_to_be_sent_in_letters_of_many_bytes(app, omar, handed, language, letter):
    words = {f"words_{code}": letter * 500 for code in LANGUAGES}

    answer = preview(omar, f"{handed}/answered", day=today(), language=language, quote=letter * 2_500, **words)

    assert answer.status_code == 200
    assert hidden_fields(answer.text)["csrf_token"]


def test_the_page_of_a_delivery_begins_an_update_in_every_language_and_keeps_nothing(app, omar, handed):
    publish(omar, f"{handed}/answered", day=today(), language="de", quote="Ja.", words_en="It says yes.")
    page = omar.read(f"deliveries/{handed}").text
    [link] = [one.get("href") for one in parse(page).iter("a") if "event=2" in (one.get("href") or "")]

    form = parse(omar.read(link).text)

    words = {one.get("name"): one.text or "" for one in form.iter("textarea")}
    assert words["words_en"].strip().startswith("Answered: ")
    assert "It says yes." in words["words_en"]
    assert f"(/en/petition#delivery-{handed})" in words["words_en"]
    assert f"(/ar/petition#delivery-{handed})" in words["words_ar"]
    assert "Answered" not in words["words_ar"]
    assert [day(now(), LANGUAGES[code]) in words[f"words_{code}"] for code in ("en", "ar")] == [True, True]
    assert rows(app, Draft) == []
    fields = fields_of(omar.read(link)) | {name: said.strip() for name, said in words.items()}
    assert omar.send("words/update/new", **fields).status_code == 303
