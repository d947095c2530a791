"""Whoever can write to the database alone does not get the desk: what they write does not work, or `campaign check` names it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.crypto.keys import fingerprint
from campaign.crypto.sealing import new_token, token_hash
from campaign.database import now, table
from campaign.organizers import audit, ledger
from campaign.organizers.auth import factors, sessions
from campaign.organizers.models import Account, AuditEntry, Desk, ExportJob, KnownDevice, Login, RecoveryCode, Request
from campaign.petition import key_rotation
from campaign.petition.key_rotation import SealKey
from campaign.petition.models import Publication
from campaign.petition.plan import Plan
from tests.organizers.conftest import PASSPHRASE, Organizer
from tests.people import hidden_fields, rows
from tests.servers import on_sqlite

FORGED = "the attacker has chosen this one"
ASKED = {"act": "bulk removal", "facts": {"removal": 1, "reason": "abuse", "number": 2}, "asked_by": "nour@example.org"}


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def write(database):
    """Writes into the database as somebody does who has its password and no key."""

    def run(*statements):
        with database.engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)

    return run


@pytest.fixture
def check(settings, monkeypatch):
    """What `campaign check` complains of, and nothing where it complains of nothing."""
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))

    def run():
        answer = CliRunner().invoke(main, ["check"])
        return answer.stderr if answer.exit_code else ""

    return run


def change(record, email, **values):
    """The statement that changes an account's row."""
    return sa.update(table(record)).where(table(record).c.email == email).values(**values)


def account_id(email="omar@example.org"):
    """The id of an account, inside a statement."""
    return sa.select(Account.id).where(Account.email == email).scalar_subquery()


def new_line(database, **said):
    """The statements that append a line to the audit, its hash and the desk's row as they should be."""
    with database.reading() as session:
        desk = session.get_one(Desk, 1)
        line = AuditEntry(number=desk.last_line + 1, at=now(), previous=desk.last_hash, **said)
        line.hash = audit.entry_hash(line)
    values = {column.name: getattr(line, column.name) for column in table(AuditEntry).columns}
    return (
        sa.insert(table(AuditEntry)).values(**values),
        sa.update(table(Desk)).values(last_line=line.number, last_hash=line.hash),
    )


NAMED = re.compile(
    "not written by this site|not by this site|The audit is broken at|ledger of the desk is missing|did not add key"
)
WAYS = {
    "an account": lambda _: [sa.insert(table(Account)).values(email="x@evil.example", role="organizer", last_step=0)],
    "a role": lambda _: [change(Account, "hadi@example.org", role="organizer")],
    "a hash": lambda _: [change(Account, "omar@example.org", passphrase_hash=factors.hash_passphrase(FORGED))],
    "a link": lambda _: [change(Account, "omar@example.org", link_hash=token_hash("a"), link_until=now() + timedelta(1))],
    "a code": lambda _: [sa.insert(table(RecoveryCode)).values(account_id=account_id(), code_hash=token_hash("abcd"))],
    "a session": lambda _: [
        sa.insert(table(Login)).values(
            token_hash=token_hash("a"), account_id=account_id(), began_at=now(), seen_at=now(), asked_at=now()
        )
    ],
    "a known browser": lambda _: [
        sa.insert(table(KnownDevice)).values(token_hash=token_hash("a"), account_id=account_id(), used_at=now())
    ],
    "a request": lambda _: [sa.insert(table(Request)).values(**ASKED, asked_at=now())],
    "an export": lambda _: [
        sa.insert(table(ExportJob)).values(
            id=bytes(16),
            account_id=account_id(),
            document="csv",
            wanted={},
            language="en",
            asked_at=now(),
            attempts=0,
            expected=0,
            done=0,
        )
    ],
    "the rule of two": lambda _: [sa.update(table(Desk)).values(four_eyes_off_at=now())],
    "a switch": lambda _: [sa.update(table(Publication)).values(names_hidden_on=now().date())],
    "a plan": lambda _: [sa.insert(table(Plan)).values(number=9, set_on=now().date(), set_by="command", closes_on=now().date())],
    "a second factor taken out": lambda _: [sa.delete(table(RecoveryCode)).where(RecoveryCode.account_id == account_id())],
    "a line appended": lambda database: new_line(database, by="hadi@example.org", act="removed", facts={"number": 9123}),
    "a line changed": lambda _: [sa.update(table(AuditEntry)).where(AuditEntry.number == 2).values(by="hadi@example.org")],
    "a line dropped": lambda _: [sa.delete(table(AuditEntry)).where(AuditEntry.number == 2)],
    "a key": lambda _: [sa.insert(table(SealKey)).values(number=1, public=b"k" * 32, code=bytes(32), since=now().date())],
    "the ledger taken out": lambda _: [sa.update(table(Desk)).values(ledger=None)],
    "the ledger exchanged": lambda _: [sa.update(table(Desk)).values(ledger='{"lines":0,"rows":{}}')],
}


