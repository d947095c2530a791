"""News by e-mail: what two organizers agreed to, to each who asked in their language, once, and without the main key."""

import asyncio
import json
import re
import signal
import subprocess
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from nacl.public import PrivateKey

from campaign import create_app
from campaign.cli.output import PARTLY_OPENED
from campaign.crypto.keys import encode_bare, read_key, write_key_file
from campaign.crypto.private_key_file import OPENS_SIGNATURES, KeyLabel, encrypt_private_key
from campaign.database import now
from campaign.exports.news_delivery import IN_A_ROW
from campaign.exports.news_mailing import NEWS_FIRST_LINE, sent_moments
from campaign.exports.warning_record import read_marks
from campaign.organizers import audit, news_approval
from campaign.organizers.models import AuditEntry
from campaign.petition.news import NewsAgreement
from campaign.petition.published import TextKind, new_row
from campaign.petition.updates import Update
from tests.exports.newsroom import NAMES, SLUG, Newsroom, agree
from tests.exports.terminal import lines
from tests.exports.test_warn import MoodyServer
from tests.servers import LONG, on_sqlite, wait_until
from tests.tiers import rounds

pytestmark = on_sqlite
ODD_LINES = (
    "<somebody@else.example>",
    "<1@mta_1.example>",
    "a@b..c",
    "x@-",
    "@@",
    "a@" + "b" * 300,
    "a@xn--.org",
    "a@\u0600.org",
)
SENDER = "Nour <nour@example.org>"
MANY, KILLS = rounds(150, 2000), rounds(3, 20)


@pytest.fixture
def room(omar):
    """Layla and Sami have asked for news, and there is some."""
    made = Newsroom(omar)
    yield made
    made.database.close()


@pytest.fixture
def server():
    """The mail server of the machine with the key for news; it refuses one address for good."""
    with MoodyServer(never=("gone@example.org",)) as one:
        yield one


@pytest.fixture
def send(room, server):
    """Sends what a list says; shows it only where nothing is typed."""

    def run(file, *options, typed="", url=server.url):
        sending = ("--mail-url", url, "--mail-from", SENDER, "--pause", "0", *(["--send"] if typed else []))
        return room.omar.run("news", "send", file, "--key", room.key, *sending, *options, typed=f"{typed}\n")

    return run


def with_two(room):
    """Layla asks for news in Arabic and Sami in English; an update is to be sent."""
    room.has("layla@example.org", "ar")
    room.has("sami@example.org")
    room.announces()
    return room


def test_each_gets_it_in_their_language_with_a_link_that_ends_the_news_at_one_click(room, server, send):
    file = with_two(room).lists()
    shown, done = send(file), send(file, typed="2")
    again = send(file, typed="2")

    assert (shown.exit_code, done.exit_code, again.exit_code) == (0, 0, 0), done.stderr
    assert "to be sent\t2\nin العربية\t1\nin English\t1\n" in shown.stdout
    assert "Nothing was sent." in shown.stderr
    assert "/ar/unsubscribe/…\n" in shown.stdout
    assert "sent before\t2\n" in again.stdout
    assert server.counts() == {"layla@example.org": 1, "sami@example.org": 1}
    client = create_app(room.omar.settings).test_client()
    for address, language in (("layla@example.org", "ar"), ("sami@example.org", "en")):
        [letter] = server.letters_to(address)
        headline, _, words = NAMES[language].partition("\n\n")
        assert (letter["Subject"], letter["From"], letter["To"]) == (headline, SENDER, address)
        assert (words.replace("**", "") in body(letter), f"/{language}/updates/{SLUG}\n" in body(letter)) == (True, True)
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = letter["List-Unsubscribe"].strip("<>")
        assert body(letter).endswith(f"\n{link}\n")
        path = link.removeprefix(room.omar.settings.origin)
        assert re.fullmatch(rf"/{language}/unsubscribe/[a-z2-7]{{26}}", path)
        client.get(path)
        assert count(room) == (2 if language == "ar" else 1)
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert count(room) == 0


