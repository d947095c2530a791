"""The site calls nobody but its mail server: every connection that its processes make is looked at from outside."""

import re
from pathlib import Path

from tests.server.processes import hear, line, signing
from tests.servers import Campaign, Mailbox

TO_NETWORK = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?\"([^\"]+)\"")


def test_the_site_connects_to_its_mail_server_and_to_nobody_else(tmp_path: Path, strace: str) -> None:
    log = tmp_path / "connections"
    with Mailbox() as office:
        settings = {"CAMPAIGN_MAIL_URL": office.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
        campaign = Campaign(tmp_path / "instance", workers=1, **settings)
        campaign.command = [strace, "-D", "-f", "-e", "trace=connect", "-e", "signal=none", "-o", str(log), *campaign.command]
        with campaign, line(campaign) as connection:
            connection.sendall(signing(campaign, "layla@example.org"))
            assert hear(connection).startswith(b"HTTP/1.1 303")
            office.wait_for(1)

    called = set(TO_NETWORK.findall(log.read_text("utf-8", "replace")))

    assert called == {(str(office.controller.port), "127.0.0.1")}
