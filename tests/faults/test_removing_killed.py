"""A process that is killed in the middle of removing, or of putting back, leaves all or nothing."""

import signal
import subprocess
import sys

import pytest

from campaign.petition.models import Tally
from tests.organizers.stored import everything, propose, removed, store
from tests.organizers.test_removal_rules import remove, told, undo
from tests.people import standing
from tests.servers import LONG

NUMBER = 1000
# Everything is written, then the process waits where it would count; there it is killed.
HALFWAY = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from campaign.database import Database
from campaign.organizers import removals

def wait(*_, **__):
    print("halfway", flush=True)
    time.sleep(60)

removals.add_to_tally = wait
verb, number, url, folder = sys.argv[1:]
more = {"reason": "duplicate"} if verb == "remove_drafted" else {}
with Database(url, Path(folder)).writing() as session:
    getattr(removals, verb)(session, int(number), at=datetime.now(UTC), **more)
"""


@pytest.fixture
def database(app):
    """The site's database."""
    return app.extensions["campaign"].database


def kill_halfway(settings, verb, number):
    """Kills the process that does it, between its statements and its commit."""
    command = [sys.executable, "-c", HALFWAY, verb, str(number), settings.database_url, str(settings.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "halfway\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(LONG) == -signal.SIGKILL


def test_killed_in_the_middle_of_removing_a_thousand_all_of_them_stand_and_the_next_try_removes_them(
    app, visitor, database, settings
):
    number = propose(app, store(app, *["Layla"] * NUMBER))

    kill_halfway(settings, "remove_drafted", number)

    assert told(app, visitor) == (NUMBER, {})
    assert removed(database) == everything(database, Tally) == []
    assert remove(database, number) == NUMBER
    assert told(app, visitor) == (0, {"duplicate": NUMBER})


def test_killed_in_the_middle_of_putting_a_thousand_back_all_of_them_stay_removed(app, visitor, database, settings):
    number = propose(app, store(app, *["Layla"] * NUMBER))
    remove(database, number)

    kill_halfway(settings, "undo_removal", number)

    assert standing(app) == []
    assert told(app, visitor) == (0, {"duplicate": NUMBER})
    assert undo(database, number) == NUMBER
    assert told(app, visitor) == (NUMBER, {})
