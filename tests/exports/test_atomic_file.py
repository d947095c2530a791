"""Where an export goes: into a new file that is there when it is whole, or to standard output."""

import contextlib
import hashlib
import os
import pty
import signal
import subprocess

import pytest

from campaign.exports import rows
from tests.exports.test_export_csv import table
from tests.servers import LONG, on_sqlite, wait_until

pytestmark = on_sqlite
DOCUMENTS = ["csv", "jsonl", "xlsx", "sealed"]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_only_its_owner_can_read_the_file(omar, document):
    assert omar.exports(document).stat().st_mode & 0o777 == 0o600


def test_it_is_said_how_many_there_were_and_what_the_files_sha_256_is(omar):
    omar.has()
    out = omar.desk / "all.csv"

    done = omar.run("export", "--format", "csv", "--out", out)

    assert done.stdout == ""
    assert done.stderr == f"1 signature exported; the document's SHA-256 is {hashlib.sha256(out.read_bytes()).hexdigest()}\n"


def test_a_file_that_is_there_already_is_left_alone(omar):
    out = omar.desk / "all.csv"
    out.write_text("yesterday's")

    done = omar.run("export", "--format", "csv", "--out", out)

    assert done.exit_code == 1
    assert f"{out} already exists" in done.stderr
    assert out.read_text() == "yesterday's"


def test_a_folder_that_is_not_there_is_said(omar):
    done = omar.run("export", "--format", "csv", "--out", omar.desk / "nowhere" / "all.csv")

    assert done.exit_code == 1
    assert done.stderr == f"Error: {omar.desk / 'nowhere'}: there is no such folder\n"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_standard_output_gets_the_same_bytes(omar, document):
    omar.has("ليلى حدّاد")
    out = omar.exports(document).read_bytes()

    piped = omar.start("export", "--format", document, "--out", "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    written, said = piped.communicate(timeout=LONG)
    assert written == out
    assert said.decode().startswith("1 signature exported")


def test_a_reader_who_has_seen_enough_ends_the_command_without_a_word(omar):
    omar.has_made_up(4 * rows.PAGE)

    with omar.start("export", "--format", "jsonl", "--out", "-", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as piped:
        piped.stdout.readline()
        piped.stdout.close()

        assert piped.stderr.read() == b""
        assert piped.wait(LONG) == 1


def test_there_is_a_progress_bar_on_a_terminal_and_none_in_a_pipe(omar):
    omar.has()
    here, terminal = pty.openpty()

    shown = omar.start("export", "--format", "csv", "--out", omar.desk / "shown.csv", stderr=terminal)

    assert shown.wait(LONG) == 0
    os.close(terminal)
    assert b"100%" in os.read(here, 10_000)
    os.close(here)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_export_that_is_ended_leaves_no_file_and_no_process(omar, number):
    omar.has_made_up(10_000)

    running = ended_while_it_writes(omar, os.killpg, number)

    assert running.returncode == 128 + number
    assert list(omar.desk.iterdir()) == []
    assert is_alone(running.pid)


def test_an_export_that_is_killed_leaves_nothing_under_the_name_and_no_process(omar):
    omar.has_made_up(10_000)

    running = ended_while_it_writes(omar, os.kill, signal.SIGKILL)

    assert running.returncode == -signal.SIGKILL
    assert not (omar.desk / "all.csv").exists()
    assert is_alone(running.pid)
    assert len(table(omar.exports("csv", "--since", "9000-01-01"))) == 1


def ended_while_it_writes(omar, send, number):
    """Return an export that got a signal while it wrote; one that was faster than the signal is made again."""
    out = omar.desk / "all.csv"
    for _ in range(20):
        running = omar.start("export", "--format", "csv", "--out", out, start_new_session=True)
        wait_until(lambda: list(omar.desk.iterdir()))
        with contextlib.suppress(ProcessLookupError):
            send(running.pid, number)
        if running.wait(LONG) != 0:
            return running
        out.unlink()
    return pytest.fail("no signal came before the export was whole")


def is_alone(group):
    """Whether nobody is left of a process group, soon."""

    def is_empty():
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(is_empty)
    return True
