"""A restore brings nobody back, and undoes no withdrawal of the testimony, no closing and no removal of an organizer."""

from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from nacl.public import PrivateKey

from campaign import instance
from campaign.backup.forgotten_list import LIST_FILE, ListKeeper, read_list
from campaign.crypto.keys import load_keys
from campaign.crypto.sealing import token_hash
from campaign.database import now
from campaign.organizers import accounts, inquiries, key_change, locking, removals, supporters
from campaign.organizers.auth import factors
from campaign.organizers.models import Account, AuditEntry, RecoveryCode
from campaign.outbox import queue
from campaign.outbox.address import parse_address
from campaign.outbox.queue import OutboxMessage
from campaign.petition import confirming, display_names, key_rotation, news, news_key, plan, signing
from campaign.petition.inquiries import Inquiry
from campaign.petition.links import LinkRequest, WithdrawnLink
from campaign.petition.models import Publication, Removal, Signature, Submission, Tally
from campaign.petition.name_index import NameWord
from campaign.petition.news import NewsAgreement
from campaign.petition.news_key import NewsKey
from campaign.petition.plan import Days, Plan
from campaign.petition.published import Draft, PublishedText
from campaign.petition.supporters import Supporter

with_and_without_the_old = pytest.mark.parametrize("is_lost", [False, True], ids=["old database", "list alone"])


def remove(session, token):
    """Remove a signature at the desk."""
    record = session.scalars(sa.select(Signature.id).where(Signature.token_hash == token_hash(token))).one()
    drafted = removals.draft(session, [record], by="omar@example.org", at=now())
    removals.remove_drafted(session, drafted.id, reason="duplicate", at=now())


def change_name(session, token, words):
    """Show other words."""
    signed = session.scalars(sa.select(Signature).where(Signature.token_hash == token_hash(token))).one()
    display_names.change_display_name(session, signed, words, today=now().date(), hold=False)


@with_and_without_the_old
def test_nobody_who_left_since_the_backup_is_back_and_no_act_is_undone(host, is_lost):
    for name in ("layla", "sami", "huda", "rami", "nadia"):
        host.sign(name, shown_as=name.title())
    waiting, bad = host.sign("ziad", confirms=False), host.sign("spam")
    host.add_organizer("omar@example.org")
    host.add_organizer("nour@example.org")
    file = host.backup()

    host.withdraw("sami")
    assert host.run("erase", "--yes", typed="huda@example.org\n").exit_code == 0
    assert host.run("erase", "--yes", typed="ziad@example.org\n").exit_code == 0
    host.do(lambda session: remove(session, bad))
    host.do(lambda session: accounts.remove(session, "nour@example.org", now()))
    host.do(lambda session: signing.close(session, now().date()), at_the_desk=True)
    host.do(lambda session: signing.withdraw_testimony(session, now().date()), at_the_desk=True)
    host.sign("amal", shown_as="Amal")
    later = host.sign("yara", confirms=False)
    shipped = host.ship_list()
    if is_lost:
        host.lose_database()
    said = host.restore(file, "--list", str(shipped))

    assert host.signers() == {"layla", "rami", "nadia"} | (set() if is_lost else {"amal"})
    assert [row.email for row in host.all(Account)] == ["omar@example.org"]
    [publication] = host.all(Publication)
    assert publication.closed_on == publication.testimony_withdrawn_on == now().date()
    tokens = {row.token_hash for row in host.all(Submission)}
    assert token_hash(waiting) not in tokens
    assert (token_hash(later) in tokens) != is_lost
    assert len(host.all(OutboxMessage)) == len(tokens)
    assert {(row.reason, row.number) for row in host.all(Tally)} == {("withdrawn", 2), ("duplicate", 1)}
    assert {row.word for row in host.all(NameWord)} == {"layla", "rami", "nadia"} | (set() if is_lost else {"amal"})
    assert host.problems() == []
    assert (publication.confirmed, publication.withdrawn, publication.removed) == (len(host.signers()), 2, 1)
    assert "backup restored" in [line.act for line in host.all(AuditEntry)]
    checked = host.run("check")
    assert "audit" not in checked.stderr
    assert "desk" not in checked.stderr
    assert "The backup is in place." in said


