"""The audit as a page, and as a file."""

from types import SimpleNamespace

from flask import Response, render_template, request, url_for
from werkzeug.wsgi import wrap_file

from campaign.organizers import audit as rules
from campaign.organizers import bp
from campaign.organizers.auth.guards import requires_role
from campaign.organizers.models import ORGANIZER, ROLES
from campaign.state import state
from campaign.web.request_checks import row_number

ENTRIES_PER_PAGE = 50


@bp.get("/audit")
@requires_role(*ROLES)
def audit() -> str:
    """Show the lines of the audit, the newest first."""
    before = request.args.get("before", type=row_number)
    with state().database.reading() as session:
        lines = rules.newest_entries(session, before, ENTRIES_PER_PAGE + 1)
    older = url_for(".audit", before=lines[ENTRIES_PER_PAGE - 1].number) if len(lines) > ENTRIES_PER_PAGE else None
    return render_template("organizers/audit.html", lines=lines[:ENTRIES_PER_PAGE], older=older)


@bp.get("/audit.jsonl")
@requires_role(ORGANIZER)
def audit_file() -> Response:
    """Send every line, with its hash, as a file that is read piece by piece and never whole in memory."""
    pieces = rules.export_jsonl(state().database)
    file = SimpleNamespace(read=lambda _size: next(pieces, b""), close=pieces.close)
    return Response(
        wrap_file(request.environ, file),  # type: ignore[arg-type]  # it reads bytes, as a file does
        headers={"Content-Disposition": "attachment; filename=audit.jsonl"},
        mimetype="application/jsonl",
        direct_passthrough=True,
    )
