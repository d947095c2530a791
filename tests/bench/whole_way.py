"""The whole way of a signature: open the form, send it, wait for the e-mail, press the button behind its link.

The site runs on one core with its mail worker, the visitors and the mail server on the others.
"""

import contextlib
import http.client
import itertools
import os
import queue
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench.figures import Section
from tests.bench.terms import Terms
from tests.people import hidden_fields, link_in
from tests.servers import Campaign, Mailbox

FORM = "/en/sign"
PEOPLE = 32  # at once, each of whom has the e-mail before the next one begins
PATIENCE = 60  # seconds for an e-mail


class Sorter(Mailbox):
    """A mail server that hands each e-mail to the person who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, queue.Queue[Any]] = {}

    async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        self.boxes[envelope.rcpt_tos[0]].put(self.letters.pop())
        return answer


def measure(folder: Path, terms: Terms) -> Section:
    """Count the whole ways a second."""
    section = Section(
        "The whole way",
        f"Signatures a second from the form to the press of the button, by {PEOPLE} people at once; the site and its mail worker"
        " together have one core. A rate of this machine, no ratio.",
        ["", "signatures a second", "errors"],
    )
    with Sorter() as post_office, one_core() as leave_it:
        env = {"CAMPAIGN_LIMITS": "off", "CAMPAIGN_MAIL_URL": post_office.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
        with Campaign(folder / "whole-way", workers=1, **env) as site:
            leave_it()
            rates, errors = [], 0
            for _ in range(terms.rounds):
                done, failed = _round(site, post_office, terms.seconds)
                rates.append(done / terms.seconds)
                errors += failed
    median = sorted(rates)[len(rates) // 2]
    section.add("one core, mail worker on", median, errors)
    section.hold("whole ways of a signature a second, one core", median, least=65)
    section.hold("whole ways, errors", errors, most=0)
    return section


@contextlib.contextmanager
def one_core() -> Any:
    """Keep what is started within on one core; what it yields moves this process to the others."""
    cores = os.sched_getaffinity(0)
    site_core = min(cores)
    os.sched_setaffinity(0, {site_core})
    try:
        yield lambda: _move_all(cores - {site_core} or cores)
    finally:
        _move_all(cores)


def _move_all(cores: set[int]) -> None:
    """Move every thread of this process."""
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), cores)


def _round(site: Campaign, post_office: Sorter, seconds: int) -> tuple[int, int]:
    """Return how many ways ended within so many seconds, and how many failed."""
    done, failed = itertools.count(), itertools.count()
    until = time.monotonic() + seconds

    def person() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
        host = {"Host": f"localhost:{site.port}"}
        with contextlib.closing(connection):
            while time.monotonic() < until:
                is_done = _way(connection, host, post_office)
                if is_done and time.monotonic() < until:
                    next(done)
                elif not is_done:
                    next(failed)

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    return next(done), next(failed)


def _way(connection: http.client.HTTPConnection, host: dict[str, str], post_office: Sorter) -> bool:
    """Go one whole way; return whether the button was taken."""
    address = f"visitor{next(_newcomers)}@example.org"
    box = post_office.boxes[address] = queue.Queue()
    page = _ask(connection, "GET", FORM, host)[1]
    fields = hidden_fields(page, FORM) | {"name": "Layla Haddad", "email": address}
    if _ask(connection, "POST", FORM, host, fields)[0] != 303:
        return False
    try:
        link = link_in(box.get(timeout=PATIENCE))
    except queue.Empty:
        return False
    finally:
        del post_office.boxes[address]
    return _ask(connection, "POST", link, host, {"act": "confirm"})[0] == 303


_newcomers = itertools.count()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, host: dict[str, str], fields: dict[str, str] | None = None
) -> tuple[int, str]:
    headers = host | {"Content-Type": "application/x-www-form-urlencoded"} if fields else host
    connection.request(method, path, urlencode(fields) if fields else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