@with_and_without_the_old
def test_whoever_ended_the_news_since_the_backup_is_on_no_list_again(host, is_lost):
    keys = load_keys(instance.key_folder(host.settings))
    host.do(lambda session: news_key.set_news_key(session, keys, PrivateKey.generate().public_key, now().date()))
    tokens = {name: host.sign(name) for name in ("layla", "sami", "huda", "rami")}

    def ask_for_news(session, name):
        signed = session.scalars(sa.select(Signature.id).where(Signature.token_hash == token_hash(tokens[name]))).one()
        news.agree(session, keys, signature=signed, email=parse_address(f"{name}@example.org"), language="en")

    for name in ("layla", "sami", "huda"):
        host.do(lambda session, name=name: ask_for_news(session, name))
    file = host.backup()
    signed = {row.token_hash: row.id for row in host.all(Signature)}
    host.do(lambda session: news.stop(session, signed[token_hash(tokens["layla"])]))
    host.withdraw("sami")
    host.do(lambda session: ask_for_news(session, "rami"))
    shipped = host.ship_list()
    if is_lost:
        host.lose_database()
    host.restore(file, "--list", str(shipped))

    wanted = {"huda"} | (set() if is_lost else {"rami"})
    assert {row.signature_id for row in host.all(NewsAgreement)} == {signed[token_hash(tokens[name])] for name in wanted}
    assert sorted(row.news for row in host.all(Signature)) == [False] * (3 - len(wanted)) + [True] * len(wanted)


def test_a_removal_that_was_undone_and_a_name_that_was_chosen_anew_stay_so(host):
    bad, layla = host.sign("spam", shown_as="Spam"), host.sign("layla", shown_as="Layla H.")
    host.do(lambda session: remove(session, bad))
    file = host.backup()
    number = host.all(Signature)[0].removal_id or host.all(Signature)[1].removal_id

    host.do(lambda session: removals.undo_removal(session, number, at=now()))
    host.do(lambda session: change_name(session, layla, "Layla"))
    shipped = host.ship_list()
    host.lose_database()
    said = host.restore(file, "--list", str(shipped))

    assert host.signers() == {"spam", "layla"}
    assert {row.shown_as for row in host.all(Signature)} == {"Spam", None}, "what was hidden or changed is not shown again"
    assert {row.word for row in host.all(NameWord)} == {"spam"}
    assert sum(row.number for row in host.all(Tally)) == 0
    assert "Put back, as organizers did: 1 signatures." in said
    assert "Names that are not shown, as they were hidden or changed since: 1." in said


def test_what_was_hidden_before_the_backup_and_shown_again_is_shown(host):
    layla = host.sign("layla", shown_as="Layla H.")
    host.do(lambda session: change_name(session, layla, "Layla"))
    file = host.backup()
    shipped = host.ship_list()
    host.lose_database()

    host.restore(file, "--list", str(shipped))

    assert [row.shown_as for row in host.all(Signature)] == ["Layla"]


def test_an_account_that_was_changed_since_needs_a_new_link_and_used_codes_are_used(host):
    for email in ("omar@example.org", "nour@example.org", "amal@example.org"):
        host.add_organizer(email)
    codes = host.do(lambda session: factors.new_recovery_codes(session, accounts.get_account(session, "amal@example.org")))
    file = host.backup()

    def use(session):
        return factors.use_code(session, b"", accounts.get_account(session, "amal@example.org"), codes[0], now())

    host.do(lambda session: accounts.change_passphrase(session, accounts.get_account(session, "nour@example.org"), "another"))
    assert host.do(use)
    shipped = host.ship_list()
    host.lose_database()
    said = host.restore(file, "--list", str(shipped))

    ready = {row.email: row.ready_at is not None for row in host.all(Account)}
    assert ready == {"omar@example.org": True, "nour@example.org": False, "amal@example.org": True}
    assert "each needs `campaign organizers reset`: nour@example.org." in said
    assert len(host.all(RecoveryCode)) == len(codes) - 1
    assert host.problems() == []


