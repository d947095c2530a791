"""Files that are made while they are sent: whole, as fast as their reader takes them, in constant memory."""

import contextlib
import io
import socket
import subprocess
import sys
import time

import pytest
from werkzeug.wsgi import FileWrapper

from campaign.server.streaming import stream_to_fifo
from tests.server.processes import memory_of, processes_of
from tests.servers import free_port, wait_until

SIZE = 200 << 20  # bytes
SITE = f"""
from campaign.server.rsgi import RsgiAdapter

class File:
    left = {SIZE}

    def read(self, size):
        taken = min(size, self.left)
        self.left -= taken
        return bytes(taken)

    def close(self):
        pass

def site(environ, start_response):
    start_response("200 OK", [("Content-Length", "{SIZE}")])
    return environ["wsgi.file_wrapper"](File(), 65536)

app = RsgiAdapter(site)
"""


class Damaged(io.BytesIO):
    """A file that cannot be read to its end."""

    def read(self, size=-1):
        if self.tell() > 10:
            raise OSError
        return super().read(size)


@pytest.fixture
def server(tmp_path):
    """granian with a site that answers with 200 MB; its process and its port."""
    (tmp_path / "large.py").write_text(SITE)
    port = free_port()
    command = "-m granian --interface rsgi --http 1 --no-ws --no-log --workers 1 large:app --port".split()
    with subprocess.Popen([sys.executable, *command, str(port)], cwd=tmp_path) as process:
        try:
            wait_until(lambda: is_up(port))
            yield process.pid, port
        finally:
            process.terminate()


def is_up(port):
    """Whether somebody listens."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def ask(port):
    """A reader who takes little at a time."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    reader.connect(("127.0.0.1", port))
    reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return reader


def worker_memory(pid):
    """The bytes of the largest process of granian's family."""
    return max(memory_of(number) for number in processes_of(pid))


@pytest.mark.slow
def test_a_slow_reader_costs_no_memory_and_a_fast_one_gets_it_whole(server):
    pid, port = server
    with ask(port) as first:
        first.recv(1000)
        before = worker_memory(pid)
        time.sleep(2)
        assert worker_memory(pid) - before < 10 << 20

    with socket.create_connection(("127.0.0.1", port)) as second:
        second.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        read = sum(map(len, iter(lambda: second.recv(1 << 20), b"")))

    assert 0 < read - SIZE < 1000
    assert worker_memory(pid) - before < 10 << 20


def test_a_reader_who_never_comes_is_not_waited_for_for_ever(monkeypatch, caplog):
    monkeypatch.setattr("campaign.server.streaming.OPEN_TIMEOUT", 0.1)

    pipe = stream_to_fifo(FileWrapper(io.BytesIO(b"words"), 10))

    wait_until(lambda: "A file was not sent to its end: TimeoutError" in caplog.text)
    assert not pipe.parent.exists()


def test_what_cannot_be_read_is_cut_off_and_said(caplog):
    pipe = stream_to_fifo(FileWrapper(Damaged(bytes(100)), 8))

    with pipe.open("rb") as reader:
        assert len(reader.read()) == 16
    wait_until(lambda: "A file was not sent to its end: OSError" in caplog.text)
    assert not pipe.parent.exists()
