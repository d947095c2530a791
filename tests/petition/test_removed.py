"""What a signer sees whose signature was removed, what they can still do, and that nothing of them is left after it."""

from datetime import timedelta

import pytest

from campaign.database import now
from campaign.languages import day
from campaign.organizers import removals
from campaign.petition.models import UNDO_FOR, Submission
from tests.organizers.stored import propose, removed
from tests.organizers.test_removal_rules import remove, undo
from tests.people import link_in, publish, rows, standing


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def removal(app, database, layla):
    """Layla's signature was removed as not real."""
    number = propose(app, [standing(app)[0].id])
    remove(database, number, "not_real")
    return number


def test_the_signers_own_link_says_that_it_was_removed_until_when_and_what_can_be_done(visitor, reader, layla, removal):
    page = visitor.read(layla)

    assert page.status_code == 200
    assert "The organizers removed this signature" in page.text
    assert "The organizers could not count it as a genuine signature." in page.text
    assert day((now() + UNDO_FOR).date()) in page.text
    assert "Delete it now" in page.text
    arabic = reader.read(layla.replace("/en/", "/ar/")).text
    assert "حذف فريق الحملة هذا التوقيع" in arabic
    assert "أمحوه نهائيًا الآن" in arabic


def test_nobody_else_learns_why_and_the_name_is_not_shown(app, visitor, layla, removal):
    publish(app)
    pages = [visitor.read(f"/en/{path}").text for path in ("", "petition", "sign")]
    pages.append(visitor.read_names().text)

    assert not [page for page in pages if "Layla" in page or "could not count it" in page]


def test_the_signer_deletes_it_for_good_and_it_cannot_come_back(app, visitor, layla, removal, database):
    assert visitor.press(layla, act="withdraw").status_code == 303

    assert removed(database) == []
    assert undo(database, removal) == 0
    assert standing(app) == []
    assert visitor.read(layla).status_code == 410
    publish(app)
    numbers = visitor.read("/api/v1/petition.json").json
    assert (numbers["removed"], numbers["withdrawn"]) == (1, 0)


def test_no_other_button_brings_it_back(app, visitor, layla, removal, database):
    before = removed(database)

    for act in ("confirm", "show", "hide", "news", "language", "else"):
        assert "was removed" in visitor.press(layla, act=act, shown_as="Layla").text

    assert removed(database) == before
    assert standing(app) == []


def test_after_it_was_put_back_the_link_shows_the_signature_as_before(app, visitor, layla, removal, database):
    undo(database, removal)

    assert "Withdraw my signature" in visitor.read(layla).text
    assert "Layla" in visitor.read_names().text


def test_after_the_week_the_link_is_not_valid_any_more(visitor, layla, removal, database):
    removals.purge(database, now() + UNDO_FOR + timedelta(seconds=1))

    assert visitor.read(layla).status_code == 404


def test_who_signs_anew_meanwhile_counts_and_the_old_link_leads_there(app, visitor, layla, removal, post_office, database):
    visitor.sign(name="Layla Haddad", email="layla@example.org", shown_as="Layla H.")
    letter = post_office.deliver()[-1]
    assert letter["Subject"] == "Please confirm the signature"

    visitor.press(link_in(letter))

    assert [row.shown_as for row in standing(app)] == ["Layla H."]
    assert "Layla H." in visitor.read(layla).text
    visitor.press(layla, act="withdraw")
    assert standing(app) == removed(database) == rows(app, Submission) == []
