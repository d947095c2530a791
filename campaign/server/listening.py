"""The socket that the site listens on: given by systemd or by the process before a reload, else opened.

All web workers accept from this one. Who connects while one of them, or the whole site, ends and starts again waits in its queue.
"""

import errno
import os
import socket
import sys
import time

FIRST_GIVEN = 3
"""The number of the first socket that systemd gives (sd_listen_fds)."""


def listening_socket(host: str, port: int, backlog: int) -> socket.socket:
    """Return the socket to accept from; exit with one sentence if the port is taken."""
    if os.environ.pop("LISTEN_PID", "") == str(os.getpid()) and os.environ.pop("LISTEN_FDS", "") == "1":
        os.set_inheritable(FIRST_GIVEN, False)
        return socket.socket(fileno=FIRST_GIVEN)
    give_up = time.monotonic() + 2  # workers whose parent was killed keep the port for a moment
    while True:
        try:
            return _open(host, port, backlog)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > give_up:
                sys.exit(f"Cannot listen on {host} port {port}: {error.strerror}.")
            time.sleep(0.25)


def _open(host: str, port: int, backlog: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    opened = socket.socket(family, kind)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(backlog)
    except OSError:
        opened.close()
        raise
    return opened