@pytest.mark.usefixtures("omar", "hadi")
@pytest.mark.parametrize("way", WAYS)
def test_whatever_is_written_without_the_key_is_named_by_check(database, write, check, way):
    assert check() == ""

    write(*WAYS[way](database))

    assert NAMED.search(check())


def test_attack_with_two_accounts_of_its_own_gets_no_link_set_up(app, write, omar):
    tokens = {f"{name}@evil.example": new_token() for name in ("x1", "x2")}
    for email, token in tokens.items():
        link = {"link_hash": token_hash(token), "link_until": now() + timedelta(days=1)}
        write(sa.insert(table(Account)).values(email=email, role="organizer", last_step=0, **link))

    for token in tokens.values():
        browser = app.test_client()
        field = hidden_fields(browser.get("/en/organize/enter").text)
        assert browser.get(f"/en/organize/set-up/{token}").status_code == 404
        answer = browser.post(f"/en/organize/set-up/{token}", data=field | {"new": FORGED, "again": FORGED})
        assert answer.status_code == 404
    assert {row.passphrase_hash for row in rows(app, Account) if row.email in tokens} == {None}


def test_attack_with_the_hashes_and_codes_of_real_organizers_agrees_to_no_key(app, write, omar, nour, check):
    codes = {"omar@example.org": "aaaabbbbccccdddd", "nour@example.org": "bbbbccccddddeeee"}
    before = len(rows(app, AuditEntry))
    for email, code in codes.items():
        write(
            change(Account, email, passphrase_hash=factors.hash_passphrase(FORGED)),
            sa.insert(table(RecoveryCode)).values(account_id=account_id(email), code_hash=token_hash(code)),
        )

    for email, code in codes.items():
        stranger = Organizer(app, email, "")
        assert stranger.enter(passphrase=FORGED, code=code).status_code == 422
    assert len(rows(app, AuditEntry)) == before
    assert "account:" in check()


def test_a_recovery_code_that_this_site_did_not_give_out_lets_nobody_in(write, omar):
    write(sa.insert(table(RecoveryCode)).values(account_id=account_id(), code_hash=token_hash("abcd")))

    assert omar.enter(code="abcd").status_code == 422


def test_a_moderator_who_was_made_an_organizer_in_the_database_is_not_in_any_more(write, hadi):
    write(change(Account, "hadi@example.org", role="organizer"))

    assert hadi.read("accounts").status_code == 303
    assert hadi.read("").headers["Location"].startswith("/en/organize/enter")


def test_a_session_that_was_put_into_the_database_opens_nothing(database, write, omar):
    write(*WAYS["a session"](database))

    with database.reading() as session:
        assert sessions.find_session(session, "a", now()) is None


def test_a_request_that_nobody_asked_for_is_not_shown_and_cannot_be_agreed_to(app, write, omar):
    write(sa.insert(table(Request)).values(**ASKED, asked_at=now()))
    [request] = rows(app, Request)

    assert omar.prove().status_code == 303
    assert "nour@example.org" not in omar.read("requests").text
    assert omar.send("requests", request=str(request.id), deed="agree").status_code == 409


def test_a_request_whose_facts_were_exchanged_cannot_be_agreed_to(app, settings, write, omar, nour):
    keys = app.extensions["campaign"].keys
    theirs, evil = key_rotation.PublicKey(b"t" * 32), key_rotation.PublicKey(b"e" * 32)
    omar.prove(), nour.prove()
    assert omar.send("key", public=key_rotation.encode_key(theirs)).status_code == 303
    facts = {"public": key_rotation.encode_key(evil), "fingerprint": fingerprint(evil)}
    write(sa.update(table(Request)).values(facts=facts))

    assert nour.send("requests", request=str(rows(app, Request)[0].id), deed="agree").status_code == 409
    assert rows(app, SealKey) == []
    assert keys.public != evil


def test_a_rule_of_two_that_was_turned_off_in_the_database_is_still_on(app, write, omar):
    write(sa.update(table(Desk)).values(four_eyes_off_at=now()))

    omar.prove()
    omar.send("key", public=key_rotation.encode_key(key_rotation.PublicKey(b"t" * 32)))

    assert rows(app, SealKey) == []


