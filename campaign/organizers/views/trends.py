"""The signatures over the whole campaign: as a page with pictures and a table, and as files."""

from flask import Response, abort, render_template, request

from campaign.database import now
from campaign.languages import current
from campaign.organizers import bp
from campaign.organizers import trends as rules
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.models import ROLES
from campaign.organizers.overview import column_bars
from campaign.state import state

FILE_TYPES = {"svg": "image/svg+xml", "csv": "text/csv; charset=utf-8"}
TREND_FILES = {f"signatures-by-{by}.{ending}": (by, ending) for by in rules.STEPS for ending in FILE_TYPES}


@bp.get("/trends")
@requires_role(*ROLES)
def trends() -> str:
    """Show the whole campaign by week, or by day."""
    by = request.args.get("by", "week")
    return render_template("organizers/trends.html", **_facts(by if by in rules.STEPS else abort(404)))


@bp.get("/trends/<name>")
@requires_role(*ROLES)
def trends_file(name: str) -> Response:
    """Send the same as a picture or as a table."""
    by, ending = TREND_FILES.get(name) or abort(404)
    if ending == "csv":
        body: str | bytes = rules.csv_of_periods(_periods(by))
    else:
        body = render_template("organizers/trends.svg", **_facts(by))
    return Response(body, headers={"Content-Disposition": f"attachment; filename={name}"}, content_type=FILE_TYPES[ending])


def _facts(by: str) -> dict[str, object]:
    periods = _periods(by)
    plots = [
        (name, max(numbers), column_bars(numbers, is_rtl=current().is_rtl))
        for name, numbers in rules.series(periods).items()
        if numbers
    ]
    return {"by": by, "periods": periods, "plots": plots}


def _periods(by: str) -> list[rules.Period]:
    with state().database.reading() as session:
        return rules.read_periods(session, by, now().date())
