"""What becomes of the addresses when the testimony is withdrawn: its own are gone in every language, and say no more."""

from flask import Flask, abort, request

from campaign.petition.counting import Snapshot
from campaign.petition.snapshot import current_snapshot

TESTIMONY_ENDPOINTS = {
    "public.testimony",
    "public.testimony_text",
    "public.beside",
    "prints.testimony",
    "prints.beside",
    "prints.card",
}
COLLECTING_ENDPOINTS = {"prints.sheet"}  # it goes with the collecting that the withdrawal ends, and comes back with it


def init_app(app: Flask) -> None:
    """Answers 410 (RFC 9110 15.5.11) at the addresses that are gone."""
    app.before_request(abort_if_gone)


def abort_if_gone() -> None:
    """Ends the request where its address is gone."""
    if request.endpoint in gone_endpoints(current_snapshot()):
        abort(410)


def gone_endpoints(latest: Snapshot) -> set[str]:
    """The endpoints that went with the testimony."""
    if not latest.is_testimony_withdrawn:
        return set()
    return TESTIMONY_ENDPOINTS | (COLLECTING_ENDPOINTS if latest.is_closed else set())
