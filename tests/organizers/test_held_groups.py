"""Held groups at the desk: on top of the review, let into the count or removed together, and both undone."""

import pytest

from campaign.organizers import audit
from campaign.petition import counting
from campaign.petition.models import Burst, Tally
from tests.people import link_in, rows, standing


@pytest.fixture
def group(app, visitor, post_office):
    """A group of three that are held, of 23 that came from one small domain."""
    for place in range(23):
        visitor.sign(name="Layla", email=f"layla{place}@camp.example", shown_as=f"Layla {place}")
    for letter in post_office.deliver():
        visitor.press(link_in(letter))
    (found,) = [wave for wave in rows(app, Burst) if wave.is_held]
    return found.id


def number_held(app):
    """How many signatures are held."""
    with app.extensions["campaign"].database.reading() as session:
        return counting.count_held(session)


def acts(app):
    """What the audit says of held groups and removals."""
    with app.extensions["campaign"].database.reading() as session:
        found = ("held", "removed", "restored", "asked")
        return [(line.act, line.facts.get("number")) for line in audit.read_entries(session) if line.act.startswith(found)]


def test_a_held_group_is_on_top_of_the_review_with_its_number(hadi, group):
    page = hadi.read("review").text

    assert f"Group {group}, since " in page
    assert page.index("3 signatures") < page.index('id="words"')
    assert "3 signatures are confirmed and do not count yet." in hadi.read(f"review/wave/{group}").text


def test_a_group_is_let_into_the_count_and_held_again(app, hadi, group):
    answer = hadi.send(f"review/wave/{group}", deed="count")
    assert answer.status_code == 303
    assert (len(standing(app)), number_held(app)) == (23, 0)
    assert "No signature is held in this group now." in hadi.read(answer.location).text
    assert "since" not in hadi.read("review").text

    hadi.send(f"review/wave/{group}", deed="hold")
    hadi.send(f"review/wave/{group}", deed="hold")
    assert (len(standing(app)), number_held(app)) == (20, 3)
    assert acts(app) == [("held counted", 3), ("held again", 3)]


def test_a_group_is_removed_with_a_reason_by_two_and_put_back_it_is_held_as_before(app, omar, nour, group):
    preview = omar.send(f"review/wave/{group}", deed="remove").location
    assert "3 signatures would be removed." in omar.read(preview).text
    omar.send(preview, deed="remove", reason="not_real")
    assert number_held(app) == 3

    nour.prove()
    nour.send("requests", request="1", deed="agree")
    assert (len(standing(app)), number_held(app)) == (20, 0)
    assert [(one.reason, one.number) for one in rows(app, Tally)] == [("not_real", 3)]

    omar.send(preview, deed="undo")
    assert (len(standing(app)), number_held(app)) == (20, 3)
    assert acts(app) == [("asked", None), ("removed", 3), ("restored", 3)]


def test_the_page_of_a_held_signature_leads_to_its_group(app, omar, group):
    with app.extensions["campaign"].database.reading() as session:
        signature = session.scalars(counting.held()).first()

    assert f"review/wave/{group}" in omar.read(f"signatures/{signature.id.hex()}").text


def test_names_that_are_held_are_not_found_among_those_that_stand(omar, group):
    assert omar.read("signatures?name=Layla").text.count('class="name"') == 20


def test_an_ordinary_wave_cannot_be_held(app, hadi, group):
    with app.extensions["campaign"].database.writing() as session:
        wave = Burst(day=rows(app, Burst)[0].day, hour=1, provider="gmail.com", number=1)
        session.add(wave)
        session.flush()
        number = wave.id
    hadi.send(f"review/wave/{number}", deed="hold")

    assert number_held(app) == 3