def test_an_account_that_was_locked_since_is_not_locked_any_more_and_lets_nobody_in_before_its_reset(host):
    for email in ("omar@example.org", "nour@example.org"):
        host.add_organizer(email)
    file = host.backup()

    def lock(session):
        nour = accounts.get_account(session, "nour@example.org")
        locking.lock(session, nour.id, by=accounts.get_account(session, "omar@example.org"), at=now())

    host.do(lock)
    shipped = host.ship_list()
    host.lose_database()
    said = host.restore(file, "--list", str(shipped))

    [nour] = [row for row in host.all(Account) if row.email == "nour@example.org"]
    assert (nour.locked_at, nour.ready_at, nour.passphrase_hash) == (None, None, None)
    assert "each needs `campaign organizers reset`: nour@example.org." in said


def test_a_key_that_came_into_force_since_the_backup_is_sealed_to(host):
    host.sign("layla")
    file, new = host.backup(), PrivateKey.generate()
    keys = instance.open_keys(host.settings)
    host.do(lambda session: key_change.change_key(session, keys, new.public_key, by=""))
    shipped = host.ship_list()
    host.lose_database()

    host.restore(file, "--list", str(shipped))

    database = instance.open_database(host.settings)
    with database.reading() as session:
        assert key_rotation.newest_key(session, keys) == new.public_key
        assert key_change.missing_key_problems(session, keys) == []
    database.close()


@with_and_without_the_old
@pytest.mark.parametrize("is_stopped", [False, True], ids=["another key", "stopped"])
def test_a_key_for_news_that_came_since_is_sealed_to_and_news_that_was_stopped_stays_stopped(host, is_lost, is_stopped):
    keys, first, second = instance.open_keys(host.settings), PrivateKey.generate(), PrivateKey.generate()

    def change(key):
        host.do(lambda session: key_change.change_news_key(session, keys, key))

    change(first.public_key)
    file = host.backup()
    change(second.public_key)
    if is_stopped:
        change(None)
    shipped = host.ship_list()
    if is_lost:
        host.lose_database()

    said = host.restore(file, "--list", str(shipped))

    assert f"Changes of the key for news that were made since: {1 + is_stopped}." in said
    assert [row.key for row in host.all(NewsKey)] == [first.public_key, second.public_key, None][: 2 + is_stopped]
    told = ["news key changed", "news key changed", "news stopped"][: 2 + is_stopped]
    assert [line.act for line in host.all(AuditEntry) if "news" in line.act] == told
    assert "key for news" not in host.run("check").stderr


def test_a_slipped_key_for_news_neither_comes_back_nor_keeps_one_of_ours_out(host):
    keys, ours, slipped = instance.open_keys(host.settings), PrivateKey.generate(), PrivateKey.generate()
    row = {"public": bytes(slipped.public_key), "code": bytes(32), "since": now().date()}
    host.do(lambda session: session.add(NewsKey(number=1, **row)))
    file = host.backup()
    host.do(lambda session: session.execute(sa.delete(NewsKey)))
    host.do(lambda session: key_change.change_news_key(session, keys, ours.public_key))
    host.do(lambda session: session.add(NewsKey(number=2, **row)))

    host.restore(file)

    assert [(one.number, one.key) for one in host.all(NewsKey)] == [(1, ours.public_key)]


def test_the_list_in_the_data_folder_learns_of_a_key_for_news(host):
    keys, database = instance.open_keys(host.settings), instance.open_database(host.settings)
    keeper = ListKeeper(database, keys)
    keeper.write_if_changed()
    host.do(lambda session: key_change.change_news_key(session, keys, PrivateKey.generate().public_key))

    keeper.write_if_changed()

    assert len(read_list(host.settings.data / LIST_FILE, keys, lambda: pytest.fail("it is not encrypted")).news_keys) == 1