def body(letter: EmailMessage) -> str:
    """The text of an e-mail."""
    return letter.get_content().replace("\r\n", "\n")


def count(room) -> int:
    """How many ask for news now."""
    with room.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(NewsAgreement))


def test_without_the_agreement_of_two_there_is_no_list_and_words_that_changed_need_another(room, server):
    with room.database.writing() as session:
        session.add(new_row((TextKind.UPDATE, SLUG), {"names": NAMES}, now().date(), set_by="1"))
    refused = room.omar.run("news", "list", SLUG, "--out", room.omar.desk / "a.list")
    with room.database.writing() as session:
        agree(session, SLUG)
    room.lists()
    with room.database.writing() as session:
        session.add(new_row((TextKind.UPDATE, SLUG), {"names": {"en": "Other words"}}, now().date(), set_by="1"))
    changed = room.omar.run("news", "list", SLUG, "--out", room.omar.desk / "c.list")
    unknown = room.omar.run("news", "list", "other", "--out", room.omar.desk / "d.list")

    for one in (refused, changed):
        assert (one.exit_code, "No second organizer has agreed to send this" in one.stderr) == (1, True)
    assert (unknown.exit_code, f"The updates are: {SLUG}." in unknown.stderr) == (2, True)
    with room.database.reading() as session:
        acts = [line.facts for line in session.scalars(sa.select(AuditEntry)) if line.act == "news listed"]
    assert acts == [{"update": SLUG, "number": 0}]


def test_a_list_can_be_written_on_the_last_day_of_the_agreement_and_says_afterwards_that_it_is_over(room, server):
    with_two(room)
    until = (now() + news_approval.GOOD_FOR).date()
    with time_machine.travel(datetime.combine(until, time(23, 59), UTC), tick=False):
        room.lists()
    with time_machine.travel(datetime.combine(until + timedelta(days=1), time(0, 1), UTC), tick=False):
        over = room.omar.run("news", "list", SLUG, "--out", room.omar.desk / "over.list")

    assert (over.exit_code, f"The agreement to send this ended on {until}. Ask again" in over.stderr) == (1, True)


def test_there_is_no_list_without_its_line_in_the_audit(room, server, monkeypatch):
    with_two(room)
    monkeypatch.delattr(audit, "record")

    for out in (room.omar.desk / "a.list", "-"):
        done = room.omar.run("news", "list", SLUG, "--out", out)
        assert (type(done.exception), done.stdout) == (AttributeError, "")
    assert not (room.omar.desk / "a.list").exists()


def test_an_update_that_is_taken_down_while_the_list_is_asked_for_has_none(room, server, monkeypatch):
    with_two(room)
    shown = [Update(SLUG, now().date(), now().date(), NAMES)]
    with room.database.writing() as session:
        session.add(new_row((TextKind.UPDATE, SLUG), {"names": {}}, now().date(), set_by="1"))
    monkeypatch.setattr("campaign.cli.news.shown_updates", lambda: shown)

    gone = room.omar.run("news", "list", SLUG, "--out", room.omar.desk / "gone.list")

    assert (gone.exit_code, "No second organizer has agreed to send this" in gone.stderr) == (1, True)


def test_an_update_that_is_missing_in_a_language_goes_in_the_other_one_and_says_so(room, server, send):
    room.has("sami@example.org")
    room.announces(names={"ar": NAMES["ar"]})

    assert send(room.lists(), typed="1").exit_code == 0
    [letter] = server.letters
    assert letter["Subject"] == "خبر تجريبي"
    assert body(letter).startswith(
        "This update is not available in this language yet. It follows in another language.\n\nلا يقول شيئًا.\n"
    )


