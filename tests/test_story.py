"""The way of a signature, over real HTTP, through a real mail server, on both databases: read, sign, confirm, count, export."""

import csv
import io
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.people import hidden_fields, link_in
from tests.servers import LONG, Campaign, Mailbox, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def campaign(tmp_path: Path, database_url: str, mailbox: Mailbox) -> Iterator[Campaign]:
    """The campaign as it is served: two workers, the mail worker, letters by SMTP."""
    with Campaign(
        tmp_path / "instance",
        CAMPAIGN_DATABASE_URL=database_url,
        CAMPAIGN_MAIL_URL=mailbox.url,
        CAMPAIGN_MAIL_FROM="campaign@example.org",
    ) as served:
        yield served


def read(campaign: Campaign, path: str) -> str:
    """A page."""
    with urllib.request.urlopen(campaign.url + path, timeout=LONG) as answer:
        return str(answer.read().decode())


def send(campaign: Campaign, path: str, fields: dict[str, str]) -> str:
    """Sends a form and follows it to the page that answers."""
    body = urllib.parse.urlencode(fields).encode()
    with urllib.request.urlopen(campaign.url + path, body, timeout=LONG) as answer:
        return str(answer.read().decode())


def sign(campaign: Campaign, language: str, **typed: str) -> str:
    """Fills the form on the first page in."""
    return send(campaign, f"/{language}/sign", hidden_fields(read(campaign, f"/{language}/"), "/sign") | typed)


def confirmed(campaign: Campaign) -> int:
    """The published count."""
    return int(json.loads(read(campaign, "/api/v1/petition.json"))["confirmed"])


def exported(campaign: Campaign) -> list[dict[str, str]]:
    """What an organizer takes out."""
    done = campaign.run("export", "--format", "csv", "--out", "-")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))


def test_two_people_read_sign_confirm_and_are_counted_one_withdraws_and_the_organizer_exports_who_stands(campaign, mailbox):
    tell_story(campaign, mailbox)


def tell_story(campaign: Campaign, mailbox: Mailbox) -> None:
    """Everything that two people and an organizer do."""
    assert "The readers of Velora are waiting for their library" in read(campaign, "/en/")
    assert "قرّاء فيلورا ينتظرون مكتبتهم" in read(campaign, "/ar/")
    assert confirmed(campaign) == 0

    assert "One more step" in sign(campaign, "en", name="Layla Haddad", email="layla@example.org")
    assert "بقيت خطوة واحدة" in sign(campaign, "ar", name="سامي خليل", email="sami@example.org", shown_as="سامي")

    mailbox.wait_for(2)
    layla, sami = (link_in(mailbox.letters_to(f"{name}@example.org")[0]) for name in ("layla", "sami"))
    assert mailbox.letters_to("layla@example.org")[0]["Subject"] == "Please confirm the signature"
    assert mailbox.letters_to("sami@example.org")[0]["Subject"] == "يُرجى تأكيد التوقيع"
    assert confirmed(campaign) == 0, "nobody counts before the button is pressed"

    assert "Thank you. Your signature has been added." in send(campaign, layla, {"act": "confirm"})
    assert "شكرًا. أُضيف توقيعك إلى العريضة." in send(campaign, sami, {"act": "confirm"})
    wait_until(lambda: "2 signatures" in read(campaign, "/en/"))
    wait_until(lambda: "توقيعان" in read(campaign, "/ar/"))
    wait_until(lambda: confirmed(campaign) == 2)
    assert "سامي" not in read(campaign, "/en/signatures"), "no moment tells who signed"
    campaign.pass_a_day()
    assert re.search(r"<bdi[^>]*>سامي</bdi>", read(campaign, "/en/signatures"))

    assert {row["name"]: row["email"] for row in exported(campaign)} == {
        "Layla Haddad": "layla@example.org",
        "سامي خليل": "sami@example.org",
    }

    send(campaign, sami, {"act": "withdraw"})
    wait_until(lambda: confirmed(campaign) == 1)
    assert "سامي" not in read(campaign, "/en/signatures")
    assert [row["name"] for row in exported(campaign)] == ["Layla Haddad"]
    with pytest.raises(urllib.error.HTTPError, match="410"):
        read(campaign, sami)
