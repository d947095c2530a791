"""What the DNS lacks for e-mails to arrive: `campaign check --strict` says it."""

import pytest

from campaign.outbox import sender_dns
from tests.cli.test_status import HOSTED
from tests.servers import on_sqlite

pytestmark = on_sqlite
POLICY, KEY = "_dmarc.example.org.", "key1._domainkey.example.org."


def said(run, **settings):
    """What is said of the domain that e-mails come from."""
    output = run("check", "--strict", **HOSTED | settings).stderr
    return [line for line in output.splitlines() if any(word in line for word in ("SPF", "DKIM", "DMARC"))]


def test_what_is_missing_is_said_with_the_record_that_mends_it(run, name_server):
    assert said(run) == []

    name_server.records.clear()
    assert said(run) == [one.format("example.org") for one in (sender_dns.NO_SPF, sender_dns.NO_DKIM, sender_dns.NO_DMARC)]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"example.org.": ["v=spf10 -all"]}, sender_dns.NO_SPF),
        ({"example.org.": ["V=SPF1 -all", "v=spf1"]}, sender_dns.MANY_SPF),
        ({KEY: []}, None),  # a key whose record is of another kind, such as CNAME: only that its name is there is seen
        ({POLICY: ["dmarc"]}, sender_dns.NO_DMARC),
    ],
)
def test_each_record_is_read_as_mail_servers_read_it(run, name_server, records, expected):
    name_server.records |= records

    assert said(run) == ([expected.format("example.org")] if expected else [])


def test_the_policy_of_the_registered_domain_holds_below_it(run, name_server):
    name_server.records |= {"mail.example.org.": ["v=spf1 -all"], "a._domainkey.mail.example.org.": ["v=DKIM1; p=x"]}

    assert said(run, MAIL_FROM="The campaign <campaign@Mail.Example.org>") == []


def test_a_name_server_that_is_silent_is_said_in_one_sentence(run, name_server, monkeypatch):
    monkeypatch.setattr(sender_dns, "QUESTION_TIMEOUT", 0.3)
    name_server.is_silent = True

    assert said(run) == [sender_dns.NOT_ASKED.format("example.org")]


def test_nothing_is_asked_while_nothing_leaves_this_machine_or_without_strict(run, name_server):
    name_server.records.clear()

    assert said(run, BASE_URL="http://localhost:8000") == []
    assert "SPF" not in run("check", **HOSTED).stderr
