"""When an organizer leaves: the list says what is true now, to whoever may see it, and reading it changes nothing."""

from datetime import date

import pytest
from nacl.public import PrivateKey

from campaign.crypto.backup_key import set_backup_key
from campaign.crypto.keys import fingerprint
from campaign.database import now
from campaign.health.backup_record import note_backup
from campaign.instance import key_folder
from campaign.languages import LANGUAGES, day
from campaign.organizers import four_eyes, inquiries
from campaign.organizers.accounts import find_account
from campaign.organizers.actions import Action
from campaign.organizers.views.requests import approval_handlers
from campaign.petition import drafts, key_rotation
from campaign.petition.inquiries import Inquiry
from campaign.petition.plan import Plan
from campaign.petition.published import TextKind
from tests.servers import on_sqlite

RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@pytest.fixture
def site(app):
    return app.extensions["campaign"]


@on_sqlite
def test_it_names_who_else_gets_in_and_with_which_role(omar, nour, hadi):
    page = omar.read("succession").text

    assert "nour@example.org" in page
    assert "hadi@example.org" in page
    assert "Moderator" in page
    assert "Only one other organizer can log in." in page


@on_sqlite
def test_one_who_is_alone_is_told_to_wait_for_the_next(omar):
    assert "No other organizer can log in. Do not leave before the next one has" in omar.read("succession").text


def test_it_says_which_keys_are_held(site, omar, settings):
    new = PrivateKey.generate().public_key
    with site.database.writing() as session:
        key_rotation.activate_key(session, site.keys, new, now().date())

    page = omar.read("succession").text

    assert (
        page.index(fingerprint(new))
        < page.index("Earlier signatures are sealed to this key")
        < page.index(fingerprint(site.keys.public))
    )
    assert "The private key is on the server" in page
    assert "There is no key for backups on this server." in page


@on_sqlite
def test_it_says_when_the_last_backup_was_made_and_for_which_key(site, omar, settings):
    assert "No backup was ever made." in omar.read("succession").text
    note_backup(site.database, now())
    set_backup_key(key_folder(settings), RECIPIENT)

    page = omar.read("succession").text

    assert f"The last backup was made on {day(now().date(), LANGUAGES['en'])}." in page
    assert RECIPIENT in page


@on_sqlite
def test_it_says_what_is_open(site, omar, nour):
    with site.database.writing() as session:
        came_on = now().date()
        inquiries.add_inquiry(session, Inquiry(kind="deletion", came_on=came_on, due_on=came_on, note=""), by="omar@example.org")
        drafts.put_draft(session, (TextKind.CONTACT, ""), "somebody@example.org", by="1", today=came_on)
        session.add(Plan(number=1, set_on=came_on, set_by="1", delete_on=date(2031, 1, 1)))
        for one in (omar, nour):
            four_eyes.request_approval(
                session, find_account(session, one.email), Action.BULK_REMOVAL, {"number": 1}, approval_handlers(site.keys)
            )

    page = omar.read("succession").text

    for words in (
        "Names and e-mail addresses are deleted on 1 January 2031.",
        "1 request of yours is waiting. It ends with your account.",
        "1 request from others is waiting.",
        "1 question is open.",
        "1 text is changed and not published.",
        "You have downloaded 0 files.",
    ):
        assert words in page, words


@on_sqlite
def test_it_counts_the_files_that_somebody_took(layla, carrying, nour):
    carrying.gets("sealed")

    assert "You have downloaded 1 file." in carrying.who.read("succession").text
    assert "You have downloaded 0 files." in nour.read("succession").text


@on_sqlite
def test_a_moderator_does_not_see_it(hadi):
    assert hadi.read("succession").status_code == 403


@on_sqlite
def test_it_is_two_taps_from_the_first_page(omar):
    assert 'href="/en/organize/accounts"' in omar.read("").text
    assert 'href="/en/organize/succession"' in omar.read("accounts").text


@on_sqlite
@pytest.mark.parametrize(("language", "said"), [("en", "The backup key in the data folder cannot be"), ("ar", "لا يمكن قراءة")])
@pytest.mark.parametrize("is_folder", [True, False])
def test_a_backup_key_that_cannot_be_read_is_said(omar, settings, language, said, is_folder):
    file = key_folder(settings) / "backup.public"
    if is_folder:  # root may read every file, so that its rights alone would not do
        file.mkdir()
    else:
        file.write_bytes(b"\xff\xfe")
    omar.language = language

    page = omar.read("succession")

    assert page.status_code == 200
    assert said in page.text