def test_a_plan_that_was_set_since_holds_and_its_day_of_deletion_for_everybody(host):
    host.sign("layla")
    file, today = host.backup(), now().date()
    days = Days(closes_on=today + timedelta(days=30), delete_on=today + timedelta(days=60))
    host.do(lambda session: plan.set_plan(session, days, by=plan.COMMAND, today=today), at_the_desk=True)
    shipped = host.ship_list()
    host.lose_database()

    host.restore(file, "--list", str(shipped))

    assert [row.days for row in host.all(Plan)] == [days]
    assert [row.delete_on for row in host.all(Signature)] == [days.delete_on]
    assert host.problems() == []


@with_and_without_the_old
def test_what_people_asked_since_is_there_and_what_was_closed_since_is_closed_without_its_note(host, is_lost):
    def add(session, note):
        asked = Inquiry(kind="access", came_on=now().date(), due_on=now().date(), note=note)
        inquiries.add_inquiry(session, asked, by="omar@example.org")

    def close(session):
        inquiries.close_inquiry(session, 1, outcome="told", by="omar@example.org", today=now().date())

    for note in ("the first", "the second"):
        host.do(lambda session, note=note: add(session, note))
    file = host.backup()
    host.do(close)
    host.do(lambda session: add(session, "the third"))
    shipped = host.ship_list()
    if is_lost:
        host.lose_database()

    host.restore(file, "--list", str(shipped))

    assert [(row.id, row.outcome, row.note) for row in host.all(Inquiry)] == [
        (1, "told", ""),
        (2, None, "the second"),
        (3, None, ""),
    ]
    host.do(lambda session: add(session, "the fourth"))
    assert b"the first" not in host.settings.data.joinpath(LIST_FILE).read_bytes()


def test_words_that_were_published_since_are_shown_and_new_rows_get_new_numbers(host):
    bad = host.sign("spam")
    file = host.backup()
    words = {"kind": "title", "name": "en", "day": now().date(), "words": "A call\n", "sha256": None}
    host.do(lambda session: session.execute(sa.insert(PublishedText.__table__).values(words)))
    host.do(lambda session: remove(session, bad))
    shipped = host.ship_list()
    host.lose_database()

    host.restore(file, "--list", str(shipped))

    assert [row.words for row in host.all(PublishedText) if row.kind == "title" and row.name == "en"][-1:] == ["A call\n"]
    other = host.sign("spam2")
    host.do(lambda session: remove(session, other))
    assert len(host.all(Removal)) == 2
    host.do(lambda session: session.execute(sa.insert(PublishedText.__table__).values(words)))


def test_a_draft_in_the_backup_that_is_older_than_what_was_published_since_is_gone(host):
    draft = {"words": "Old\n", "changed_on": now().date(), "changed_by": "command"}
    for name in ("en", "ar"):
        host.do(lambda session, name=name: session.add(Draft(kind="title", name=name, **draft)))
    file = host.backup()
    words = {"kind": "title", "name": "en", "day": now().date(), "words": "A call\n", "sha256": None}
    host.do(lambda session: session.execute(sa.delete(Draft).where(Draft.name == "en")))
    host.do(lambda session: session.execute(sa.insert(PublishedText.__table__).values(words)))

    host.restore(file)

    assert [row.name for row in host.all(Draft)] == ["ar"]


def test_links_that_were_asked_for_and_withdrawn_ones_are_kept_with_the_old_database(host):
    host.sign("layla")
    file = host.backup()
    host.withdraw("layla")
    keys = instance.open_keys(host.settings)
    record = {"tag": b"2" * 33, "first_tag": b"2" * 32, "address_tag": b"3" * 32, "token_hash": b"4" * 32, "created_at": now()}

    def ask(session):
        address = queue.Envelope(parse_address("layla@example.org"), "en", "a" * 26)
        queue.enqueue(session, keys.mail, entry=b"1" * 16, kind="send_link", envelope=address, at=now())
        session.execute(sa.insert(LinkRequest.__table__).values(id=b"1" * 16, **record))

    host.do(ask)
    host.restore(file)

    assert [row.id for row in host.all(LinkRequest)] == [row.id for row in host.all(OutboxMessage)] == [b"1" * 16]
    assert len(host.all(WithdrawnLink)) == 1


