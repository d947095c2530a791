"""The public numbers for machines: `/api/v1/petition.json`, described in OpenAPI. Anybody's page may read them."""

from typing import Any

from flask import Blueprint, Response, jsonify

from campaign.config import PACKAGE
from campaign.languages import LANGUAGES
from campaign.petition.counting import next_goal
from campaign.petition.snapshot import current_snapshot
from campaign.state import state

bp = Blueprint("api", __name__, url_prefix="/api/v1")

CORS_HEADERS = {
    "Cache-Control": "public, max-age=60",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
OPENAPI_DOCUMENT = (PACKAGE / "public" / "openapi.json").read_text("utf-8")


@bp.get("/petition.json")
def petition() -> tuple[Response, int, dict[str, str]]:
    """Show the published count and what belongs to it."""
    return jsonify(petition_numbers()), 200, CORS_HEADERS


@bp.get("/openapi.json")
def openapi() -> tuple[str, int, dict[str, str]]:
    """Show the description of these addresses (OpenAPI 3.1)."""
    return OPENAPI_DOCUMENT, 200, CORS_HEADERS | {"Content-Type": "application/json"}


def petition_numbers() -> dict[str, Any]:
    """Return what petition.json says; `confirmed` stands now, online; `paper` is counted apart."""
    latest = current_snapshot()
    return {
        "confirmed": latest.confirmed,
        "paper": 0,
        "held": latest.held,
        "withdrawn": latest.withdrawn,
        "removed": latest.removed,
        "removed_by_reason": dict(latest.removed_by_reason),
        "as_of": latest.as_of.strftime("%Y-%m-%dT%H:%MZ"),
        "goal": next_goal(latest.confirmed, state().settings.goal),
        "languages": list(LANGUAGES),
        "text_sha256": {code: texts.consent_hash for code, texts in state().texts.items()},
        "countries": dict(latest.countries),
        "sample": latest.is_sample,
    }
