"""Words among the names: shown at once, or held until an organizer has looked, and the signer knows which."""

import pytest

from campaign.database import now
from campaign.petition import display_names
from campaign.petition.models import NameReview, Publication, Signature
from tests.people import link_in, rows

WAIT = {"en": "This name is waiting for review.", "ar": "هذا الاسم بانتظار المراجعة"}
NOT_SHOWN = {"en": "The campaign has decided not to show the name", "ar": "قررت الحملة عدم إظهار الاسم"}


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def held(app, database):
    """New words are held for review."""
    with database.writing() as session:
        session.get_one(Publication, 1).words_held_on = now().date()
    app.extensions["campaign"].snapshots.refresh()


@pytest.fixture
def judge(app, database):
    """An organizer looks at all that waits."""

    def do(deed, *more):
        with database.writing() as session:
            return deed(session, [review.signature_id for review in rows(app, NameReview)], *more)

    return do


def sign(visitor, post_office, words):
    """Somebody signs and confirms; their link."""
    visitor.sign(shown_as=words)
    link = link_in(post_office.deliver()[-1])
    visitor.press(link)
    return link


def shown(visitor):
    """The page of names."""
    return visitor.read_names().text


def test_words_that_are_held_are_shown_nowhere_until_somebody_has_accepted_them(app, held, somebody, post_office, judge):
    link = sign(somebody, post_office, "Layla of Aleppo")

    assert "Layla of Aleppo" not in shown(somebody)
    assert WAIT[somebody.language] in somebody.read(link).text
    assert rows(app, Signature)[0].shown_as is None
    judge(display_names.accept_names)

    assert "Layla of Aleppo" in shown(somebody)
    assert WAIT[somebody.language] not in somebody.read(link).text
    assert rows(app, NameReview) == []


def test_whoever_s_words_are_refused_is_told_counts_and_can_choose_others(app, held, somebody, post_office, judge):
    link = sign(somebody, post_office, "Somebody’s enemy")

    judge(display_names.refuse_names, now().date())

    page = somebody.read(link).text
    assert NOT_SHOWN[somebody.language] in page
    assert "Somebody’s enemy" not in page + shown(somebody)
    somebody.press(link, act="show", shown_as="Layla")
    assert WAIT[somebody.language] in somebody.read(link).text
    judge(display_names.accept_names)
    assert "Layla" in shown(somebody)
    assert len(rows(app, Signature)) == 1


def test_other_words_are_held_anew_and_the_same_words_are_not(app, visitor, layla, held):
    visitor.press(layla, act="show", shown_as="Layla")
    assert "Layla" in shown(visitor)

    visitor.press(layla, act="show", shown_as="Layla H.")

    assert "Layla" not in shown(visitor)
    assert [review.held for review in rows(app, NameReview)] == ["Layla H."]


def test_odd_words_wait_for_an_organizer_with_their_reason(app, visitor, post_office, judge):
    link = sign(visitor, post_office, "Layla on Telegram")

    (review,) = rows(app, NameReview)
    assert (review.flags, review.held, review.day) == ("link-like", "Layla on Telegram", now().date())
    assert "Layla on Telegram" not in shown(visitor)
    assert WAIT["en"] in visitor.read(link).text
    assert judge(display_names.accept_names) == 1
    assert rows(app, NameReview) == []
    assert "Layla on Telegram" in shown(visitor)


def test_odd_words_that_are_refused_are_never_shown(app, visitor, post_office, judge):
    sign(visitor, post_office, "12345")

    assert judge(display_names.refuse_names, now().date()) == 1

    assert "12345" not in shown(visitor)
    assert judge(display_names.accept_names) == 0  # what was refused does not wait any more


def test_whoever_hides_the_name_or_withdraws_leaves_nothing_to_look_at(app, held, visitor, post_office):
    link = sign(visitor, post_office, "Layla")

    visitor.press(link, act="hide")
    assert rows(app, NameReview) == []
    visitor.press(link, act="show", shown_as="Layla")
    visitor.press(link, act="withdraw")

    assert rows(app, NameReview) + rows(app, Signature) == []


def test_usual_words_and_no_words_are_not_looked_at(app, visitor, post_office):
    sign(visitor, post_office, "")
    visitor.sign(email="sami@example.org", shown_as="سامي")
    visitor.press(link_in(post_office.deliver()[-1]))

    assert rows(app, NameReview) == []
