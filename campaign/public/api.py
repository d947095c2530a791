"""The public numbers for machines: `/api/v1/petition.json`, described in OpenAPI. Anybody's page may read them."""

from typing import Any

from flask import Blueprint, Response, jsonify

from campaign.config import PACKAGE
from campaign.languages import LANGUAGES
from campaign.petition.counting import next_goal
from campaign.petition.snapshot import published
from campaign.state import site

room = Blueprint("api", __name__, url_prefix="/api/v1")

OPEN = {
    "Cache-Control": "public, max-age=60",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
DESCRIPTION = (PACKAGE / "public" / "openapi.json").read_text("utf-8")


@room.get("/petition.json")
def petition() -> tuple[Response, int, dict[str, str]]:
    """The published count and what belongs to it."""
    return jsonify(numbers()), 200, OPEN


@room.get("/openapi.json")
def openapi() -> tuple[str, int, dict[str, str]]:
    """The description of these addresses (OpenAPI 3.1)."""
    return DESCRIPTION, 200, OPEN | {"Content-Type": "application/json"}


def numbers() -> dict[str, Any]:
    """What petition.json says; `confirmed` stands now, online; `paper` is counted apart."""
    latest = published()
    return {
        "confirmed": latest.confirmed,
        "paper": 0,
        "withdrawn": latest.withdrawn,
        "removed": latest.removed,
        "removed_by_reason": dict(latest.removed_by_reason),
        "as_of": latest.as_of.strftime("%Y-%m-%dT%H:%MZ"),
        "goal": next_goal(latest.confirmed, site().settings.goal),
        "languages": list(LANGUAGES),
        "text_sha256": {code: texts.consent_hash for code, texts in site().texts.items()},
        "countries": dict(latest.countries),
        "sample": latest.is_sample,
    }
