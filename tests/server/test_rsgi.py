"""A request that the site cannot answer at all: the log says where that was, and nothing of the request."""

import asyncio
import json
import logging
from types import SimpleNamespace

import pytest

from campaign import log
from campaign.server.rsgi import RsgiAdapter

TOKEN = "a-token-of-somebody"


class Protocol:
    """What granian gives for the answer."""

    status = 0

    def response_bytes(self, status, _headers, _body):
        """Keep the status."""
        self.status = status


def site(_environ, _start_response):
    """A site that fails with what it was sent."""
    raise KeyError(f"layla@example.org {TOKEN}")


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_fails_outside_of_every_page_is_logged_with_its_place_and_without_its_message(form, capsys, monkeypatch):
    logger = logging.getLogger(log.NAME)
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logger.level)
    log.configure(form)
    scope = SimpleNamespace(
        method="GET", path=f"/en/yours/{TOKEN}", query_string="", http_version="1.1", client="127.0.0.1:5", scheme="http",
        server="127.0.0.1:8000", headers={"host": "localhost"}, authority=None,
    )  # fmt: skip
    protocol = Protocol()

    asyncio.run(RsgiAdapter(site).__rsgi__(scope, protocol))

    said = capsys.readouterr().err
    assert protocol.status == 500
    if form == "json":
        [line] = said.splitlines()
        said = json.loads(line)["message"]
    assert said.startswith("KeyError at ")
    assert "test_rsgi.py" in said
    assert "in site" in said
    for secret in (TOKEN, "layla@example.org"):
        assert secret not in said