def test_an_organizer_whose_colleague_was_deleted_cannot_turn_the_rule_off(app, write, omar, nour):
    omar.prove()
    write(sa.delete(table(Account)).where(Account.email == "nour@example.org"))

    assert omar.send("accounts", four_eyes="off").status_code == 400


def test_an_export_that_nobody_asked_for_is_not_prepared(app, database, write, carrying):
    write(*WAYS["an export"](database))

    carrying.prepare()

    [export] = rows(app, ExportJob)
    assert (export.trouble, export.key_box) == ("failed", None)


def test_an_old_row_that_was_put_back_does_not_work(app, database, write, omar):
    [old] = [row for row in rows(app, Account) if row.email == "omar@example.org"]
    omar.prove()
    assert (
        omar.send("account/passphrase", new="a longer and better sentence", again="a longer and better sentence").status_code
        == 303
    )

    write(change(Account, "omar@example.org", passphrase_hash=old.passphrase_hash, last_step=old.last_step))

    assert omar.read("").status_code == 303
    assert omar.enter(passphrase=PASSPHRASE).status_code == 422


def test_what_was_not_ours_does_not_become_ours_by_a_change(app, database, write, omar, hadi, check):
    write(change(Account, "hadi@example.org", role="organizer"))

    omar.send("leave")
    with database.writing() as session:
        ledger.begin_change(session)
        session.execute(sa.update(Account).values(last_step=7))

    assert check().count("account:") == 1


def test_a_command_refuses_to_reset_an_account_that_is_not_ours_and_removes_it(write, hadi, check):
    write(change(Account, "hadi@example.org", role="organizer"))
    run = CliRunner().invoke

    refused = run(main, ["organizers", "reset", "hadi@example.org"])

    assert (refused.exit_code, "was not written by this site" in refused.stderr) == (1, True)
    assert run(main, ["organizers", "remove", "hadi@example.org"]).exit_code == 0
    assert check() == ""


def put_back(app, do):
    """Keeps a copy of the database, does something, and puts the copy back."""
    database = app.extensions["campaign"].database
    tables = [table(record) for record in (Desk, Account, AuditEntry, Login, RecoveryCode, KnownDevice)]
    with database.engine.begin() as connection:
        kept = {one: [dict(row) for row in connection.execute(sa.select(one)).mappings()] for one in tables}
    do()
    with database.engine.begin() as connection:
        for one in reversed(tables):
            connection.execute(sa.delete(one))
        for one in tables:
            connection.execute(sa.insert(one), kept[one]) if kept[one] else None


def test_a_whole_database_that_was_put_back_closes_the_desk_until_the_host_accepts_it(app, omar, check):
    put_back(app, lambda: omar.send("leave"))

    assert "data folder remembers" in check()
    assert omar.enter(code="000000").status_code == 422
    page = omar.read("enter").text
    assert "Nobody can log in now" in page
    assert "campaign check" in page

    declined = CliRunner().invoke(main, ["organizers", "accept"], input="n\n")
    assert (declined.exit_code, "omar@example.org\torganizer\tset up" in declined.stdout) == (1, True)
    accepted = CliRunner().invoke(main, ["organizers", "accept"], input="y\n")

    assert accepted.exit_code == 0, accepted.output
    assert check() == ""
    assert omar.enter().status_code == 303
    assert "desk accepted" in {row.act for row in rows(app, AuditEntry)}


@on_sqlite
def test_another_machine_takes_a_newer_ledger_and_no_older_one(app, settings, omar):
    head = settings.data / ledger.LEDGER_HEAD_FILE
    older = head.read_text("ascii")
    omar.send("leave")
    newer = head.read_text("ascii")
    head.write_text(older, "ascii")

    assert omar.enter().status_code == 303

    assert int(head.read_text("ascii").split()[0]) > int(newer.split()[0]) > int(older.split()[0])


def test_signing_and_reading_go_on_while_the_desk_is_closed(write, visitor, post_office, layla, database):
    write(*WAYS["the ledger exchanged"](database))

    assert visitor.sign(email="yara@example.org").status_code == 303
    assert visitor.read("/en/").status_code == 200


@on_sqlite
def test_lines_from_before_an_accepted_ledger_need_no_code_and_the_chain_still_covers_them(app, omar, write, check):
    write(sa.update(table(AuditEntry)).values(mac=None))
    assert "audit" in check()
    CliRunner().invoke(main, ["organizers", "accept"], input="y\n")
    assert check() == ""

    write(sa.update(table(AuditEntry)).where(table(AuditEntry).c.number == 1).values(by="nour@example.org"))

    assert "audit" in check()
