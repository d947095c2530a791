"""Another key to seal to: asked for by one organizer, in force when a second one agrees, and never slipped in."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from nacl.public import PrivateKey, PublicKey

from campaign import create_app
from campaign.cli.main import main
from campaign.crypto.keys import fingerprint, key_id
from campaign.organizers import key_change
from campaign.organizers.models import AuditEntry, Request
from campaign.petition import key_rotation
from campaign.petition.key_rotation import SealKey
from campaign.petition.models import Submission
from campaign.petition.news_key import NewsKey
from tests.organizers.stored import store
from tests.people import Visitor, parse, rows

KEY = key_rotation.encode_key(PrivateKey(bytes(range(32))).public_key)
WRONG = {
    "nothing": "",
    "a word": "olives",
    "Arabic": "مفتاح",
    "cut off": KEY[:-1],
    "a letter is wrong": KEY[:20] + ("A" if KEY[20] != "A" else "B") + KEY[21:],
    "too long": KEY + "AAAA",
    "what is sealed to it anybody could open": key_rotation.encode_key(PublicKey(bytes(32))),
}


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


@pytest.fixture
def new():
    """A pair of keys that was made elsewhere."""
    return PrivateKey.generate()


@pytest.fixture
def run(settings, monkeypatch):
    """Types a command on the server."""
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))
    return lambda *arguments: CliRunner().invoke(main, arguments)


def ask(organizer, private):
    """Enters a public key at the desk."""
    return organizer.send("key", public=key_rotation.encode_key(private.public_key))


def agree(organizer, number=1):
    """Presses the button under the request."""
    return organizer.send("requests", request=str(number), deed="agree").status_code


def sealed_to(app):
    """The key that a worker which runs already seals to, once it has looked again."""
    app.extensions["campaign"].active_key.refresh()
    before = {row.id for row in rows(app, Submission)}
    Visitor(app.test_client()).sign(email=f"{secrets.token_hex(6)}@example.org")
    [new] = [row for row in rows(app, Submission) if row.id not in before]
    return new.sealed[1:9]


def test_one_organizer_alone_changes_nothing_and_the_second_one_compares_the_fingerprint(request, app, omar, nour, new):
    other = create_app(app.extensions["campaign"].settings)
    request.addfinalizer(other.extensions["campaign"].database.close)

    assert ask(omar, new).headers["Location"].endswith("/requests")
    assert agree(omar) == 409
    assert sealed_to(other) == app.extensions["campaign"].keys.key_id
    assert fingerprint(new.public_key) in " ".join(parse(nour.read("requests").text).itertext())
    assert agree(nour) == 303

    assert sealed_to(other) == key_id(new.public_key)
    assert [line.act for line in rows(app, AuditEntry)][-3:] == ["asked", "agreed", "key changed"]
    assert rows(app, AuditEntry)[-1].facts == {"fingerprint": fingerprint(new.public_key)}


def test_a_moderator_neither_sees_the_page_nor_agrees_to_a_key(omar, hadi, new):
    ask(omar, new)

    assert hadi.read("key").status_code == 403
    assert ask(hadi, new).status_code == 403
    assert agree(hadi) == 403


def test_where_the_rule_is_off_it_is_in_force_at_once_and_has_its_line(app, omar, new):
    omar.send("accounts", four_eyes="off")

    assert ask(omar, new).headers["Location"].endswith("/key")

    assert sealed_to(app) == key_id(new.public_key)
    assert [line.act for line in rows(app, AuditEntry)][-1] == "key changed"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("typed", WRONG.values(), ids=WRONG)
def test_what_is_no_key_is_told_and_kept_as_it_was_typed(app, omar, language, typed):
    omar.language = language

    answer = omar.send("key", public=typed)

    page = parse(answer.text)
    assert answer.status_code == 422
    assert next(field.get("value") for field in page.iter("input") if field.get("name") == "public") == typed
    assert next(page.iter("title")).text.startswith("Error: " if language == "en" else "خطأ: ")
    assert rows(app, Request) == []


def test_a_key_that_was_in_force_before_is_refused_also_while_two_ask_for_it(app, omar, nour, new):
    keys = app.extensions["campaign"].keys
    ask(omar, new)
    ask(omar, new)

    assert [agree(nour, number) for number in (1, 2)] == [303, 409]
    assert ask(omar, new).status_code == 422
    assert omar.send("key", public=key_rotation.encode_key(keys.public)).status_code == 422
    assert len(rows(app, SealKey)) == 1


def test_a_key_that_was_exchanged_in_a_request_that_waits_does_not_come_into_force(app, database, omar, nour, new):
    ask(omar, new)
    mine = key_rotation.encode_key(PrivateKey.generate().public_key)
    with database.writing() as session:
        [waiting] = session.scalars(sa.select(Request))
        waiting.facts = waiting.facts | {"public": mine}

    assert agree(nour) == 409

    assert sealed_to(app) == app.extensions["campaign"].keys.key_id


def test_after_the_change_the_desk_opens_nothing_and_says_how_it_is_opened(app, omar, nour, new):
    [record] = store(app, "Layla")
    ask(omar, new)
    agree(nour)
    app.extensions["campaign"].active_key.refresh()

    page = omar.read(f"signatures/{record.hex()}/sealed").text

    assert "--key FILE --key FILE" in page
    assert "Show them" not in page
    assert omar.send(f"signatures/{record.hex()}/sealed").status_code == 409


def test_a_key_that_somebody_slipped_into_the_database_is_not_used_and_check_says_so(app, database, omar, nour, new, run):
    mine = PrivateKey.generate()
    ask(omar, new)
    agree(nour)
    assert run("check").exit_code == 0
    with database.writing() as session:
        [good] = session.scalars(sa.select(SealKey))
        session.add(SealKey(number=2, public=bytes(mine.public_key), code=good.code, since=good.since))

    assert sealed_to(app) == key_id(new.public_key)
    assert "This campaign did not add key 2 for signatures" in run("check").stderr


def test_a_key_that_somebody_took_away_is_missed_by_check(app, database, omar, nour, new, run):
    ask(omar, new)
    agree(nour)
    with database.writing() as session:
        session.execute(sa.delete(SealKey))

    assert "The audit knows another number of key changes" in run("check").stderr


def test_four_that_change_it_at_once_leave_four_keys_in_a_row(app, database):
    keys = app.extensions["campaign"].keys

    def change(private):
        with database.writing() as session:
            key_change.change_key(session, keys, private.public_key, by="")

    with ThreadPoolExecutor(4) as together:
        list(together.map(change, [PrivateKey.generate() for _ in range(4)]))

    assert sorted(row.number for row in rows(app, SealKey)) == [1, 2, 3, 4]
    assert [line.act for line in rows(app, AuditEntry)] == ["key changed"] * 4


def test_the_line_is_taken_as_the_command_prints_it_and_a_key_that_waits_is_shown(omar, nour, new):
    assert omar.send("key", public=f"public key\t{key_rotation.encode_key(new.public_key)}").status_code == 303

    page = omar.read("key").text
    assert "is already waiting for a second organizer." in page
    assert fingerprint(new.public_key) in page
    assert "have someone read you the fingerprint" in nour.read("requests").text
    assert "have someone read you the fingerprint" not in omar.read("requests").text


def test_the_key_for_news_is_none_for_signatures_nor_the_other_way_round(app, omar, nour, new, run):
    other = PrivateKey.generate()
    assert run("keys", "add-news", key_rotation.encode_key(new.public_key)).exit_code == 0

    refused = ask(omar, new)
    assert (refused.status_code, "This key is for news. Make another one for the signatures." in refused.text) == (422, True)
    assert rows(app, Request) == []
    ask(omar, other)
    assert run("keys", "stop-news").exit_code == 0
    assert run("keys", "add-news", key_rotation.encode_key(other.public_key)).exit_code == 0
    assert agree(nour) == 409, "it became the key for news while it waited"
    assert ask(omar, new).status_code == 422, "it was the key for news"
    assert rows(app, SealKey) == []


def test_the_command_refuses_the_key_for_news_too(app, run, new):
    typed = key_rotation.encode_key(new.public_key)
    run("keys", "add-news", typed)

    assert run("keys", "add", typed).stderr == "Error: This key is for news. Make another one with `campaign keys new`.\n"

    other = key_rotation.encode_key(PrivateKey.generate().public_key)
    assert run("keys", "add", other).exit_code == 0
    assert run("keys", "add-news", other).stderr.startswith("Error: Signatures are sealed to this key")
    assert [len(rows(app, kind)) for kind in (NewsKey, SealKey)] == [1, 1]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_key_for_news_or_its_end_that_somebody_took_away_is_missed_by_check(app, database, run, new, is_stopped):
    for command in (["add-news", key_rotation.encode_key(new.public_key)], ["stop-news"])[: 1 + is_stopped]:
        for _ in range(2):
            assert run("keys", *command).exit_code == 0
    assert [line.act for line in rows(app, AuditEntry)] == ["news key changed", "news stopped"][: 1 + is_stopped]
    assert "the key for news" not in run("check").stderr
    with database.writing() as session:
        session.execute(sa.delete(NewsKey).where(NewsKey.number == 1 + is_stopped))

    assert "The audit knows another number of changes of the key for news" in run("check").stderr
