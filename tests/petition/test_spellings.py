"""Spellings of one mailbox: it signs once, and a link never opens the page of another spelling's signature."""

import pytest
import sqlalchemy as sa

from campaign.crypto import sealing
from campaign.database import now
from campaign.organizers import removals
from campaign.organizers.signature_search import find_by_mailbox
from campaign.petition.models import Signature, Submission
from campaign.petition.signing import erase
from tests.organizers.stored import propose
from tests.people import link_in, rows, standing

FIRST, SECOND = "Layla.Haddad@protonmail.com", "layla-haddad+x@pm.me"


def link_of(visitor, post_office, email):
    """The link in the e-mail to somebody who signs."""
    visitor.sign(email=email)
    return link_in(post_office.deliver()[-1])


def make_old(app, record, email):
    """Have rows as they were stored before there were tags of version 2."""
    site = app.extensions["campaign"]
    values = {"tag": sealing.first_mailbox_tag(site.keys.tag, email), "address_tag": None}
    with site.database.writing() as session:
        session.execute(sa.update(record).values(values | ({"first_tag": None} if record is Submission else {})))


def test_another_spelling_signs_nothing_and_gets_an_email_without_a_link(app, somebody, post_office):
    somebody.press(link_of(somebody, post_office, FIRST))

    somebody.sign(email=SECOND)
    [letter] = post_office.deliver()

    assert len(rows(app, Signature)) == 1
    assert "://" not in letter.get_content()
    said = {"en": "already been signed with another spelling", "ar": "بصيغة أخرى منه"}
    assert said[somebody.language] in letter.get_content()


def test_the_link_of_another_spelling_opens_no_page_of_a_signer(app, visitor, post_office):
    first, second = link_of(visitor, post_office, FIRST), link_of(visitor, post_office, SECOND)
    visitor.press(first)

    answers = [visitor.read(second), *(visitor.press(second, act=act) for act in ("confirm", "hide", "withdraw"))]

    for answer in answers:
        assert (answer.status_code, "This mailbox has already been used to sign" in answer.text) == (200, True)
        assert "<button" not in answer.text.partition("<main")[2]
    assert len(standing(app)) == 1
    assert "withdraw" in visitor.read(first).text


def test_the_same_spelling_in_other_letters_opens_its_page(app, visitor, post_office):
    for first, again in [("Nour@bücher.example", "nour@xn--bcher-kva.example"), (FIRST, FIRST.upper())]:
        visitor.press(link_of(visitor, post_office, first))
        assert "withdraw" in visitor.read(link_of(visitor, post_office, again)).text
    assert len(rows(app, Signature)) == 2


def test_after_withdrawing_the_other_spelling_can_sign(app, visitor, post_office):
    first, second = link_of(visitor, post_office, FIRST), link_of(visitor, post_office, SECOND)
    visitor.press(first)
    visitor.press(first, act="withdraw")

    assert rows(app, Submission) == []
    assert visitor.press(second).status_code == 410
    visitor.press(link_of(visitor, post_office, SECOND))
    assert len(standing(app)) == 1


def test_three_emails_a_day_go_to_a_mailbox_however_it_is_spelled(visitor, post_office):
    for number, email in enumerate((FIRST, SECOND, "laylahaddad@proton.me", "layla.haddad@pm.me", FIRST)):
        visitor.sign(email=email, name=f"Layla {'I' * (number + 1)}")

    assert len(post_office.deliver()) == 3


def test_a_signature_of_before_is_found_by_its_mailbox(app, visitor, post_office):
    visitor.press(link_of(visitor, post_office, FIRST))
    make_old(app, Signature, FIRST)

    again = link_of(visitor, post_office, FIRST)

    assert "withdraw" in visitor.read(again).text
    assert visitor.press(again).status_code == 303
    assert [len(row.tag) for row in standing(app)] == [32]
    visitor.press(again, act="withdraw")
    assert (rows(app, Signature), rows(app, Submission)) == ([], [])


def test_a_mailbox_that_signed_before_counts_once_when_it_confirms_again(app, visitor, post_office):
    first = link_of(visitor, post_office, FIRST)
    visitor.sign(email=FIRST, name="Layla H.")
    second = link_in(post_office.deliver()[-1])
    visitor.press(first)
    make_old(app, Signature, FIRST)

    assert visitor.press(second).status_code == 303

    assert len(standing(app)) == 1


def test_what_waits_from_before_becomes_a_signature_of_the_newest_version(app, visitor, post_office):
    link = link_of(visitor, post_office, FIRST)
    make_old(app, Submission, FIRST)

    visitor.press(link)

    [signed], key = standing(app), app.extensions["campaign"].keys.tag
    assert (signed.tag, signed.address_tag) == (sealing.mailbox_tag(key, FIRST), sealing.address_tag(key, FIRST))


def test_what_waits_from_before_in_another_spelling_is_told_so_when_it_is_pressed(app, visitor, post_office):
    first, second = link_of(visitor, post_office, FIRST), link_of(visitor, post_office, SECOND)
    visitor.press(first)
    make_old(app, Submission, SECOND)

    assert "This mailbox has already been used to sign" in visitor.press(second).text
    assert len(standing(app)) == 1


def test_a_removed_signature_of_before_does_not_come_back_beside_a_new_one(app, visitor, post_office):
    visitor.press(link_of(visitor, post_office, FIRST))
    make_old(app, Signature, FIRST)
    number, database = propose(app, [row.id for row in rows(app, Signature)]), app.extensions["campaign"].database
    with database.writing() as session:
        removals.remove_drafted(session, number, reason="duplicate", at=now())
    visitor.press(link_of(visitor, post_office, FIRST))
    assert len(standing(app)) == 1

    with database.writing() as session:
        removals.undo_removal(session, number, at=now())

    assert len(standing(app)) == len(rows(app, Signature)) == 1


@pytest.mark.parametrize("is_old", [False, True])
def test_everything_of_an_address_is_found_and_erased_under_tags_of_every_version(app, visitor, post_office, is_old):
    visitor.press(link_of(visitor, post_office, FIRST))
    if is_old:
        make_old(app, Signature, FIRST)
    visitor.sign(email=FIRST, name="Layla H.")
    site = app.extensions["campaign"]

    with site.database.writing() as session:
        found = find_by_mailbox(session, sealing.mailbox_tags(site.keys.tag, FIRST))
        assert (len(found.records), found.waiting) == (1, 1)
        assert erase(session, site.keys, FIRST, now().date())

    assert (rows(app, Signature), rows(app, Submission)) == ([], [])


def test_an_email_to_who_has_signed_says_that_one_address_signs_once(somebody, post_office):
    somebody.press(link_of(somebody, post_office, FIRST))
    somebody.sign(email=FIRST, name="Sami Haddad")

    told = post_office.deliver()[-1].get_content()

    once = {"en": "Each e-mail address can sign once.", "ar": "لكل عنوان بريد إلكتروني توقيع واحد."}
    assert once[somebody.language] in told
    assert "Layla" not in told
    assert "Sami" not in told
