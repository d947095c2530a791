"""End a process of the site when the one that started it has ended, even if that was killed."""

import multiprocessing
import os
import signal
import threading
import time

PARENT_VARIABLE = "PARENT_OF_CAMPAIGN_WORK"
"""The environment variable with the process id of the mail worker's parent. It is no setting, so it has no `CAMPAIGN_` prefix."""


def end_with_parent() -> None:
    """End this process when its parent has ended: by SIGTERM within a quarter of a second, at once a second later.

    `multiprocessing` knows the parent of a web worker, the environment that of the mail worker; other processes have none.
    """
    known = multiprocessing.parent_process()
    parent = known.pid if known else int(os.environ.get(PARENT_VARIABLE, "0"))
    if parent:
        threading.Thread(target=_watch_parent, args=(parent,), name="end with parent", daemon=True).start()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.25)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)
    os._exit(1)
