"""Requests without a pause, each on a connection of its own, that say how they were answered."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from tests.people import hidden_fields
from tests.servers import LONG, Campaign


@contextmanager
def crowd(campaign: Campaign, port: int = 0) -> Iterator[Counter[str]]:
    """Read and sign for as long as the block, at the site or at a proxy before it; count the answers by their status or error."""
    port, found, stop = port or campaign.port, Counter[str](), threading.Event()
    form = hidden_fields(ask(port, "/en/sign")[1], "/sign")

    def go_on(number: int) -> None:
        while not stop.is_set():
            number += 10
            typed = urlencode(form | {"name": "Layla Haddad", "email": f"layla{number}@example.org"}) if number % 2 else ""
            try:
                found[f"{'POST' if typed else 'GET'} {ask(port, '/en/sign', typed)[0]}"] += 1
            except (OSError, HTTPException) as error:
                found[type(error).__name__] += 1
            stop.wait(0.05)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def ask(port: int, path: str, body: str = "") -> tuple[int, str]:
    """Return the status and the page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=LONG)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    connection.request("POST" if body else "GET", path, body or None, headers)
    answer = connection.getresponse()
    page = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, page
