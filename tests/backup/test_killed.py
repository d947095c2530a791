"""A restore that is killed at any moment leaves the old database or the new one, and the next restore works."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.backup.conftest import Host
from tests.servers import LONG
from tests.tiers import rounds

KILLS = rounds(3, 40)
pytestmark = pytest.mark.slow


def start(host: Host, file, settings) -> "subprocess.Popen[bytes]":
    """Begin to put a backup back, in a process of its own."""
    env = os.environ | {"CAMPAIGN_DATA": str(settings.data), "CAMPAIGN_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-m", "campaign", "restore", str(file), "--key", str(host.key), "--yes", "--without-old"]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)


def test_killed_at_any_moment_it_leaves_the_old_or_the_new(host, settings):
    for name in ("layla", "sami", "huda"):
        host.sign(name, shown_as=name)
    file = host.backup()
    host.withdraw("huda")
    old, new = {"layla", "sami", "amal"}, {"layla", "sami"}
    began = time.monotonic()
    assert start(host, file, settings).wait(LONG) == 0
    whole = time.monotonic() - began
    seed = int.from_bytes(os.urandom(4), "big")
    chance = random.Random(seed)

    for _ in range(KILLS):
        if host.signers() == new:
            host.sign("amal")
        running = start(host, file, settings)
        time.sleep(chance.uniform(0.4, 1.0) * whole)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert host.signers() in (old, new), seed
        assert host.problems() == [], seed

    host.restore(file, "--without-old")
    assert host.signers() == new
    assert [one.name for one in settings.data.iterdir() if one.is_dir() and one.name.startswith(("restore-", "backup-"))] == []
