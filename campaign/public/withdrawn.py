"""What becomes of the addresses when the testimony is withdrawn: its own are gone in every language, and say no more."""

from flask import Flask, abort, request

from campaign.petition.counting import Published
from campaign.petition.snapshot import published

OF_THE_TESTIMONY = {
    "public.testimony",
    "public.testimony_text",
    "public.beside",
    "prints.testimony",
    "prints.beside",
    "prints.card",
}
OF_THE_COLLECTING = {"prints.sheet"}  # it goes with the collecting that the withdrawal ends, and comes back with it


def init_app(app: Flask) -> None:
    """Answers 410 (RFC 9110 15.5.11) at the addresses that are gone."""
    app.before_request(refuse)


def refuse() -> None:
    """Ends the request where its address is gone."""
    if request.endpoint in gone(published()):
        abort(410)


def gone(latest: Published) -> set[str]:
    """The endpoints that went with the testimony."""
    if not latest.is_testimony_withdrawn:
        return set()
    return OF_THE_TESTIMONY | (OF_THE_COLLECTING if latest.is_closed else set())
