"""Migrating: the schema up to date, also when two start at once."""

import os
import subprocess
import sys

from campaign import instance
from campaign.petition.models import Signature
from tests.people import rows
from tests.servers import LONG


def test_migrating_what_is_up_to_date_changes_nothing(app, run, layla):
    assert (run("migrate").exit_code, run("migrate").output) == (0, "")

    assert len(rows(app, Signature)) == 1


def test_many_that_migrate_at_once_all_succeed(settings, environment):
    command = [sys.executable, "-m", "campaign", "migrate"]

    running = [subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.PIPE) for _ in range(3)]

    assert [one.communicate(timeout=LONG)[1] for one in running] == [b""] * 3
    assert [one.returncode for one in running] == [0] * 3
    instance.check(settings)