def test_who_ended_the_news_is_in_no_new_list_and_nobody_gets_the_update_twice_by_one(room, server, send):
    first = with_two(room).lists()
    assert send(first, typed="2").exit_code == 0
    [link] = [letter["List-Unsubscribe"] for letter in server.letters_to("sami@example.org")]
    path = link.strip("<>").removeprefix(room.omar.settings.origin)
    room.has("nour@example.org")
    create_app(room.omar.settings).test_client().post(path, data={"List-Unsubscribe": "One-Click"})

    second, out = room.lists(), room.omar.desk / "opened.jsonl"
    done = send(second, typed="1")

    room.omar.run("open-export", second, "--key", room.key, "--format", "jsonl", "--out", out)
    assert {row["email"] for row in lines(out)} == {"layla@example.org", "nour@example.org"}
    assert (done.exit_code, "sent before\t1\n" in done.stdout) == (0, True)
    assert server.counts() == {"layla@example.org": 1, "sami@example.org": 1, "nour@example.org": 1}


def test_an_address_that_is_refused_for_good_or_in_the_file_of_bounces_gets_no_news_any_more(room, server, send):
    for name in ("gone", "sami", "hadi"):
        room.has(f"{name}@example.org")
    room.announces()
    bounces = room.omar.desk / "bounces.txt"
    bounces.write_text("\n".join(["Final-Recipient: rfc822; Hadi@example.org", *ODD_LINES]), "utf-8")

    first = send(room.lists(), "--bounces", bounces, typed="2")
    room.announces("another-sample", {"en": "Another sample"})
    server.never = ()
    then = send(room.lists("another-sample"), typed="1")

    assert "bounced, in the list\t1\n" in first.stdout
    assert server.counts() == {"sami@example.org": 2}
    assert (first.exit_code, then.exit_code) == (PARTLY_OPENED, 0)
    assert "refused or bounced\t2\n" in then.stdout
    assert b"example.org" not in room.record.read_bytes()
    assert room.record.read_text("ascii").startswith(f"{NEWS_FIRST_LINE}\n")


def test_a_server_that_refuses_everybody_makes_nobody_one_that_gets_no_news_any_more(room, server, send):
    room.has_many(IN_A_ROW + 2)
    room.announces()
    server.never = {f"person{place}@example.org" for place in range(IN_A_ROW + 2)}

    refused = send(room.lists(), typed=str(IN_A_ROW + 2))
    server.never = ()

    assert (refused.exit_code, "hardly for their addresses" in refused.stderr) == (1, True)
    assert send(room.lists(), typed=str(IN_A_ROW + 2)).exit_code == 0
    assert len(server.counts()) == IN_A_ROW + 2


def test_the_records_of_all_keys_count_in_any_order_and_each_gets_what_is_sent(room, server, send):
    file, new = with_two(room).lists(), room.omar.desk / "new.key"
    write_key_file(new, PrivateKey.generate(), encode_bare)
    options = ("--mail-url", server.url, "--mail-from", SENDER, "--pause", "0", "--send")
    assert send(file, typed="2").exit_code == 0
    room.has("nour@example.org")
    file = room.lists()

    then = room.omar.run("news", "send", file, "--key", new, "--key", room.key, "--key", room.key, *options, typed="1\n")
    alone = send(file)

    assert (then.exit_code, "sent before\t2\n" in then.stdout) == (0, True), then.stderr
    assert "sent before\t3\n" in alone.stdout
    assert set(server.counts().values()) == {1}


def test_without_the_number_nothing_is_recorded_and_whoever_sends_reads_the_texts_first(room, server, send):
    file, bounces = with_two(room).lists(), room.omar.desk / "bounces.txt"
    bounces.write_text("sami@example.org", "utf-8")
    before = sorted(room.omar.desk.iterdir())

    shown, wrong = send(file, "--bounces", bounces), send(file, "--bounces", bounces, typed="2")

    assert (shown.exit_code, wrong.exit_code) == (0, 1)
    assert "refused or bounced\t1\n" in shown.stdout
    assert sorted(room.omar.desk.iterdir()) == before
    assert NAMES["ar"].partition("\n")[0] in wrong.stdout
    assert ("Nothing was sent. --send" in shown.stderr, "Nothing was sent. --send" in wrong.stderr) == (True, False)
    assert send(file, "--bounces", bounces, typed="1").exit_code == 0
    assert server.counts() == {"layla@example.org": 1}
    assert "refused or bounced\t1\n" in send(file).stdout


