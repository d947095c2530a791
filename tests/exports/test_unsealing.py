"""The processes that open sealed signatures: a signal reaches whoever started them."""

import signal
import subprocess
import sys

from tests.servers import LONG


def test_a_signal_that_comes_while_processes_are_forked_is_not_lost():
    """What a signal raises within the functions that Python calls at a fork is ignored."""
    program = """
import os, signal, sys
from campaign.exports.unsealing import _worker_processes

signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
with _worker_processes({}):
    print("went on")
"""

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=LONG)

    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + signal.SIGTERM, b"", b"")