def test_a_second_restore_of_the_same_backup_brings_nobody_back_either(host):
    for name in ("layla", "sami"):
        host.sign(name)
    file = host.backup()
    host.withdraw("sami")

    with time_machine.travel(now().replace(microsecond=0) + timedelta(seconds=1)):  # both within one second, most times
        for _ in range(2):
            host.restore(file)
            assert host.signers() == {"layla"}


def test_what_only_the_backup_has_comes_back(host):
    for name in ("layla", "sami"):
        host.sign(name)
    file = host.backup()
    host.do(lambda session: session.execute(sa.delete(Signature)))  # by somebody who has the database and no page

    host.restore(file)

    assert host.signers() == {"layla", "sami"}


def test_nothing_of_the_old_database_but_its_list_is_taken_where_the_host_says_so(host):
    for name in ("layla", "sami"):
        host.sign(name)
    file = host.backup()
    host.withdraw("sami")
    host.sign("amal")

    host.restore(file, "--without-old")

    assert host.signers() == {"layla"}


def test_an_email_that_was_sent_since_is_not_sent_again_where_the_old_database_can_be_read(host):
    host.sign("sami", confirms=False)
    file = host.backup()
    host.do(lambda session: session.execute(sa.update(OutboxMessage).values(sent_at=now(), due_at=None)))

    host.restore(file)

    assert [(row.sent_at is None, row.due_at) for row in host.all(OutboxMessage)] == [(False, None)]


def test_one_who_confirmed_since_the_backup_does_not_wait_too(host):
    host.sign("sami", confirms=False)
    file = host.backup()
    keys = instance.open_keys(host.settings)
    [message] = host.all(OutboxMessage)
    token = queue.open_envelope(keys.mail, message.box).token
    with closing(instance.open_database(host.settings)) as database:
        assert confirming.confirm(database, keys, token, now(), limit_domains=False)

    host.restore(file)

    assert host.signers() == {"sami"}
    assert host.all(Submission) == host.all(OutboxMessage) == []


def test_supporters_who_were_entered_shown_or_changed_since_the_backup_are_as_they_were_last(host):
    sample = {"kind": "person", "descriptions": {}, "web": "", "consent": "A sample"}

    def go_on(session):
        found = session.get(Supporter, 1)
        found.names, found.shown_on = {"en": "Changed Sample"}, now().date()
        session.add(Supporter(names={"en": "New Sample"}, shown_on=None, **sample))

    host.do(lambda session: session.add(Supporter(names={"en": "Sample"}, shown_on=None, **sample)))
    file = host.backup()
    host.do(go_on)

    said = host.restore(file)

    found = [(one.id, one.names["en"], one.shown_on is not None) for one in host.all(Supporter)]
    assert found == [(1, "Changed Sample", True), (2, "New Sample", False)]
    assert "the supporters as they were last, 1 of them entered since the backup." in said


@with_and_without_the_old
def test_whoever_was_taken_down_or_deleted_since_is_not_shown_by_a_backup(host, is_lost):
    sample = {"kind": "person", "descriptions": {}, "web": "", "consent": "A sample", "shown_on": now().date()}

    def add(session, name):
        session.add(Supporter(names={"en": name}, **sample))

    def leave(session):
        omar = accounts.get_account(session, "omar@example.org")
        supporters.hide(session, 1, by=omar)
        supporters.delete(session, 2, by=omar)

    host.add_organizer("omar@example.org")
    for name in ("Sample One", "Sample Two", "Sample Three"):
        host.do(lambda session, name=name: add(session, name))
    file = host.backup()
    host.do(leave)
    shipped = host.ship_list()
    if is_lost:
        host.lose_database()

    said = host.restore(file, "--list", str(shipped))

    assert [(one.id, one.shown_on is not None) for one in host.all(Supporter)] == [(1, False), (3, True)]
    gone = 2 if is_lost else 1  # the old database has the other one as it is now
    assert f"Supporters who were taken down or deleted since: {gone}." in said
    host.do(lambda session: add(session, "Sample Four"))
