"""Not showing a name is asked once more, keeps the words for a week, can be undone, and the audit says whose, never which."""

from datetime import timedelta

import pytest

from campaign.database import now
from campaign.organizers import audit
from campaign.organizers.actions import Action
from campaign.organizers.views import review
from campaign.petition import display_names
from campaign.petition.models import Burst, BurstMember, NameReview, Signature
from tests.people import link_in, parse, rows
from tests.servers import on_sqlite


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def waiting(app, layla, database):
    """The id of Layla's signature, whose name waits in the review."""
    [signature] = rows(app, Signature)
    with database.writing() as session:
        display_names.hold_name(session, signature.id, today=now().date())
    return signature.id


def said(database, action):
    """What the audit says of an action."""
    with database.reading() as session:
        return [line.facts for line in audit.read_entries(session) if line.act == action]


def test_refusing_is_asked_once_more_and_can_be_undone_for_a_week(app, hadi, waiting, database):
    asked = hadi.send("review", words=waiting.hex(), deed="refuse")
    assert asked.status_code == 200
    assert '<bdi class="name">Layla</bdi>' in asked.text
    assert "The words are kept for 7 days" in asked.text
    assert [one.refused_on for one in rows(app, NameReview)] == [None]

    assert hadi.send("review", words=waiting.hex(), deed="refuse", sure="y").status_code == 303
    page = hadi.read(f"signatures/{waiting.hex()}").text
    assert "Layla" in page
    assert "the words are kept until" in page
    assert waiting.hex() in hadi.read("signatures?state=refused").text
    assert said(database, Action.WORDS_REFUSED) == [{"number": 1, "signature": waiting.hex()}]

    hadi.send(f"signatures/{waiting.hex()}", deed="undo")
    assert "Layla" in hadi.read("review").text
    assert waiting.hex() not in hadi.read("signatures?state=refused").text
    assert said(database, Action.REFUSAL_UNDONE) == [{"signature": waiting.hex()}]


def test_the_words_are_gone_after_a_week_and_the_signer_is_told_all_the_while(app, hadi, waiting, layla, visitor, database):
    hadi.send("review", words=waiting.hex(), deed="refuse", sure="y")
    assert "The campaign has decided not to show the name" in visitor.read(layla).text

    display_names.forget_refused(database, now().date() + timedelta(days=6))
    assert [one.refused for one in rows(app, NameReview)] == ["Layla"]
    display_names.forget_refused(database, now().date() + timedelta(days=7))

    assert [(one.refused, one.held) for one in rows(app, NameReview)] == [(None, None)]
    hadi.send(f"signatures/{waiting.hex()}", deed="undo")
    assert [one.refused_on is not None for one in rows(app, NameReview)] == [True]
    assert "The campaign has decided not to show the name" in visitor.read(layla).text


def test_a_group_shows_how_alike_its_signatures_are_and_its_members_are_ticked_apart(app, omar, visitor, post_office, database):
    for number, name in enumerate(("سامي حداد", "سامى حدّاد", "Sami Khalil", "")):
        visitor.sign(email=f"sami{number}@example.org", shown_as=name)
        visitor.press(link_in(post_office.deliver()[-1]))
    ids = [one.id for one in rows(app, Signature)]
    with database.writing() as session:
        bursts = [Burst(day=now().date(), hour=14, provider="other", number=4) for _ in range(2)]
        session.add_all(bursts)
        session.flush()
        session.add_all(BurstMember(wave_id=bursts[0].id, signature_id=one) for one in ids)

    page = parse(omar.read(f"review/wave/{bursts[0].id}").text)
    facts = {one.find("dt").text: one.find("dd").text for one in page.find(".//dl").iter("div")}

    assert facts["Names shown or to be shown"] == "3"
    assert facts["Different spellings"] == "2"
    assert facts["Names that share the commonest word"] == "2"
    assert facts["Others of this kind on the same day"] == "1"
    ticks = [box.get("value") for box in page.iter("input") if box.get("name") == "ids"]
    assert sorted(ticks) == sorted(one.hex() for one in ids)
    removal = omar.send("signatures", ids=ticks[0]).location
    assert "1 signature would be removed." in omar.read(removal).text


@on_sqlite
def test_asking_once_more_holds_up_nobody_who_writes(hadi, waiting, database, monkeypatch):
    really = review.render_template

    def render(*arguments, **values):
        with database.writer_turn():
            return really(*arguments, **values)

    monkeypatch.setattr(review, "render_template", render)

    assert hadi.send("review", words=waiting.hex(), deed="refuse").status_code == 200
