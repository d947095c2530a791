"""Signatures from before encoded words were refused in addresses: `check` counts them, and the desk's review names them."""

import secrets
from datetime import date

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.config import PREFIX
from campaign.crypto import sealing
from campaign.crypto.keys import eject
from campaign.database import now
from campaign.organizers.reviews import flag_disguised
from campaign.petition import display_names
from campaign.petition.models import NameReview, Signature
from tests.people import parse, rows
from tests.servers import on_sqlite

SPELLED = "=?utf-8?q?victim?=@mailbox.example"
COUNTED = "Signatures whose address hides its mailbox (2): remove them at the desk, where they wait for review."


def _signature(keys, email, shown_as=None):
    record = secrets.token_bytes(16)
    person = sealing.Person(record, "0" * 64, name="Victim", email=email)
    sealed, tag = sealing.seal(keys.public, person), sealing.mailbox_tag(keys.tag, email)
    known = {"language": "en", "country": None, "news": False, "text_sha256": "0" * 64, "confirmed_on": date(2026, 11, 1)}
    return Signature(id=record, tag=tag, token_hash=secrets.token_bytes(32), sealed=sealed, shown_as=shown_as, **known)


@pytest.fixture
def site(app):
    """Two signatures stand under such addresses, one of them shown, beside a good one."""
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        session.add(_signature(site.keys, SPELLED))
        session.add(_signature(site.keys, SPELLED.replace("victim", "=76ictim"), shown_as="Victim"))
        session.add(_signature(site.keys, "good@mailbox.example", shown_as="Good"))
    return site


@pytest.fixture
def check(settings):
    """What `campaign check` says on standard error."""
    env = {PREFIX + name.upper(): str(getattr(settings, name)) for name in ("data", "database_url", "mail_url", "mail_from")}
    return lambda *options: CliRunner().invoke(main, ["check", *options], env=env).stderr.splitlines()


def ticks(page):
    """The boxes of a page."""
    return [box.get("value") for box in parse(page).iter("input") if box.get("name") == "words"]


def test_check_counts_them_and_the_review_offers_to_remove_them(app, site, omar, check):
    assert ticks(omar.read("review").text) == []

    assert COUNTED in check()

    page = omar.read("review").text
    assert page.count("lets one mailbox sign more than once") == 2
    answer = omar.send("review", words=ticks(page), deed="remove")
    assert "/organize/removals/" in answer.location
    assert omar.read(answer.location).status_code == 200


@on_sqlite
def test_with_the_private_key_elsewhere_check_takes_it_as_a_file(app, site, settings, check, tmp_path):
    key = tmp_path / "private.key"
    eject(settings.data / "keys", key)

    assert COUNTED not in check()
    assert COUNTED in check("--key", str(key))


def test_looking_twice_flags_each_once_and_keeps_what_waits_for_another_reason(app, site):
    with site.database.writing() as session:
        shown = session.scalars(sa.select(Signature).where(Signature.shown_as == "Victim")).one()
        display_names.change_display_name(session, shown, "4711", today=now().date(), hold=True)

    for _ in range(2):
        assert flag_disguised(site.database, [site.keys.private], now().date()) == 2

    assert sorted((review.held, review.flags) for review in rows(app, NameReview) if review.held) == [("4711", "digits address")]
    assert [review.flags for review in rows(app, NameReview) if not review.held] == ["address"]


@on_sqlite
def test_nothing_is_removed_when_nothing_is_ticked(app, site, omar, check):
    check()

    assert omar.send("review", deed="remove").location.endswith("/review")
