"""News by e-mail at the desk: one asks for an update to be sent, another one agrees, at most twice in 30 days."""

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import ledger, news_approval
from campaign.organizers.actions import Action
from campaign.organizers.models import AuditEntry, Request
from campaign.petition.published import PublishedText, TextKind, new_row
from tests.people import SAMPLE_UPDATE, announce, parse, rows

TWO_WERE = "Two updates were agreed to in the last 30 days."


@pytest.fixture
def site(app):
    """The state of the site, with an update."""
    announce(app)
    return app.extensions["campaign"]


def ask(organizer, slug=SAMPLE_UPDATE):
    """Asks for an update to be sent."""
    organizer.prove()
    return organizer.send("news", update=slug)


def agree(app, organizer):
    """Agrees to what waits."""
    number = next(one.id for one in rows(app, Request) if one.decided_at is None and one.act == Action.NEWS_MAILING)
    organizer.prove()
    return organizer.send("requests", request=str(number), deed="agree")


def agreed(site, slug=SAMPLE_UPDATE):
    """Whether an update can be taken to be sent."""
    with site.database.reading() as session:
        return news_approval.find_agreed(session, slug) is not None


def test_an_update_can_be_sent_once_a_second_organizer_agrees_and_the_page_says_how(app, site, omar, nour):
    assert ask(omar).location.endswith("/requests")
    assert ask(omar).status_code == 303
    assert len(rows(app, Request)) == 1
    assert not agreed(site)
    with site.database.writing() as session:
        ledger.begin_change(session)
        session.add(Request(act=Action.KEY_CHANGE.value, facts={"public": "A"}, asked_by="nour@example.org", asked_at=now()))
    page = nour.read("requests").text
    assert f'href="/en/updates/{SAMPLE_UPDATE}"' in page
    assert page.count("Read the update as it would be sent") == 1
    assert agree(app, omar).status_code == 409
    assert "has not agreed yet" in omar.read("news").text

    assert agree(app, nour).status_code == 303

    assert agreed(site)
    assert f"campaign news list {SAMPLE_UPDATE} --out news.list" in omar.read("news").text
    acts = [line.act for line in rows(app, AuditEntry)]
    assert {Action.ASKED.value, Action.AGREED.value, Action.NEWS_AGREED.value} <= set(acts)
    assert ask(omar).status_code == 409


def test_an_update_that_was_just_published_is_there(app, site, omar):
    names = {"en": "Brand new", "ar": "جديد"}
    with site.database.writing() as session:  # another machine of the site
        session.add(new_row((TextKind.UPDATE, "brand-new"), {"names": names}, now().date()))

    assert "Brand new" in omar.read("news").text


def test_words_that_change_before_or_after_the_agreement_need_another_one(app, site, omar, nour):
    ask(omar)
    announce(app, SAMPLE_UPDATE, {"en": "Other words"})
    refused = agree(app, nour)
    assert (refused.status_code, "The update has changed in the meantime" in refused.text) == (409, True)
    assert not agreed(site)

    nour.send("requests", request=str(rows(app, Request)[0].id), deed="decline")
    ask(omar)
    agree(app, nour)
    assert agreed(site)
    announce(app, SAMPLE_UPDATE, {"en": "Words of today"})
    assert not agreed(site)


def test_words_that_change_while_a_request_waits_can_be_asked_for_at_once(app, site, omar, nour):
    ask(omar)
    button = f'name="update" value="{SAMPLE_UPDATE}"'
    assert (button in omar.read("news").text, "has not agreed yet" in omar.read("news").text) == (False, True)

    announce(app, SAMPLE_UPDATE, {"en": "Other words"})

    assert (button in omar.read("news").text, "has not agreed yet" in omar.read("news").text) == (True, False)
    assert ask(omar).location.endswith("/requests")
    assert button not in omar.read("news").text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_update_that_was_taken_down_a_moment_ago_is_no_fault_of_the_page(app, site, omar, monkeypatch, language):
    omar.prove()
    monkeypatch.setattr("campaign.petition.snapshot.SNAPSHOT_LIFETIME", 3600)
    monkeypatch.setattr(site.snapshots, "refresh", lambda: True)  # it is taken down just after
    with site.database.writing() as session:  # the pages know the words of before for a moment more
        session.add(new_row((TextKind.UPDATE, SAMPLE_UPDATE), {"names": {}}, now().date(), set_by="1"))

    shown, asked = omar.read(f"/{language}/organize/news"), ask(omar)

    assert (shown.status_code, SAMPLE_UPDATE in shown.text) == (200, True)
    assert (asked.status_code, "There is no such update." in asked.text) == (409, True)


def test_no_third_update_is_asked_for_or_agreed_to_in_30_days(app, site, omar, nour):
    for slug in ("one", "two", "three", "four"):
        announce(app, slug, {"en": slug})
    ask(omar, "one")
    agree(app, nour)
    ask(omar, "two")
    ask(omar, "three")
    with site.database.reading() as session:
        asked = {one.facts["update"]: str(one.id) for one in session.scalars(sa.select(Request))}
    assert nour.send("requests", request=asked["two"], deed="agree").status_code == 303

    refused, third = ask(omar, "four"), nour.send("requests", request=asked["three"], deed="agree")

    for answer in (refused, third):
        assert (answer.status_code, TWO_WERE in answer.text) == (409, True)
    assert not agreed(site, "three")


@pytest.mark.parametrize("slug", ["", "unknown", "x" * 500])
def test_an_update_that_is_not_there_is_one_sentence(app, site, omar, slug):
    answer = ask(omar, slug)

    assert (answer.status_code, "There is no such update." in answer.text) == (409, True)
    assert rows(app, Request) == []


def test_the_page_names_what_is_missing_in_a_language_and_a_moderator_does_not_see_it(app, site, omar, hadi):
    announce(app, "one", {"ar": "خبر تجريبي"})
    omar.prove()

    for language in ("en", "ar"):
        page = parse(omar.read(f"/{language}/organize/news").text)
        assert "خبر تجريبي" in ["".join(one.itertext()) for one in page.iter("h2")]
    assert "its readers get it in another: English" in omar.read("news").text
    assert hadi.read("news").status_code == 403
    assert omar.read("words/update").text.count("/organize/news") == 1


def test_an_update_that_was_taken_down_cannot_be_agreed_to(app, site, omar, nour):
    ask(omar)
    announce(app, SAMPLE_UPDATE, {"en": ""})

    refused = agree(app, nour)

    assert (refused.status_code, "There is no such update." in refused.text) == (409, True)
    assert len(rows(app, PublishedText)) > 1
