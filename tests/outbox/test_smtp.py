"""Trouble: a server that is away, that says later, that says never, that is not who it should be."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from aiosmtpd.smtp import AuthResult

from campaign.outbox import delivery
from tests.outbox.conftest import Choosy
from tests.people import link_in
from tests.servers import free_port, on_sqlite

pytestmark = on_sqlite
NOON = datetime(2026, 8, 10, 12, 0, tzinfo=UTC)
SECRETS = (b"layla@example.org", b"MAIL", b"RCPT", b"confirm", b"AUTH", b"hunter2", b"aHVudGVyMg")


def test_a_letter_waits_while_the_mail_server_is_away_and_goes_out_when_it_is_back(visitor, send, mail_to, outbox, mailbox):
    visitor.sign()
    mail_to(f"smtp://127.0.0.1:{free_port()}?starttls=off")
    send()
    assert [(letter.attempts, letter.sent_at, letter.failed_at) for letter in outbox()] == [(0, None, None)]

    mail_to(mailbox.url)
    send()
    assert mailbox.letters == []  # it is asked again after a minute, not at once
    with time_machine.travel(outbox()[0].due_at):
        send()

    assert len(mailbox.letters) == 1


def test_a_server_that_says_later_is_asked_again_after_longer_and_longer_pauses(visitor, send, choosy, outbox):
    with time_machine.travel(NOON, tick=False) as clock:
        visitor.sign()
        pauses = []
        for answer in ("451 later",) * (delivery.TRIES_EACH_MINUTE + 11):
            choosy.to_rcpt = answer
            send()
            pauses.append((outbox()[0].due_at - datetime.now(UTC)).total_seconds() / 60)
            clock.move_to(outbox()[0].due_at)
        choosy.to_rcpt = "250 OK"
        send()

    for pause, minutes in zip(
        pauses, (*(1,) * delivery.TRIES_EACH_MINUTE, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240), strict=True
    ):
        assert 0.75 * minutes <= pause <= 1.25 * minutes
    assert len(choosy.letters) == 1
    assert outbox()[0].failed_at is None


@pytest.mark.parametrize("step", ["to_mail", "to_rcpt", "answer"])
def test_later_at_any_step_is_later(visitor, send, choosy, outbox, step):
    visitor.sign()
    setattr(choosy, step, "421 busy")

    send()

    assert (outbox()[0].sent_at, outbox()[0].failed_at) == (None, None)


@pytest.mark.parametrize("step", ["to_rcpt", "answer"])
def test_a_server_that_says_never_is_not_asked_again(visitor, send, choosy, outbox, step):
    visitor.sign()
    setattr(choosy, step, "550 5.1.1 no such mailbox")
    send()
    assert outbox()[0].failed_at is not None

    setattr(choosy, step, "250 OK")
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=30)):
        send()

    assert choosy.letters == []


def test_one_letter_that_is_refused_does_not_hold_up_the_others(visitor, send, choosy):
    choosy.to_rcpt = "550 no such mailbox"
    visitor.sign(email="gone@example.org")
    send()
    choosy.to_rcpt = "250 OK"
    for number in range(25):
        visitor.sign(email=f"{number}@example.org")

    send()

    assert len(choosy.letters) == 25


@pytest.mark.parametrize(
    ("step", "answer"),
    [("to_mail", "550 5.7.1 sender not welcome"), ("to_mail", "530 authentication required"), ("to_rcpt", "530 TLS needed")],
)
def test_what_an_organizer_can_mend_loses_no_letter(visitor, send, choosy, outbox, step, answer):
    visitor.sign()
    setattr(choosy, step, answer)

    send()

    assert (outbox()[0].attempts, outbox()[0].failed_at) == (0, None)


def test_a_server_without_starttls_hears_nothing_and_the_letter_waits(visitor, send, mail_to, mailbox, wire, outbox):
    visitor.sign()
    tapped = wire(mailbox.controller.port)
    for login in ("", "layla:hunter2@"):
        for query in ("", "?starttls=required"):
            mail_to(f"smtp://{login}127.0.0.1:{tapped.port}{query}")
            with time_machine.travel(outbox()[0].due_at):
                send()

    assert tapped.heard.startswith(b"ehlo")
    assert not any(secret in tapped.heard for secret in SECRETS)
    assert (outbox()[0].failures, outbox()[0].failed_at) == (0, None)
    assert mailbox.letters == []


def test_a_server_with_a_certificate_that_nobody_vouches_for_hears_nothing(visitor, send, mail_to, wire, outbox, certificate):
    visitor.sign()
    with Choosy(tls_context=certificate.server) as server:
        tapped = wire(server.controller.port)
        mail_to(f"smtp://layla:hunter2@localhost:{tapped.port}")
        send()
    with Choosy(ssl_context=certificate.server) as from_the_start:
        tapped_too = wire(from_the_start.controller.port)
        mail_to(f"smtps://layla:hunter2@localhost:{tapped_too.port}")
        with time_machine.travel(outbox()[0].due_at):
            send()

    assert b"STARTTLS" in tapped.heard
    assert not any(secret in tapped.heard + tapped_too.heard for secret in SECRETS)
    assert (outbox()[0].failures, outbox()[0].failed_at) == (0, None)
    assert server.letters == from_the_start.letters == []


def test_a_certificate_of_another_name_is_not_good_enough(visitor, send, mail_to, outbox, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    visitor.sign()
    with Choosy(tls_context=certificate.server) as server:
        mail_to(f"smtp://127.0.0.1:{server.controller.port}")
        send()

    assert server.letters == []
    assert outbox()[0].sent_at is None


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_over_tls_a_letter_arrives_and_nobody_on_the_way_can_read_it(
    visitor, send, mail_to, wire, certificate, monkeypatch, scheme
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    visitor.sign()
    options = (
        {"tls_context": certificate.server, "require_starttls": True} if scheme == "smtp" else {"ssl_context": certificate.server}
    )
    with Choosy(**options) as server:
        tapped = wire(server.controller.port)
        mail_to(f"{scheme}://localhost:{tapped.port}")
        send()

        assert server.recipients == [["layla@example.org"]]
    token = link_in(server.letters[0]).rpartition("/")[2]
    assert not any(secret in tapped.heard for secret in (*SECRETS, token.encode()))


def test_a_login_that_the_server_does_not_accept_or_does_not_know_loses_no_letter(
    visitor, send, mail_to, mailbox, outbox, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    known = []

    def authenticate(_server, _session, _envelope, _mechanism, data):
        known.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word", handled=False)

    visitor.sign()
    with Choosy(tls_context=certificate.server, require_starttls=True, auth_required=True, authenticator=authenticate) as server:
        address = f"localhost:{server.controller.port}"
        for login in ("layla:wrong@", "layla:%C3%A4%C3%B6@", ""):
            mail_to(f"smtp://{login}{address}")
            with time_machine.travel(outbox()[0].due_at):
                send()
        mail_to(f"smtp://layla:wrong@127.0.0.1:{mailbox.controller.port}?starttls=off")  # it offers no login
        with time_machine.travel(outbox()[0].due_at):
            send()
        assert (outbox()[0].failures, outbox()[0].failed_at) == (0, None)
        assert server.letters == mailbox.letters == []

        mail_to(f"smtp://layla:p%40ss%2Fword@{address}")
        with time_machine.travel(outbox()[0].due_at):
            send()

    assert known[-1] == (b"layla", b"p@ss/word")
    assert len(server.letters) == 1
