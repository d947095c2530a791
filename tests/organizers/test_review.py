"""The review: names and waves are looked at, accepted, refused or removed; a moderator may, and each act is in the audit."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import audit, reviews
from campaign.petition import bursts, display_names, samples
from campaign.petition.models import Burst, NameReview, Signature
from tests.people import hidden_fields, link_in, parse, rows


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def made_up(app, database):
    """Sixty signatures, each with odd words that wait."""
    samples.add_samples(database, app.extensions["campaign"].keys, 60, lambda _: None)
    with database.writing() as session:
        for place, signature in enumerate(session.scalars(sa.select(Signature)).all()):
            display_names.change_display_name(session, signature, str(1000 + place), today=now().date(), hold=False)


@pytest.fixture
def wave(app, visitor, post_office, database):
    """Twenty confirm within one hour from one small domain; the wave."""
    for place in range(20):
        visitor.sign(name="Layla", email=f"layla{place}@camp.example", shown_as=f"Layla the {place}th")
    for letter in post_office.deliver():
        visitor.press(link_in(letter))
    bursts.fold_past_hours(database, now() + timedelta(hours=1))
    (found,) = rows(app, Burst)
    return found


def acts(database):
    """What the audit says of the review."""
    with database.reading() as session:
        return [(line.act, line.facts) for line in audit.read_entries(session) if line.act.startswith(("words", "wave"))]


def ticks(page):
    """The boxes of the names on a page."""
    return [box.get("value") for box in parse(page).iter("input") if box.get("name") == "words"]


def test_a_moderator_accepts_the_names_that_are_ticked_and_no_others(app, hadi, made_up, database):
    one, *others = ticks(hadi.read("review").text)

    answer = hadi.send("review", words=one, deed="accept")

    assert answer.status_code == 303
    assert "The change has been saved." in hadi.read(answer.location).text
    assert len(rows(app, NameReview)) == 59
    assert acts(database) == [("words accepted", {"number": 1, "signature": one})]
    assert ticks(hadi.read("review").text)[: len(others)] == others


def test_refused_names_are_never_shown_and_still_count(app, hadi, made_up, database):
    page = hadi.read("review?all=y")
    fields = {
        "csrf_token": hidden_fields(page.text, "/review")["csrf_token"],
        "words": ticks(page.text),
        "deed": "refuse",
        "sure": "y",
    }

    assert hadi.client.post("/en/organize/review", data=fields).status_code == 303

    assert [(act, facts["number"], len(facts["signature"].split())) for act, facts in acts(database)] == [
        ("words refused", 25, 25)
    ]
    assert [one for one in rows(app, Signature) if one.shown_as] == []
    assert len([one for one in rows(app, NameReview) if one.refused_on]) == 25
    assert len(rows(app, Signature)) == 60
    assert len(ticks(hadi.read("review").text)) == 25


def test_all_that_wait_are_met_once_page_by_page(hadi, made_up):
    found, address = [], "review"
    while address:
        page = hadi.read(address).text
        found += ticks(page)
        address = next((link.get("href") for link in parse(page).iter("a") if link.get("rel") == "next"), None)

    assert len(found) == len(set(found)) == 60


def test_the_review_says_how_many_wait_and_in_which_order(hadi, made_up, wave):
    page = " ".join(hadi.read("review").text.split())

    assert "60 names are waiting for review. Reported names come first, then the oldest." in page
    assert "1 wave of signatures is waiting for review. The newest first." in page


@pytest.mark.parametrize("key", ["", "x", "2026-13-45." + "0" * 32, "9999-12-31." + "f" * 32, "2026-11-22." + "g" * 32])
def test_a_key_that_is_none_is_a_page_and_no_fault(hadi, made_up, key):
    assert hadi.read(f"review?after={key}").status_code == 200


@pytest.mark.parametrize("fields", [{}, {"deed": "destroy"}])
def test_what_is_no_act_of_the_review_is_refused(hadi, made_up, fields):
    assert hadi.send("review", **fields).status_code == 400


def test_nothing_ticked_changes_nothing(app, hadi, made_up, database):
    for words in ({}, {"words": "no id"}, {"words": "0" * 32}):
        hadi.send("review", deed="accept", **words)

    assert len(rows(app, NameReview)) == 60
    assert acts(database) == []


def test_a_reported_name_is_on_top_of_the_review_and_marked(hadi, made_up, database):
    with database.writing() as session:
        display_names.accept_names(
            session, list(session.scalars(sa.select(NameReview.signature_id).where(NameReview.held == "1042")))
        )
        display_names.report_name(session, "1042", now().date() + timedelta(days=30))

    page = hadi.read("review").text

    top = page.index("that they did not sign")
    assert page.count("that they did not sign") == 1
    assert page.index(">1042<") < top < page.index('name="words"', top)
    assert len(ticks(page)) == 26


def test_held_names_are_shown_to_who_reviews_and_to_nobody_else(app, hadi, visitor, layla, database):
    with database.writing() as session:
        (signature,) = session.scalars(sa.select(Signature))
        display_names.change_display_name(session, signature, "Layla of Aleppo", today=now().date(), hold=True)

    assert "Layla of Aleppo" in hadi.read("review").text
    assert "Layla of Aleppo" not in visitor.read_names().text


def test_a_wave_is_looked_at_and_taken_as_in_order(hadi, wave, database):
    assert "20 signatures from one small provider" in hadi.read("review").text
    page = hadi.read(f"review/wave/{wave.id}").text
    assert "20 of them are left." in page
    assert "Layla the 7th" in page
    assert "camp.example" not in page

    hadi.send(f"review/wave/{wave.id}", deed="accept")

    assert "No waves to review." in hadi.read("review").text
    assert acts(database) == [("wave in order", {"wave": wave.id})]


def test_removing_a_wave_first_shows_all_of_it_and_removes_nothing(app, omar, wave):
    answer = omar.send(f"review/wave/{wave.id}", deed="remove")

    page = omar.read(answer.location)
    assert page.status_code == 200
    assert "20" in page.text
    assert len(rows(app, Signature)) == 20


def test_a_wave_that_is_not_there_is_not_found(hadi, database):
    assert hadi.read("review/wave/7").status_code == 404
    assert reviews.REVIEW_PAGE_SIZE < 30
