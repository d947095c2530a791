"""The addresses of those who asked for news: sealed on the server, opened where the key for news is, and nowhere else."""

import csv
import json

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.crypto.keys import load_keys
from campaign.crypto.private_key_file import decrypt_under_passphrase
from campaign.crypto.sealing import token_hash
from campaign.outbox.address import parse_address
from campaign.petition import news
from campaign.petition.key_rotation import encode_key
from campaign.petition.models import Burst, Signature
from campaign.petition.news import NewsAgreement
from tests.exports.terminal import DAY, lines
from tests.servers import on_sqlite

PHRASE = "seven olives and a lemon"


@pytest.fixture
def private(omar):
    """The file with the private key for news; news is offered."""
    return new_key(omar, "news.key")


def new_key(omar, name):
    """Makes a pair of keys for news, and has news sealed to it; returns the private one's file, which has no passphrase."""
    out = omar.desk / name
    made = omar.run("keys", "news", "--no-passphrase", "--out", out)
    assert made.exit_code == 0, made.stderr
    public = made.stdout.splitlines()[0].removeprefix("public key\t")
    assert f"campaign keys add-news {public}" in made.stderr
    added = omar.run("keys", "add-news", public)
    assert added.exit_code == 0, added.stderr
    assert made.stdout.splitlines()[1].replace("fingerprint", "news is sealed to") in omar.run("keys", "list").stdout
    return out


def asks_for_news(omar, email, **fields):
    """Puts a signature under the petition whose signer has asked for news; returns its id."""
    record = omar.has(email=email, **fields)
    database = instance.open_database(omar.settings)
    with database.writing() as session:
        keys = load_keys(instance.key_folder(omar.settings))
        news.agree(session, keys, signature=record, email=parse_address(email), language=fields.get("language", "en"))
    database.close()
    return record


def opened(omar, sealed, *keys, document="jsonl", exit_code=0):
    """Opens a list on the machine with the keys; returns the file and what was said."""
    out = omar.desk / f"opened{len(list(omar.desk.iterdir()))}.{document}"
    named = [word for key in keys for word in ("--key", key)]
    done = omar.run("open-export", sealed, *named, "--format", document, "--out", out)
    assert done.exit_code == exit_code, done.stderr
    return out, done.stderr


def test_the_list_opens_with_the_key_for_news_and_holds_nothing_else_of_a_signer(omar, private):
    ids = [
        asks_for_news(omar, "layla@example.org", name="Layla Haddad", shown_as="Layla", country="SY", language="ar"),
        asks_for_news(omar, "sami@example.org"),
        omar.has(email="nour@example.org"),
    ]
    omar.write(sa.update(Signature).where(Signature.id == asks_for_news(omar, "held@example.org")).values(held_in=held(omar)))
    sealed = omar.exports("sealed-news")

    content = sealed.read_text("utf-8")
    assert not any(word in content for word in ("example.org", "Layla", '"SY"', *(one.hex() for one in ids)))
    file, said = opened(omar, sealed, private)
    found = {row["email"]: row for row in lines(file)}
    assert set(found) == {"layla@example.org", "sami@example.org"}
    assert "2 addresses exported" in said
    assert [*found["layla@example.org"]] == ["number", "email", "language", "unsubscribe"]
    token = found["layla@example.org"]["unsubscribe"].removeprefix("/ar/unsubscribe/")
    database = instance.open_database(omar.settings)
    with database.reading() as session:
        whose = sa.select(NewsAgreement.signature_id).where(NewsAgreement.token_hash == token_hash(token))
        assert session.scalar(whose) == ids[0]
    database.close()
    table, _ = opened(omar, sealed, private, document="csv")
    with table.open(encoding="utf-8-sig", newline="") as stream:
        assert {row["email"]: row["unsubscribe"] for row in csv.DictReader(stream)} == {
            email: row["unsubscribe"] for email, row in found.items()
        }
    only, _ = opened(omar, omar.exports("sealed-news", "--country", "SY"), private)
    assert [row["email"] for row in lines(only)] == ["layla@example.org"]


def held(omar):
    """The number of a group that is held for review."""
    omar.write(sa.insert(Burst).values(id=77, day=DAY, hour=1, provider="other", number=1, is_held=True))
    return 77


@on_sqlite
def test_after_another_key_each_opens_its_own_and_the_command_says_what_needs_which(omar, private):
    asks_for_news(omar, "layla@example.org")
    second = new_key(omar, "second.key")
    asks_for_news(omar, "sami@example.org")
    sealed = omar.exports("sealed-news")

    for keys, emails, code in (
        ([private, second], {"layla@example.org", "sami@example.org"}, 0),
        ([second], {"sami@example.org"}, 3),
    ):
        file, said = opened(omar, sealed, *keys, exit_code=code)
        assert {row["email"] for row in lines(file)} == emails
    assert "1 of 2 opened; 1 need" in said


@on_sqlite
def test_a_list_that_is_damaged_or_of_a_later_version_or_opened_as_a_spreadsheet_is_one_sentence(omar, private):
    asks_for_news(omar, "layla@example.org")
    asks_for_news(omar, "sami@example.org")
    whole = omar.exports("sealed-news").read_text("utf-8").splitlines()
    first, second = (json.loads(line) for line in whole[1:3])
    exchanged = [json.dumps(first | {"sealed": second["sealed"]}), json.dumps(second | {"sealed": first["sealed"]})]

    for changed, said in (
        (whole[:-1], "is cut off. Take it from the server again."),
        ([*whole[:2], *whole[3:]], "it holds 1 addresses, and says another number."),
        ([*whole[:2], whole[1], whole[3]], "it holds a record twice."),
        ([whole[0], *exchanged, whole[3]], "a record in it belongs to another line."),
        ([whole[0], "{}", *whole[2:]], "Line 2 of"),
        ([whole[0].replace('"version": 1', '"version": 3'), *whole[1:]], "is of a version that this program does not know."),
    ):
        file = omar.desk / "changed.sealed-news"
        file.write_text("".join(f"{line}\n" for line in changed), "utf-8")
        assert said in opened(omar, file, private, exit_code=1)[1]
    file.write_text("".join(f"{line}\n" for line in whole), "utf-8")
    assert "Addresses for news are written as csv or jsonl." in opened(omar, file, private, document="xlsx", exit_code=2)[1]


@on_sqlite
@pytest.mark.slow
def test_a_key_file_and_its_copy_say_what_they_open(omar):
    made, copied = omar.desk / "made.key", omar.desk / "copy.key"
    assert omar.run("keys", "news", "--for", "Nour", "--out", made, typed=f"{PHRASE}\n" * 2).exit_code == 0
    assert omar.run("keys", "copy", made, "--for", "Hadi", "--out", copied, typed=f"{PHRASE}\n" * 3).exit_code == 0
    assert "the e-mail addresses of those who asked for news" in decrypt_under_passphrase(copied, PHRASE)


@on_sqlite
def test_a_key_of_the_signatures_is_refused_and_news_can_be_offered_no_longer(omar, private):
    keys = load_keys(instance.key_folder(omar.settings))

    refused = omar.run("keys", "add-news", encode_key(keys.public))
    assert (refused.exit_code, "make another one with `campaign keys news`" in refused.stderr) == (1, True)
    assert omar.run("keys", "add-news", "A" * 48).exit_code == 1
    assert omar.run("keys", "stop-news").exit_code == 0
    assert "news is sealed to" not in omar.run("keys", "list").stdout
