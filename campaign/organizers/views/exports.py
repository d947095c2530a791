"""Exports: asking for one, seeing how far it is, taking it."""

from flask import Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as Answer
from werkzeug.wsgi import wrap_file

from campaign.crypto.encrypted_file import CHUNK, Unlocking
from campaign.crypto.sealing import CannotOpen
from campaign.database import now
from campaign.exports.formats import FORMATS
from campaign.languages import current
from campaign.organizers import approvals, export_jobs, four_eyes
from campaign.organizers.auth import sessions
from campaign.organizers.auth.guards import can_open, me, my_login, open_to
from campaign.organizers.blueprint import room
from campaign.organizers.export_form import ExportForm
from campaign.organizers.export_jobs import Export, Gone, Taken
from campaign.organizers.models import ORGANIZER
from campaign.petition.models import Publication
from campaign.state import site

Page = Answer | str | tuple[str, int]
TROUBLES = {
    "key away": lazy_gettext("The private key was moved off this server meanwhile. Ask for a sealed file."),
    "cannot open": lazy_gettext("A sealed record could not be opened. Whoever runs the server finds in its log which one."),
    "names hidden": lazy_gettext("All names are hidden at the moment."),
    "failed": lazy_gettext("It could not be prepared. Whoever runs the server finds the reason in its log."),
}


@room.route("/exports", methods=["GET", "POST"])
@open_to(ORGANIZER)
def exports() -> Page:
    """Show the exports of the last day; ask for another one, which waits for a second organizer if it has addresses."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    handlers = approvals.handlers(site().keys)
    with site().database.writing() as session:
        export_jobs.ask(session, me(), form.document.data or "", form.wanted(), current().code, handlers)
    return redirect(url_for(".exports"), 303)


@room.get("/exports/take")
@open_to(ORGANIZER)
def way_to_take() -> Page:
    """Where somebody comes back to who was asked again before taking a file."""
    return redirect(url_for(".exports"), 303)


@room.post("/exports/take")
@open_to(ORGANIZER, asked_again=True)
def take() -> Page:
    """Gives the file out, once and to the organizer who asked for it, and deletes it."""
    try:
        export = bytes.fromhex(request.form.get("export", ""))
    except ValueError:
        raise BadRequest from None
    try:
        with site().database.writing() as session:
            taken = export_jobs.take(session, site().keys.desk, site().settings.data, export, me(), now())
            answer = _sent(taken)  # what goes wrong before it is there leaves the key and the file as they were
    except (Gone, CannotOpen, FileNotFoundError):
        return _page(_form(), 409)
    taken.file.unlink(missing_ok=True)
    return answer


def _sent(taken: Taken) -> Response:
    """Return the file as an answer, chunk by chunk; its key is in memory only."""
    export, locked = taken.export, Unlocking(taken.file.open("rb"), taken.key)
    return Response(
        wrap_file(request.environ, locked, CHUNK),  # type: ignore[arg-type]  # it reads bytes, as a file does
        headers={"Content-Disposition": f'attachment; filename="{export.name}"', "Content-Length": str(export.size)},
        content_type=export.format.content_type,
        direct_passthrough=True,
    )


def _form() -> ExportForm:
    with site().database.reading() as session:
        published = session.get_one(Publication, 1)
    return ExportForm(can_open=can_open(), names_hidden=published.names_hidden_on is not None)


def _page(form: ExportForm, status: int = 200) -> Page:
    with site().database.reading() as session:
        mine = export_jobs.of(session, me())
        asked = export_jobs.asked(session, me())
        needs_second = four_eyes.is_on(session)
    page = render_template(
        "organizers/exports.html",
        form=form,
        errors=form.mistakes,
        is_refused=status == 409,
        exports=mine,
        asked=asked,
        needs_second=needs_second,
        is_fresh=sessions.is_fresh(my_login(), now()),
        kept=export_jobs.KEPT,
        formats=FORMATS,
        troubles=TROUBLES,
        over=[export for export in mine if _is_over(export)],
    )
    return page, status


def _is_over(export: Export) -> bool:
    return export.taken_at is None and export.prepared_at is not None and not export.is_ready(now())
