"""The switches: each says what will happen, does it at once, can be turned back, and is in the audit."""

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.organizers import audit
from campaign.organizers.overview import SWITCHES
from campaign.petition.models import Publication
from tests.people import parse

NOTED = {name for switch in SWITCHES.values() for name in (switch.on, switch.off)}


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def acts(database):
    """What the audit says."""

    def read():
        with database.reading() as session:
            assert audit.verify_chain(session) == []
            return [(line.by, line.act) for line in audit.read_entries(session) if line.act in NOTED]

    return read


@pytest.fixture
def is_on(database):
    """Whether a switch is turned on."""

    def read(name):
        with database.reading() as session:
            return getattr(session.get_one(Publication, 1), SWITCHES[name].since.key) is not None

    return read


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_turned_after_saying_what_will_happen_and_turned_back(omar, is_on, acts, name):
    assert 'name="turn" value="on"' in omar.read(f"switch/{name}").text
    assert omar.send(f"switch/{name}", turn="on").status_code == 303
    assert is_on(name)

    assert 'name="turn" value="off"' in omar.read(f"switch/{name}").text
    assert omar.send(f"switch/{name}", turn="off").status_code == 303

    assert not is_on(name)
    assert acts() == [("omar@example.org", SWITCHES[name].on), ("omar@example.org", SWITCHES[name].off)]


@pytest.mark.parametrize("name", SWITCHES)
def test_opening_the_page_of_a_switch_turns_nothing(omar, is_on, name):
    assert omar.read(f"switch/{name}").status_code == 200

    assert not is_on(name)


def test_pressed_twice_is_the_same_as_once(omar, acts):
    for _ in range(3):
        omar.send("switch/mail", turn="on")

    assert acts() == [("omar@example.org", "mail stopped")]


def test_a_moderator_turns_nothing(hadi, acts):
    for name in SWITCHES:
        assert hadi.read(f"switch/{name}").status_code == 403
        assert hadi.send(f"switch/{name}", turn="on").status_code == 403

    assert acts() == []


def test_what_is_no_switch_is_refused(omar, acts):
    assert omar.read("switch/power").status_code == 404
    assert omar.send("switch/power", turn="on").status_code == 400
    assert omar.send("switch/mail", turn="up").status_code == 400
    assert omar.send("switch/mail").status_code == 400

    assert acts() == []


def test_all_names_disappear_at_once_and_come_back(omar, app, somebody, layla):
    assert "<bdi>Layla</bdi>" in somebody.read_names().text

    omar.send("switch/names", turn="on")
    page = somebody.read_names()

    assert "Layla" not in page.text
    said = {"en": "No names are shown for the time being.", "ar": "لا تظهر أي أسماء في الوقت الحاضر."}
    assert said[somebody.language] in page.text
    assert "<bdi>Layla</bdi>" in somebody.read(layla).text
    omar.send("switch/names", turn="off")
    assert "<bdi>Layla</bdi>" in somebody.read_names().text


def test_closing_takes_the_form_away_and_resuming_brings_it_back(omar, app, visitor, sami):
    omar.send("switch/signing", turn="on")
    app.extensions["campaign"].snapshots.refresh()

    assert "Signing has closed." in visitor.read("/en/sign").text
    assert visitor.press(sami).status_code == 303
    omar.send("switch/signing", turn="off")
    app.extensions["campaign"].snapshots.refresh()
    assert [form for form in parse(visitor.read("/en/sign").text).iter("form") if form.get("action") == "/en/sign"]


def test_everybody_at_the_desk_sees_what_is_switched_off(omar, hadi):
    for name in SWITCHES:
        omar.send(f"switch/{name}", turn="on")

    for somebody in (omar, hadi):
        page = somebody.read().text
        for state in ("Signing has been closed", "Sending e-mail has been stopped", "All names have been hidden"):
            assert state in page
        assert "New names have been held" in page


def test_signing_can_be_resumed_under_the_letter_that_retells_nothing_of_a_testimony_that_is_withdrawn(database, omar, is_on):
    omar.send("switch/signing", turn="on")
    with database.writing() as session:
        session.execute(sa.update(Publication).values(testimony_withdrawn_on=now().date()))

    omar.send("switch/signing", turn="off")

    assert not is_on("signing")
