"""Looking: status, check, and a letter to try the mail with."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from campaign.database import now
from campaign.organizers import overview
from campaign.outbox.queue import OVERDUE_AFTER, OutboxMessage
from tests.people import publish
from tests.servers import Mailbox, free_port, on_sqlite

HOSTED = {"BASE_URL": "https://petition.example.org"}
CONSENT = """given_by = "The author"
given_on = 2026-11-20
review_by = 2999-01-01
scope = ["text", "name", "translation", "social"]
"""


@pytest.fixture
def status(run):
    """What `campaign status` says, by name."""

    def look():
        result = run("status")
        assert (result.exit_code, result.stderr) == (0, "")
        return dict(line.split(": ", 1) for line in result.stdout.splitlines())

    return look


def test_status_says_what_is_counted_what_waits_and_what_went_wrong(app, visitor, layla, sami, mailbox, post_office, status, run):
    publish(app)
    visitor.sign(email="waiting@example.org")
    visitor.sign(email="gone@example.org")
    assert status()["e-mails waiting"] == "2"

    mailbox.answer = "550 never"
    post_office.deliver()
    run("close")
    found = status()

    assert found["published"].startswith("1 (as of 20")
    assert (found["confirmed now"], found["waiting to be confirmed"]) == ("1", "3")
    assert (found["e-mails waiting"], found["e-mails refused"], found["e-mails overdue"]) == ("0", "2", "0")
    assert found["collecting"] == "closed"


@on_sqlite
def test_a_letter_that_nobody_sends_is_overdue_in_status_and_wrong_in_check(app, visitor, layla, status, run):
    visitor.sign(email="waiting@example.org")
    assert run("check").exit_code == 0

    with time_machine.travel(now() + timedelta(minutes=16)):
        assert status()["e-mails overdue"] == "1"
        assert run("check").exit_code == 1
        assert "outbox: E-mails are overdue: no mail worker has sent them" in run("check").stderr
        assert (visitor.read("/readyz").status_code, visitor.read("/readyz").json["outbox"]) == (503, False)


@on_sqlite
def test_overdue_means_the_same_everywhere_whether_or_not_a_letter_was_tried(app, visitor, mailbox, post_office, status, run):
    visitor.sign(email="waiting@example.org")
    mailbox.answer = "451 later"
    post_office.deliver()
    database = app.extensions["campaign"].database
    with database.writing() as session:
        letter = session.scalars(sa.select(OutboxMessage)).one()
        assert letter.attempts == 1
        letter.due_at = now() - OVERDUE_AFTER + timedelta(seconds=30)

    for minutes, overdue, status_code in ((0, 0, 200), (1, 1, 503)):
        with time_machine.travel(now() + timedelta(minutes=minutes)), database.reading() as session:
            assert status()["e-mails overdue"] == str(overdue)
            assert overview.campaign_numbers(session, now(), None).letters.overdue == overdue
            assert run("check").exit_code == overdue
            assert visitor.read("/readyz").status_code == status_code


@on_sqlite
def test_an_outage_of_the_mail_server_is_said_with_what_to_do_and_never_with_an_address(
    visitor, mailbox, post_office, status, run
):
    assert status()["relay"] == "fine"
    visitor.sign(email="waiting@example.org")
    mailbox.answer = "550 5.7.26 <waiting@example.org> is unauthenticated"
    post_office.deliver()

    said = status()["relay"]

    assert (
        "(answer 550 5.7.26). All e-mails are waiting. The mail server refuses our e-mails. Check what our "
        "account may send, SPF" in said
    )
    assert "UTC)" in said
    assert run("check").exit_code == 1
    assert said in run("check").stderr
    assert "waiting@" not in said


def test_what_was_given_up_is_sent_again_once_and_only_while_its_link_lives(app, visitor, mailbox, post_office, run):
    mailbox.answer = "550 5.1.1 no such mailbox"
    with time_machine.travel(now() - timedelta(hours=73)):
        visitor.sign(email="old@example.org")
        post_office.deliver()
    for name in ("layla", "sami"):
        visitor.sign(email=f"{name}@example.org")
    post_office.deliver()
    mailbox.answer = "250 taken"

    said = [run("mail", "retry").stdout for _ in range(2)]
    sent = post_office.deliver()

    assert said == ["E-mails to be sent again: 2.\n", "E-mails to be sent again: 0.\n"]
    assert sorted(letter["To"] for letter in sent) == ["layla@example.org", "sami@example.org"]
    assert run("mail", "retry").stdout == "E-mails to be sent again: 0.\n"
    assert post_office.deliver() == []


@on_sqlite
def test_check_advises_and_strict_insists_on_the_same(run):
    for name, advice in {
        "CONTACT": "differ from what is published (the contact)",
        "BASE_URL": "CAMPAIGN_BASE_URL works on this machine only",
        "MAIL_URL": "CAMPAIGN_MAIL_URL is `file:`",
    }.items():
        settings = {} if name == "BASE_URL" else {name: "" if name == "CONTACT" else "file:"}
        result, strict = run("check", **settings), run("check", "--strict", **settings)
        assert (result.exit_code, strict.exit_code) == (0, 1), name
        assert advice in result.stderr, name
        assert result.stderr == strict.stderr, name
        assert "The site works. Follow the advice above before the public comes." in result.stdout
        assert strict.stdout == ""


@on_sqlite
def test_check_warns_of_what_can_be_read_on_the_way(run):
    assert "CAMPAIGN_BASE_URL is not https" in run("check", **HOSTED | {"BASE_URL": "http://petition.example.org"}).stderr
    assert "starttls=off" in run("check", **HOSTED | {"MAIL_URL": "smtp://mail.invalid?starttls=off"}).stderr


@on_sqlite
def test_check_warns_of_passwords_and_data_that_others_on_the_machine_can_read(run, tmp_path):
    env_file = tmp_path / ".env"
    env_file.touch()
    env_file.chmod(0o644)
    (tmp_path / "instance").chmod(0o755)

    said = run("check", "--strict").stderr

    assert f"{env_file} is open to other users of this machine: run `chmod 600 {env_file}`." in said
    assert f"{tmp_path / 'instance'} is open to other users of this machine: run `chmod 700" in said


@on_sqlite
def test_check_is_content_when_everything_is_in_order(run, tmp_path):
    consent = tmp_path / "instance" / "consent.toml"
    consent.write_text(CONSENT, "utf-8")
    consent.chmod(0o600)
    advised = run("check", "--strict", **HOSTED)
    assert advised.exit_code == 1
    assert "The private key is on this server" in advised.stderr
    assert advised.stderr.count("\n") == 1

    run("keys", "eject", "--no-passphrase", "--out", str(tmp_path / "private.key"))

    content = run("check", "--strict", **HOSTED)
    assert (content.exit_code, content.stdout, content.stderr) == (0, "Everything is in order.\n", "")


@on_sqlite
def test_a_letter_to_try_the_mail_with_is_sent_now_in_the_language_asked_for(run, mailbox):
    for language, greeting in (("en", "Hello,"), ("ar", "تحية طيبة،")):
        result = run("mail", "test", "layla@example.org", "--language", language)
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout == "The mail server accepted the e-mail.\n"
        assert mailbox.letters[-1].get_content().startswith(greeting)
    assert mailbox.recipients == [["layla@example.org"]] * 2


@on_sqlite
def test_without_a_mail_server_the_letter_to_try_with_is_said_to_be_in_a_file(run, settings):
    result = run("mail", "test", "layla@example.org", MAIL_URL="file:")

    where, said = result.stdout.splitlines()
    assert where.startswith(f"An e-mail in {settings.data / 'mail'}")
    assert said == "Written to a file; no mail server is set. CAMPAIGN_MAIL_URL names one."


@on_sqlite
def test_what_the_mail_server_answered_is_said_when_it_does_not_take_the_letter(run, mailbox):
    mailbox.answer = "554 5.7.1 you are on a list"
    refused = run("mail", "test", "layla@example.org")
    away = run("mail", "test", "layla@example.org", MAIL_URL=f"smtp://127.0.0.1:{free_port()}?starttls=off")
    in_the_clear = run("mail", "test", "layla@example.org", MAIL_URL=mailbox.url.replace("off", "required"))

    assert {result.exit_code for result in (refused, away, in_the_clear)} == {1}
    assert "554" in refused.stderr
    assert "you are on a list" in refused.stderr
    assert "Connection refused" in away.stderr
    assert "does not offer STARTTLS" in in_the_clear.stderr
    assert mailbox.letters == []


@on_sqlite
def test_an_address_that_the_mail_server_does_not_take_is_said(run):
    with Mailbox(enable_SMTPUTF8=False) as old:
        result = run("mail", "test", "jörg@example.org", MAIL_URL=old.url)

    assert result.exit_code == 1
    assert "SMTPUTF8" in result.stderr


@on_sqlite
def test_a_reader_who_has_seen_enough_ends_the_command_without_a_word(environment):
    reading, writing = os.pipe()
    os.close(reading)

    command = [sys.executable, "-m", "campaign", "status"]
    ended = subprocess.run(command, env=os.environ | environment, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert ended.stderr == ""
