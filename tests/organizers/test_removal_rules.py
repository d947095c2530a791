"""Removing: what was seen goes and nothing else, a week it can come back, and the published numbers say so at each step."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from campaign.database import now
from campaign.exports import rows as exports
from campaign.organizers import removals, reviews
from campaign.organizers.removals import TooLate
from campaign.petition import display_names, signing
from campaign.petition.models import NameReview, Removal, Signature, Tally
from campaign.petition.name_index import NameWord
from tests.organizers.stored import DAY, everything, propose, removed, store
from tests.people import link_in, publish, standing


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def remove(database, number, reason="duplicate", at=None):
    with database.writing() as session:
        return removals.remove_drafted(session, number, reason=reason, at=at or now())


def undo(database, number, at=None):
    with database.writing() as session:
        return removals.undo_removal(session, number, at=at or now())


def told(app, visitor):
    """What is published, what holds, and what an export would take."""
    publish(app)
    numbers = visitor.read("/api/v1/petition.json").json
    exported = exports.count_rows(app.extensions["campaign"].database, exports.SignatureFilter())
    assert numbers["confirmed"] == exported == len(standing(app))
    assert numbers["removed"] == sum(numbers["removed_by_reason"].values())
    return exported, numbers["removed_by_reason"]


def test_a_thousand_are_removed_and_come_back_and_the_numbers_agree_at_each_step(app, visitor, database):
    ids = store(app, *["Layla"] * 600, *[None] * 600)
    assert told(app, visitor) == (1200, {})

    number = propose(app, ids[:1000])
    assert told(app, visitor) == (1200, {}), "a proposal removes nothing"

    assert remove(database, number) == 1000
    assert told(app, visitor) == (200, {"duplicate": 1000})

    assert undo(database, number) == 1000
    assert told(app, visitor) == (1200, {})


def test_what_comes_back_is_what_went_and_its_names_are_found_again(app, database):
    ids = store(app, "Layla", "سامي", None)
    before = everything(database, Signature), everything(database, NameWord)

    number = propose(app, ids)
    remove(database, number)
    assert everything(database, NameWord) == standing(app) == []
    undo(database, number)

    assert (everything(database, Signature), everything(database, NameWord)) == before
    assert removed(database) == []


def test_words_that_waited_to_be_looked_at_or_were_refused_come_back_as_they_were(app, database):
    [held, odd, refused, fine] = store(app, None, "Layla.example", None, "Sami")
    with database.writing() as session:
        display_names.apply_display_name(session, held, "Rana", today=DAY, hold=True)
        session.add(NameReview(signature_id=odd, day=DAY, flags="link"))
        display_names.apply_display_name(session, refused, "Buy now", today=DAY, hold=True)
        display_names.refuse_names(session, [refused], DAY)
    before = everything(database, NameReview), everything(database, NameWord)
    number = propose(app, [held, odd, refused, fine])

    remove(database, number)
    with database.reading() as session:
        assert reviews.pending_names(session, "")[0] == []
    undo(database, number)

    assert (everything(database, NameReview), everything(database, NameWord)) == before


def test_pressing_twice_removes_once_and_puts_back_once(app, visitor, database):
    number = propose(app, store(app, "Layla", "Sami"))

    assert [remove(database, number) for _ in range(3)] == [2, 0, 0]
    assert [undo(database, number) for _ in range(3)] == [2, 0, 0]
    assert remove(database, number) == 0, "what was undone is proposed anew"
    assert told(app, visitor) == (2, {})


def test_each_reason_is_published_apart_and_the_total_beside_it(app, visitor, database):
    ids = store(app, *["Layla"] * 10)
    for place, reason in enumerate(("duplicate", "not_real", "abuse", "asked")):
        remove(database, propose(app, ids[place * 2 : place * 2 + 2]), reason)

    assert told(app, visitor) == (2, {"duplicate": 2, "not_real": 2, "abuse": 2, "asked": 2})


def test_what_was_withdrawn_meanwhile_is_not_removed_and_not_counted_as_removed(app, visitor, database):
    ids = store(app, "Layla", "Sami")
    number = propose(app, ids)
    with database.writing() as session:
        signing.withdraw(session, session.get_one(Signature, ids[0]), now().date())

    assert remove(database, number) == 1
    assert told(app, visitor) == (0, {"duplicate": 1})
    assert undo(database, number) == 1


def test_a_mailbox_that_signed_anew_keeps_its_new_signature_when_the_old_one_would_come_back(app, visitor, database, layla):
    number = propose(app, [standing(app)[0].id, *store(app, "Sami")])
    remove(database, number)
    [old] = [row for row in removed(database) if row["shown_as"] == "Layla"]
    new = store(app, "Layla again", tag=old["tag"])

    assert undo(database, number) == 1

    assert told(app, visitor) == (2, {"duplicate": 1})
    assert {row.id for row in standing(app)} >= set(new)
    assert removed(database) == []


def test_after_seven_days_it_cannot_be_undone_and_only_a_number_is_left(app, visitor, database):
    number, week = propose(app, store(app, "Layla", "Sami")), timedelta(days=7)
    remove(database, number, at=now() - week + timedelta(minutes=1))
    removals.purge(database, now())
    assert len(removed(database)) == 2, "a minute is left"

    with pytest.raises(TooLate):
        undo(database, number, at=now() + timedelta(minutes=2))
    removals.purge(database, now() + timedelta(minutes=2))

    assert removed(database) == []
    assert [row["number"] for row in everything(database, Removal)] == [2]
    assert told(app, visitor) == (0, {"duplicate": 2})


def test_the_timed_work_deletes_what_was_removed_a_week_ago(app, database, settings):
    number = propose(app, store(app, "Layla"))
    remove(database, number, at=now() - timedelta(days=8))

    removals.purge(database, now())

    assert removed(database) == []


def test_a_proposal_of_which_nothing_came_is_forgotten(app, database):
    propose(app, store(app, "Layla"))

    removals.purge(database, now() + timedelta(days=15))

    assert everything(database, Removal) == []
    assert len(standing(app)) == 1


def test_when_something_fails_in_the_middle_nothing_was_removed(app, visitor, database, monkeypatch):
    number = propose(app, store(app, *["Layla"] * 1000))
    monkeypatch.setattr(removals, "add_to_tally", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        remove(database, number)

    assert told(app, visitor) == (1000, {})
    assert removed(database) == everything(database, Tally) == []


def test_when_something_fails_in_the_middle_of_undoing_everything_stays_removed(app, visitor, database, monkeypatch):
    number = propose(app, store(app, *["Layla"] * 1000))
    remove(database, number)
    monkeypatch.setattr(removals.name_index, "index_names", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        undo(database, number)

    assert told(app, visitor) == (0, {"duplicate": 1000})
    assert len(removed(database)) == 1000


def test_nothing_of_a_person_survives_their_erase_also_while_removed(app, database, layla, visitor):
    remove(database, propose(app, [standing(app)[0].id]))
    keys = app.extensions["campaign"].keys

    with database.writing() as session:
        assert signing.erase(session, keys, "Layla+x@example.org", now().date())
        assert not signing.erase(session, keys, "layla@example.org", now().date())

    assert removed(database) == everything(database, NameWord) == []
    assert told(app, visitor) == (0, {"duplicate": 1}), "it was counted as removed, and is not counted a second time"


def test_the_words_of_a_withdrawn_or_hidden_name_are_gone(app, database, layla, visitor):
    assert {row["word"] for row in everything(database, NameWord)} == {"layla"}
    visitor.press(layla, act="show", shown_as="ليلى الحدّاد")
    assert {row["word"] for row in everything(database, NameWord)} == {"ليلي", "الحداد", "حداد"}
    visitor.press(layla, act="hide")
    assert everything(database, NameWord) == []
    visitor.press(layla, act="show", shown_as="Layla")
    visitor.press(layla, act="withdraw")
    assert everything(database, NameWord) == []


def test_a_signature_without_a_shown_name_costs_no_statement_for_words(app, visitor, post_office, database):
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *event: statements.append(event[2]))

    visitor.sign(shown_as="")
    visitor.press(link_in(post_office.deliver()[-1]))

    assert len(standing(app)) == 1
    assert not [statement for statement in statements if "name_word" in statement]
