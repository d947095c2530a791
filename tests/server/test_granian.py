"""The private parts of granian that `campaign/server/supervisor.py` builds on are those it was written for."""

import hashlib
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from granian.server import MPServer
from granian.server.common import AbstractWorker
from granian.server.mp import WorkerProcess

TOP = Path(__file__).resolve().parents[2]
METHODS = {
    AbstractWorker.__init__: "8d3992fa57800b4a",
    AbstractWorker._watcher: "5c2a53f123c79f56",
    MPServer.__init__: "3ae478dc1d35dcce",
    MPServer.signal_handler_interrupt: "e9efe050e7e2d430",
    MPServer.startup: "6b80a44c5e1db15e",
    MPServer.shutdown: "e6559a0343cf7bdb",
    MPServer.on_shutdown: "0c4600dbc0a25b9a",
    MPServer.signal_handler_reload: "8d88cc8590fc6b21",
    MPServer._init_shared_socket: "f3155b13b2578c5b",
    MPServer._drop_shared_socket: "11c8701550a5bb27",
    MPServer._spawn_worker: "87b0a0e68f390bca",
    MPServer._serve: "556b027a04da24b6",
    MPServer._serve_loop: "123ffa1d2e47bda9",
    MPServer._spawn_workers: "bc6ae40021d843e2",
    MPServer._respawn_workers: "164f5281ce938dbe",
    MPServer._stop_workers: "f3e0544dda9b5e6c",
    MPServer._workers_rss_watcher: "04d93d9d60dcf6b3",
    MPServer._watch_workers_rss: "fdcf72e2432eac4b",
    MPServer._handle_rss_signal: "2a6645c9c26b63b9",
    WorkerProcess.terminate: "1c31da3936577c96",
}


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__qualname__)
def test_a_private_method_of_granian_is_unchanged(method):
    source = hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:16]

    assert source == METHODS[method], (
        f"granian {version('granian')} changed {method.__qualname__}. Compare it with the version before, see whether"
        " campaign/server/supervisor.py still does what it replaces or calls (the loop, restarts, memory, signals, the stop),"
        f" run tests/server and tests/faults, and record {source} here."
    )


def test_granian_is_pinned_to_the_version_that_was_read():
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]

    assert f"granian=={version('granian')}" in project["dependencies"]
