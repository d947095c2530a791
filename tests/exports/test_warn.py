"""A warning to everybody in a sealed export: shown first, sent when its number is typed, and once to each whatever happens."""

import itertools
import shutil
import signal
import subprocess
from collections import Counter

import pytest
from nacl.public import PrivateKey

from campaign.cli.output import PARTLY_OPENED
from campaign.config import TRANSLATIONS
from campaign.crypto import sealing
from campaign.exports.warning_record import FIRST_LINE, record_file
from campaign.file_lock import file_lock
from campaign.languages import LANGUAGES
from tests.exports.terminal import TEXT
from tests.servers import LONG, Mailbox, on_sqlite, wait_until

pytestmark = on_sqlite
SENDER = "Nour <nour@example.org>"
SIGNERS, KILLS = 150, 5


class MoodyServer(Mailbox):
    """A mail server that does not take every e-mail the first time, and some never."""

    def __init__(self, never=()):
        self.calls, self.never, self.to_mail = itertools.count(1), never, "250 OK"
        super().__init__()

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return self.to_mail

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.never:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if next(self.calls) % 9 == 0:
            return "451 not now"
        return await super().handle_DATA(server, session, envelope)

    def counts(self):
        """How many e-mails each address got."""
        return Counter(address for to in list(self.recipients) for address in to)


@pytest.fixture
def server():
    """The mail server of the machine with the key."""
    with MoodyServer(never=("gone@example.org",)) as one:
        yield one


@pytest.fixture
def key(omar):
    """The private key, away from the server."""
    omar.has("ليلى حداد", "layla@example.org", id=b"a" * 16, language="ar")
    omar.has("Sami Khalil", "sami@example.org", id=b"b" * 16)
    return omar.settings.data / "keys" / "seal.private"


@pytest.fixture
def warn(omar, key, server):
    """Runs the command on one export of all who have signed when it is first run."""
    exported = []

    def run(*options, typed=""):
        exported.append(exported[0] if exported else omar.exports("sealed"))
        sending = ("--mail-url", server.url, "--mail-from", SENDER, "--pause", "0")
        return omar.run("warn", exported[0], "--key", key, *sending, *options, typed=typed)

    return run


def test_without_send_it_shows_numbers_and_texts_and_sends_nothing(omar, warn, server):
    done = warn()

    assert done.exit_code == 0, done.stderr
    said = done.stdout.splitlines()
    assert said[:4] == ["warned before\t0", "to be warned\t2", "in العربية\t1", "in English\t1"]
    for language in LANGUAGES:
        assert (TRANSLATIONS / language / "warning.txt").read_text("utf-8").strip() in done.stdout
    assert "Nothing was sent." in done.stderr
    assert server.letters == []
    assert [file.suffix for file in omar.desk.iterdir()] == [".sealed"]


def test_each_signer_gets_it_in_their_language_and_a_second_run_finds_nobody_left(omar, warn, server):
    done = warn("--send", typed="2\n")
    again = warn("--send")

    assert (done.exit_code, again.exit_code) == (0, 0), done.stderr + again.stderr
    assert "2 of 2 warned.\n" in done.stderr
    assert "warned before\t2\nto be warned\t0\n" in again.stdout
    assert server.counts() == {"layla@example.org": 1, "sami@example.org": 1}
    for address, language in (("layla@example.org", "ar"), ("sami@example.org", "en")):
        [letter] = server.letters_to(address)
        subject, _, body = (TRANSLATIONS / language / "warning.txt").read_text("utf-8").strip().partition("\n\n")
        assert (letter["Subject"], letter["From"], letter["To"]) == (subject, SENDER, address)
        assert letter.get_content().replace("\r\n", "\n").strip() == body.strip()


def test_what_is_recorded_beside_the_export_holds_no_address(omar, warn):
    warn("--send", typed="2\n")

    [record] = omar.desk.glob("*.warned")
    first, *marks = record.read_text("ascii").splitlines()
    assert (first, [len(mark) for mark in marks]) == (FIRST_LINE, [64, 64])
    assert record.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("typed", ["3\n", "yes\n", "\n\n", ""])
def test_another_number_than_that_of_the_e_mails_sends_none(warn, server, typed):
    done = warn("--send", typed=typed)

    assert done.exit_code == 1
    assert server.letters == []


def test_a_number_typed_in_arabic_digits_is_the_same_number(warn, server):
    assert warn("--send", typed="٢\n").exit_code == 0
    assert len(server.letters) == 2


def test_addresses_that_fail_are_named_by_their_number_and_tried_again_at_the_next_run(omar, warn, server):
    omar.has("Huda", "gone@example.org", id=b"c" * 16)

    failed = warn("--send", typed="3\n")
    server.never = ()
    then = warn("--send", typed="1\n")

    assert failed.exit_code == PARTLY_OPENED
    assert "2 of 3 warned.\nNot reached, by their number in the opened export: 3." in failed.stderr
    assert "gone@example.org" not in failed.output
    assert then.exit_code == 0, then.stderr
    assert set(server.counts().values()) == {1}
    assert len(server.counts()) == 3