def test_an_update_named_like_a_mark_of_the_record_is_an_update_like_any_other(room, server, send):
    room.has("sami@example.org")
    for slug in ("refused", "the-ministry-refused"):
        room.announces(slug, {"en": slug})
        assert send(room.lists(slug), typed="1").exit_code == 0

    assert server.counts() == {"sami@example.org": 2}
    assert "sent before\t1\nrefused or bounced\t0\n" in send(room.lists("refused")).stdout
    assert len(sent_moments(read_marks(room.record, NEWS_FIRST_LINE))) == 2


def test_a_third_update_within_a_month_reaches_nobody_who_had_two(room, server, send):
    room.has("sami@example.org")
    for slug in ("one", "two", "three"):
        room.announces(slug, {"en": slug})
        done = send(room.lists(slug), typed="1")

    assert "two in 30 days\t1\nto be sent\t0\n" in done.stdout
    assert server.counts() == {"sami@example.org": 2}
    file = room.lists("three")
    with time_machine.travel(now() + timedelta(days=2), tick=False):
        assert "to be sent\t0\n" in send(file).stdout


def test_a_list_that_is_old_or_whose_agreement_is_over_sends_nothing(room, server, send):
    file = with_two(room).lists()
    with time_machine.travel(now() + timedelta(days=4), tick=False):
        old = send(file, typed="2")
    with time_machine.travel(now() + timedelta(days=15), tick=False):
        over = send(file, typed="2")

    assert (old.exit_code, "take a new one with `campaign news list`" in old.stderr) == (1, True)
    assert (over.exit_code, "Ask again at the desk" in over.stderr) == (1, True)
    assert server.letters == []


def test_what_is_sent_cannot_be_changed_in_the_list_nor_taken_from_one_without_it(room, server, send):
    file = with_two(room).lists()
    head, mailing, *rest = file.read_text("utf-8").splitlines()
    sealed = json.loads(mailing)["mailing"]
    plain = room.omar.exports("sealed-news")

    for changed in (sealed[:60] + ("A" if sealed[60] != "A" else "B") + sealed[61:], "!", ""):
        file.write_text("\n".join([head, json.dumps({"mailing": changed}), *rest]) + "\n", "utf-8")
        done = send(file, typed="2")
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1), done.stderr
    without = send(plain, typed="2")
    assert (without.exit_code, "says nothing of what to send" in without.stderr) == (1, True)
    assert server.letters == []


def test_a_list_with_an_update_opens_like_any_other(room, omar):
    file, out = with_two(room).lists(), omar.desk / "opened.jsonl"

    assert omar.run("open-export", file, "--key", room.key, "--format", "jsonl", "--out", out).exit_code == 0
    assert {row["email"] for row in lines(out)} == {"layla@example.org", "sami@example.org"}


def test_the_key_of_the_signatures_is_refused(room, server, omar):
    file, bare, labelled = with_two(room).lists(), omar.desk / "bare.key", omar.desk / "nour.key"
    main = PrivateKey(read_key(omar.settings.data / "keys" / "seal.private"))
    write_key_file(bare, main, encode_bare)
    label = KeyLabel("example.org", "Nour", now().date(), OPENS_SIGNATURES)
    labelled.write_bytes(encrypt_private_key(main, label, "seven olives and a lemon"))
    phrase = omar.desk / "phrase"
    phrase.write_text("seven olives and a lemon\n")

    wrong = omar.run("news", "send", file, "--key", bare)
    refused = omar.run("news", "send", file, "--key", labelled, "--passphrase-file", phrase)

    assert (wrong.exit_code, "sealed to another key" in wrong.stderr) == (1, True)
    assert (refused.exit_code, "is the key of the signatures: leave it where it is" in refused.stderr) == (1, True)


def start(room, server, file):
    """Starts sending as a process of its own; it waits for the number."""
    options = ("--mail-url", server.url, "--mail-from", SENDER, "--pause", "0", "--send")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = room.omar.start("news", "send", file, "--key", room.key, *options, **pipes)
    number = next(line for line in process.stdout if line.startswith(b"to be sent")).split()[-1]
    return process, number + b"\n"


