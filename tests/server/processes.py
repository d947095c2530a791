"""What the tests of serving look at and talk through: the processes of a server, and its bare socket."""

import contextlib
import socket
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.people import hidden_fields
from tests.servers import LONG, Campaign


def processes_of(parent: int) -> dict[int, str]:
    """The living children of a process, by number, with their command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            state, its_parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(its_parent) == parent and state != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
    return found


def web_workers(campaign: Campaign) -> set[int]:
    """The processes that answer requests."""
    return {number for number, command in processes_of(campaign.process.pid).items() if " serve " in command}


def mail_workers(campaign: Campaign) -> set[int]:
    """The processes that send mail: one, or none for a moment."""
    return {number for number, command in processes_of(campaign.process.pid).items() if command.endswith(" work ")}


def is_complete(campaign: Campaign) -> bool:
    """Whether the two web workers and the mail worker are there and have begun: each has a thread that watches its parent."""
    group = processes_of(campaign.process.pid)
    return len(group) == 3 and all(len(list(Path(f"/proc/{number}/task").iterdir())) > 1 for number in group)


def is_alive(number: int) -> bool:
    """Whether a process still runs, whoever its parent is now."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def memory_of(number: int) -> int:
    """The bytes of memory that a process has."""
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def talk(campaign: Campaign, *said: bytes, and_stop: bool = False) -> bytes:
    """What the server answers to bytes on a socket, until it closes the connection or falls silent."""
    with line(campaign) as connection:
        for words in said:
            connection.sendall(words)
        if and_stop:
            connection.shutdown(socket.SHUT_WR)
        return hear(connection)


def line(campaign: Campaign) -> socket.socket:
    """A connection to the server."""
    return socket.create_connection(("127.0.0.1", campaign.port), timeout=LONG)


def is_read(connection: socket.socket) -> bool:
    """Return whether the server has accepted a connection and read all that was sent over it."""
    # By both ports: a connection of somebody else to another port can have ours.
    here, there = (f":{end[1]:04X}" for end in (connection.getsockname(), connection.getpeername()))
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, _, _, _, _, inode, *_ = row.split()
        if local.endswith(there) and remote.endswith(here):
            return queues.endswith(":00000000") and inode != "0"
    return False


def hear(connection: socket.socket) -> bytes:
    """All that comes from a connection until it is closed."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while words := connection.recv(65536):
            heard += words
    return heard


def signing(campaign: Campaign, email: str) -> bytes:
    """The bytes with which a browser signs on the English page."""
    page = urlopen(f"{campaign.url}/en/sign", timeout=LONG).read().decode()
    body = urlencode(hidden_fields(page, "/sign") | {"name": "Layla Haddad", "email": email}).encode()
    return post(campaign, body, f"Content-Length: {len(body)}")


def post(campaign: Campaign, body: bytes, *headers: str) -> bytes:
    """The bytes of a request that posts a form and has the connection closed."""
    head = ["POST /en/sign HTTP/1.1", f"Host: localhost:{campaign.port}", "Connection: close", *headers]
    return "\r\n".join([*head, "Content-Type: application/x-www-form-urlencoded", "", ""]).encode() + body