def test_a_server_that_is_away_ends_it_with_one_sentence_and_the_next_run_goes_on(omar, warn, server):
    for place in range(8):
        omar.has(email=f"person{place}@example.org")
    server.answer = "421 closing"

    away = warn("--send", typed="10\n")
    server.answer = "250 taken"

    assert (away.exit_code, "Error: The mail server took none of the last 5 e-mails" in away.stderr) == (1, True)
    assert warn("--send", typed="10\n").exit_code == 0
    assert set(server.counts().values()) == {1}


def test_a_server_that_refuses_the_sender_is_not_asked_again(warn, server):
    server.to_mail = "550 5.7.1 not you"

    done = warn("--send", "--pause", "600", typed="2\n")

    assert (done.exit_code, server.letters) == (1, [])
    assert "Error: The mail server takes nothing from us (sender 550 5.7.1): look at --mail-url and --mail-from.\n" in done.stderr


def test_those_who_need_another_key_are_counted_and_the_exit_code_says_that_not_all_are_warned(omar, warn):
    person = sealing.Person(b"c" * 16, TEXT, name="Huda", email="huda@example.org")
    omar.has(id=b"c" * 16, sealed=sealing.seal(PrivateKey.generate().public_key, person))

    done = warn("--send", typed="2\n")

    assert done.exit_code == PARTLY_OPENED
    assert "2 of 3 opened; 1 needs key " in done.stderr


def test_a_text_of_ones_own_is_sent_and_one_that_is_missing_stops_it_before_the_first(omar, warn, server, tmp_path):
    own = tmp_path / "texts"
    for language in LANGUAGES:
        (own / language).mkdir(parents=True)
    (own / "en" / "warning.txt").write_text("\ufeffA laptop is gone\r\n\r\nIt held a list.\r\n", "utf-8")

    missing = warn("--send", "--text", own, typed="2\n")
    (own / "ar" / "warning.txt").write_text("فُقد حاسوب\n\nكانت فيه قائمة.\n", "utf-8")
    done = warn("--send", "--text", own, typed="2\n")

    assert (missing.exit_code, f"{own}/ar/warning.txt is missing" in missing.stderr) == (1, True)
    assert done.exit_code == 0, done.stderr
    assert {letter["Subject"] for letter in server.letters} == {"A laptop is gone", "فُقد حاسوب"}


@pytest.mark.parametrize("text", ["", "only a subject", "\n\nno subject", "a subject\nand more\n\nbody"])
def test_a_text_without_subject_or_body_is_refused(omar, warn, server, tmp_path, text):
    shutil.copytree(TRANSLATIONS, tmp_path / "texts", ignore=shutil.ignore_patterns("LC_MESSAGES"))
    (tmp_path / "texts" / "en" / "warning.txt").write_text(text, "utf-8")

    done = warn("--send", "--text", tmp_path / "texts", typed="2\n")

    assert (done.exit_code, "the first line must be the subject" in done.stderr, server.letters) == (1, True, [])


def test_a_second_process_that_sends_from_the_same_export_is_refused(omar, warn, server):
    warn()
    [sealed] = omar.desk.glob("*.sealed")

    with file_lock(record_file(sealed), wait=0):
        done = warn("--send", typed="2\n")

    assert (done.exit_code, "Another process is sending" in done.stderr, server.letters) == (1, True, [])


def test_a_file_that_is_no_record_of_warnings_is_left_alone(omar, warn, server):
    warn()
    [sealed] = omar.desk.glob("*.sealed")
    record_file(sealed).write_text("something else\n")

    done = warn("--send", typed="2\n")

    assert (done.exit_code, "is not a record of warnings. Move it away." in done.stderr, server.letters) == (1, True, [])
    assert record_file(sealed).read_text() == "something else\n"


@pytest.mark.parametrize(
    "options", [("--mail-url", "file:"), ("--mail-url", "http://example.org"), ("--mail-from", "Nour"), ("--mail-from", "a@b\n")]
)
def test_a_mail_server_or_sender_that_cannot_be_is_wrong_use(warn, options):
    assert warn(*options).exit_code == 2


@pytest.mark.slow
def test_killed_again_and_again_at_a_moody_server_each_is_warned_once_and_at_most_one_more_for_each_kill(omar, tmp_path):
    omar.has_made_up(SIGNERS)
    sealed, key = omar.exports("sealed"), omar.settings.data / "keys" / "seal.private"

    def start(server):
        options = ("--mail-url", server.url, "--mail-from", SENDER, "--pause", "0", "--send")
        process = omar.start("warn", sealed, "--key", key, *options, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        number = next(line for line in process.stdout if line.startswith(b"to be warned")).split()[-1]
        process.stdin.write(number + b"\n")
        process.stdin.flush()
        return process

    with MoodyServer() as server:
        for kill in range(1, KILLS + 1):
            process = start(server)
            wait_until(lambda: len(server.letters) >= kill * SIGNERS // (KILLS + 1))  # noqa: B023
            process.send_signal(signal.SIGKILL)
            process.communicate()
        last = start(server)
        last.communicate(timeout=LONG)

    assert last.returncode == 0
    assert len(server.counts()) == SIGNERS
    assert SIGNERS <= server.counts().total() <= SIGNERS + KILLS
