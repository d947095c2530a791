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
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from tests.bench.figures import Section
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Yardstick, processor_time
from tests.bench.terms import Terms
from tests.people import hidden_fields, link_in
from tests.servers import Campaign, Mailbox

FORM = "/en/sign"
PEOPLE = 32  # at once, each of whom has the e-mail before the next one begins
PATIENCE = 60  # seconds for an e-mail
NOW, EARLIER, YARDSTICK = "the whole way, mail worker on", "the same at the earlier version", "one insert"
MOST = 11.0  # times the processor time of the one-insert app; 15 was found where 72 ways a second were, and 100 are wanted


class Sorter(Mailbox):
    """A mail server that hands each e-mail to the person who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes: dict[str, queue.Queue[Any]] = {}

    async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        answer = await super().handle_DATA(server, session, envelope)
        self.boxes[envelope.rcpt_tos[0]].put(self.letters.pop())
        return answer


def measure(folder: Path, terms: Terms, earlier: Path | None = None) -> Section:
    """Count the whole ways a second, and the time of the processor that one takes, beside the one-insert app's."""
    section = Section(
        "The whole way",
        f"Signatures from the form to the button in the link, by {PEOPLE} people at once; the site and its mail worker together"
        " have one core, and so has the one-insert app, whose visitors open its form and send it. The processor time of one way"
        " is steadier than a rate, and is compared: divided by that of the one-insert app, the median of the rounds.",
        ["", "of the one-insert app", "processor time, ms", "ways a second", "errors"],
    )
    with Sorter() as post_office, ExitStack() as stack:
        with one_core():
            yardstick = stack.enter_context(Yardstick(folder / "whole-way-yardstick", workers=1))
            sites = {NOW: stack.enter_context(_site(folder / "whole-way", post_office))}
            if earlier:
                before = _site(folder / "whole-way-earlier", post_office)
                before.command[0] = str(earlier / ".venv" / "bin" / "python")
                sites[EARLIER] = stack.enter_context(before)
        with beside_one_core():
            subjects = {name: partial(_round, site, terms.seconds, partial(_way, post_office)) for name, site in sites.items()}
            ways = in_turn(terms.rounds, subjects | {YARDSTICK: partial(_round, yardstick, terms.seconds, _simple_way)})
    costs = {name: [one.milliseconds for one in rounds] for name, rounds in ways.items()}
    for name, rounds in ways.items():
        times = ratio(costs[name], costs[YARDSTICK])
        section.add(name, times, median(costs[name]), median(one.rate for one in rounds), sum(one.failed for one in rounds))
    section.hold("processor time of a whole way, of the one-insert app", ratio(costs[NOW], costs[YARDSTICK]), most=MOST)
    if earlier:
        section.hold("processor time of a whole way, of the earlier version's", ratio(costs[NOW], costs[EARLIER]), most=1.1)
    section.hold("whole ways, errors", sum(one.failed for rounds in ways.values() for one in rounds), most=0)
    return section


def _site(data: Path, post_office: Sorter) -> Campaign:
    """Return the site as it is measured."""
    mail = {"CAMPAIGN_MAIL_URL": post_office.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
    return Campaign(data, workers=1, CAMPAIGN_LIMITS="off", **mail)


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep on one core what is started within."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        _move_all(cores)


@contextlib.contextmanager
def beside_one_core() -> Iterator[None]:
    """Keep this process off that core, where there are others."""
    cores = os.sched_getaffinity(0)
    _move_all(cores - {min(cores)} or cores)
    try:
        yield
    finally:
        _move_all(cores)


def _move_all(cores: set[int]) -> None:
    """Move every thread of this process."""
    for thread in Path("/proc/self/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), cores)


@dataclass
class Way:
    """What one round found of the ways that people went."""

    rate: float  # a second
    milliseconds: float  # of the processor, by all processes of the server, for one
    failed: int


def _round(server: Campaign | Yardstick, seconds: int, way: Callable[[http.client.HTTPConnection], bool]) -> Way:
    """Let everybody go their way again and again for so many seconds."""
    done, failed = itertools.count(), itertools.count()
    process, until = server.process.pid, time.monotonic() + seconds
    before = processor_time(process)

    def person() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            while time.monotonic() < until:
                next(done if way(connection) else failed)

    people = [threading.Thread(target=person) for _ in range(PEOPLE)]
    began = time.monotonic()
    for one in people:
        one.start()
    for one in people:
        one.join()
    took, number = time.monotonic() - began, next(done)
    return Way(number / took, (processor_time(process) - before) / max(1, number) * 1000, next(failed))


def _way(post_office: Sorter, connection: http.client.HTTPConnection) -> bool:
    """Go one whole way; return whether the button was taken."""
    host = {"Host": f"localhost:{connection.port}"}
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


def _simple_way(connection: http.client.HTTPConnection) -> bool:
    """Open the form of the one-insert app and send it."""
    host = {"Host": f"localhost:{connection.port}"}
    _ask(connection, "GET", "/form", host)
    fields = {"name": "Layla Haddad", "email": f"visitor{next(_newcomers)}@example.org"}
    return _ask(connection, "POST", "/form", host, fields)[0] == 303


_newcomers = itertools.count()


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, host: dict[str, str], fields: dict[str, str] | None = None
) -> tuple[int, str]:
    headers = host | {"Content-Type": "application/x-www-form-urlencoded"} if fields else host
    connection.request(method, path, urlencode(fields) if fields else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
