"""What a mail server answers is about one e-mail, or about us."""

import smtplib
import ssl

import pytest

from campaign.outbox.smtp_answers import (
    PermanentFailure,
    RelayTrouble,
    TransientFailure,
    Trouble,
    judge_connection,
    judge_recipient,
    judge_sender,
)

ABOUT_US = [
    (554, "5.7.1 <x@example.org>: Relay access denied", Trouble.POLICY),
    (504, "5.5.2 <[127.0.0.1]>: Helo command rejected: need fully-qualified hostname", Trouble.POLICY),
    (550, "5.7.26 This mail is unauthenticated", Trouble.POLICY),
    (550, "5.7.515 Access denied, sending domain does not meet the level", Trouble.POLICY),
    (450, "4.7.1 Client host rejected: cannot find your hostname", Trouble.POLICY),
    (550, "5.1.8 Sender address rejected: Domain not found", Trouble.POLICY),
    (550, "relaying denied", Trouble.POLICY),
    (554, "you are on the Spamhaus blocklist", Trouble.POLICY),
    (550, "SPF check failed", Trouble.POLICY),
    (530, "5.7.0 Must issue a STARTTLS command first", Trouble.LOGIN),
    (421, "4.3.2 shutting down", Trouble.BUSY),
    (450, "4.7.1 Error: too many messages from your host", Trouble.BUSY),
    (451, "4.7.0 Rate limited, slow down", Trouble.BUSY),
    (452, "4.3.1 Insufficient system storage", Trouble.BUSY),
    (450, "hourly limit exceeded", Trouble.BUSY),
]
FOR_GOOD = [
    (550, "5.1.1 <relay@example.org>: User unknown in relay recipient table"),
    (550, "no such mailbox <policy@spf.example>"),
    (550, "no such user helo@blocklist.example here"),
    (550, "5.2.1 mailbox disabled"),
    (550, "5.7.13 user account disabled"),
    (550, "never"),
]
FOR_NOW = [
    (451, "later"),
    (450, "4.7.1 Greylisted, come back in 5 minutes"),
    (452, "4.2.2 mailbox full"),
    (450, "4.2.1 The user receives mail too quickly"),
    (450, "no <rate@limit.example> now"),
]


@pytest.mark.parametrize(("code", "text", "category"), ABOUT_US)
def test_an_answer_that_names_a_rule_of_the_server_is_about_us(code, text, category):
    found = judge_recipient(code, text.encode())

    assert isinstance(found, RelayTrouble)
    assert found.category == category


@pytest.mark.parametrize(("code", "text"), FOR_GOOD)
def test_an_answer_about_a_mailbox_ends_that_one_email(code, text):
    assert isinstance(judge_recipient(code, text.encode()), PermanentFailure)


@pytest.mark.parametrize(("code", "text"), FOR_NOW)
def test_an_answer_that_passes_lets_one_email_wait(code, text):
    assert isinstance(judge_recipient(code, text.encode()), TransientFailure)


@pytest.mark.parametrize(
    ("error", "category", "answer"),
    [
        (ConnectionRefusedError("no"), Trouble.UNREACHABLE, ""),
        (ssl.SSLCertVerificationError("no"), Trouble.NO_TLS, ""),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 layla@example.org is wrong"), Trouble.LOGIN, "535 5.7.8"),
        (smtplib.SMTPNotSupportedError("no AUTH"), Trouble.LOGIN, ""),
        (smtplib.SMTPConnectError(554, b"5.7.1 not you"), Trouble.POLICY, "554 5.7.1"),
        (smtplib.SMTPConnectError(421, b"too many"), Trouble.BUSY, "421"),
    ],
)
def test_what_keeps_a_conversation_from_beginning_is_about_us(error, category, answer):
    found = judge_connection(error)

    assert (found.category, found.answer, found.in_conversation) == (category, answer, False)


def test_an_answer_to_the_sender_is_about_us_and_only_its_codes_are_kept():
    found = judge_sender(550, b"5.7.1 <campaign@example.org>: not yours")

    assert (found.category, found.answer) == (Trouble.SENDER, "550 5.7.1")