def go_on(process, number):
    """Types the number."""
    process.stdin.write(number)
    process.stdin.flush()


class HaltingServer(MoodyServer):
    """Takes an e-mail at a count and says nothing more, until the sender is gone: no sender is done before it is killed."""

    halts_at, is_halting = 0, False

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if self.halts_at and len(self.letters) >= self.halts_at:
            self.is_halting = True
            await asyncio.sleep(LONG)  # cancelled once the sender is gone
        return answer


@pytest.mark.slow
def test_killed_again_and_again_each_gets_it_once_and_at_most_one_more_for_each_kill(room):
    room.has_many(MANY)
    room.announces()
    file = room.lists()

    with HaltingServer() as server:
        for kill in range(1, KILLS + 1):
            server.halts_at, server.is_halting = kill * MANY // (KILLS + 1), False
            go_on(*(started := start(room, server, file)))
            wait_until(lambda: server.is_halting)
            started[0].send_signal(signal.SIGKILL)
            started[0].communicate()
        server.halts_at = 0
        go_on(*(last := start(room, server, file)))
        last[0].communicate(timeout=LONG)

    assert last[0].returncode == 0
    assert len(server.counts()) == MANY
    assert MANY <= server.counts().total() <= MANY + KILLS


def test_many_over_a_server_that_refuses_throttles_and_bounces_each_in_their_language_and_none_who_is_not_to(room, send):
    room.has_many(MANY)
    room.announces()
    refused, bounced = ({f"person{place}@example.org" for place in range(first, MANY, 10)} for first in (3, 6))
    bounces = room.omar.desk / "bounces.txt"
    bounces.write_text("\n".join(sorted(bounced)), "utf-8")

    with MoodyServer(never=refused) as server:
        first = send(room.lists(), "--bounces", bounces, typed=str(MANY - len(bounced)), url=server.url)
        for _ in range(5):  # those that are put off three times in one run are sent in a later one
            again = send(room.lists(), url=server.url)
            if (left := re.search(r"to be sent\t(\d+)", again.stdout)[1]) == "0":
                break
            assert send(room.lists(), typed=left, url=server.url).exit_code in (0, PARTLY_OPENED)

    assert first.exit_code == PARTLY_OPENED, first.stderr
    expected = {f"person{place}@example.org" for place in range(MANY)} - refused - bounced
    assert server.counts() == dict.fromkeys(expected, 1)
    for letter, [address] in zip(server.letters, server.recipients, strict=True):
        is_arabic = int(re.findall(r"\d+", address)[0]) % 3 == 0
        assert letter["Subject"] == NAMES["ar" if is_arabic else "en"].partition("\n")[0]
    assert f"sent before\t{len(expected)}\nrefused or bounced\t{len(refused | bounced)}\n" in again.stdout


def test_the_main_key_is_nowhere_in_the_process_that_sends(room):
    file = with_two(room).lists()
    main, news = (PrivateKey(read_key(key)) for key in (room.omar.settings.data / "keys" / "seal.private", room.key))
    found = []

    class Watching(MoodyServer):
        async def handle_DATA(self, *arguments):  # noqa: N802
            found.append({name: is_in_memory(process.pid, bytes(key)) for name, key in (("main", main), ("news", news))})
            return await super().handle_DATA(*arguments)

    with Watching() as server:
        process, number = start(room, server, file)
        go_on(process, number)
        process.communicate(timeout=LONG)

    assert process.returncode == 0
    assert found == [{"main": False, "news": True}] * 2


def is_in_memory(process: int, secret: bytes) -> bool:
    """Whether a process of ours has these bytes anywhere in what it can write to."""
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{process}/maps").read_text().splitlines():
            area, rights = line.split()[:2]
            if rights.startswith("rw"):
                begin, end = (int(one, 16) for one in area.split("-"))
                memory.seek(begin)
                if secret in memory.read(end - begin):
                    return True
    return False
