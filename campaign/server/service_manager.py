"""Tell systemd that the site is up, alive or ending (sd_notify); without systemd, do nothing."""

import os
import socket
from contextlib import suppress


def notify(word: str) -> None:
    """Send a word such as READY=1 to the socket that systemd has named; one that is gone is no trouble of ours."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.sendto(word.encode(), "\0" + address[1:] if address.startswith("@") else address)
