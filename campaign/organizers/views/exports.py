"""Exports: ask for one, see how far it is, download it once."""

from typing import IO

from flask import Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as Answer
from werkzeug.wsgi import wrap_file

from campaign.crypto.encrypted_file import CHUNK_SIZE, DecryptingReader
from campaign.crypto.sealing import CannotOpen
from campaign.database import now
from campaign.keyset import read_record
from campaign.languages import current, day
from campaign.organizers import bp, export_jobs, export_store, four_eyes
from campaign.organizers.auth import sessions
from campaign.organizers.auth.guards import can_unseal, current_account, current_session, requires_role
from campaign.organizers.export_form import ExportForm
from campaign.organizers.export_store import NotAvailable
from campaign.organizers.models import DOCUMENTS, FILE_LIFETIME, ORGANIZER, ExportJob
from campaign.organizers.views.requests import approval_handlers
from campaign.petition.models import Publication
from campaign.state import state

Page = Answer | str | tuple[str, int]
FAILURE_MESSAGES = {
    "key away": lazy_gettext("The private key has been moved off this server. Request a sealed file."),
    "cannot open": lazy_gettext("A sealed record could not be opened. The server’s log says which one."),
    "names hidden": lazy_gettext("All names are hidden at the moment."),
    "names refused": lazy_gettext("This office is now marked as dangerous to write to, so it gets no names."),
    "failed": lazy_gettext("It could not be prepared. The server’s log says why."),
}


@bp.route("/exports", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def exports() -> Page:
    """Show the exports of the last day; ask for another one, which waits for a second organizer if it has addresses."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    handlers, wanted, chosen = approval_handlers(state().keys), form.signature_filter(), DOCUMENTS[form.document.data or ""]
    number = chosen.count(state().database, chosen.narrow(wanted))
    facts = {"format": chosen.name, "reader": current().code, **wanted.details(), **form.purpose(), "rows": number}
    with state().database.writing() as session:
        export_jobs.request_export(session, current_account(), facts, handlers)
    return redirect(url_for(".exports"), 303)


@bp.get("/exports/take")
@requires_role(ORGANIZER)
def return_to_exports() -> Page:
    """Lead back to the list after the login that a download asks for, which is a POST and cannot be repeated."""
    return redirect(url_for(".exports"), 303)


@bp.post("/exports/take")
@requires_role(ORGANIZER, reauthenticate=True)
def download() -> Page:
    """Send the file once, to the organizer who asked for it, and delete it."""
    export = read_record(request.form.get("export", "")) or abort(400)
    try:
        with state().database.writing() as session:
            found, key = export_jobs.claim_download(session, state().keys.desk, export, current_account(), now())
            # An error up to the end of this block rolls back: key and file stay as they were.
            headers = _headers(found)
            return _send(export_store.open_once(session, state().database, state().settings.data, found), key, headers)
    except (NotAvailable, CannotOpen):
        return _page(_form(), 409, refused=export)


def _headers(export: ExportJob) -> dict[str, str]:
    """Return what the answer says of the file."""
    return {
        "Content-Disposition": f'attachment; filename="{export.name}"',
        "Content-Length": str(export.size),
        "Content-Type": export.format.content_type,
    }


def _send(file: IO[bytes], key: bytes, headers: dict[str, str]) -> Response:
    """Return a response that decrypts the file chunk by chunk; its key is in memory only."""
    return Response(
        wrap_file(request.environ, DecryptingReader(file, key), CHUNK_SIZE),  # type: ignore[arg-type]  # it reads bytes, as a file does
        headers=headers,
        direct_passthrough=True,
    )


def _form() -> ExportForm:
    with state().database.reading() as session:
        published = session.get_one(Publication, 1)
    offices = [office for office in state().words.addressees if not office.is_endangering]
    return ExportForm(offices, can_open=can_unseal(), names_hidden=published.names_hidden_on is not None)


def _page(form: ExportForm, status: int = 200, *, refused: bytes | None = None) -> Page:
    with state().database.reading() as session:
        mine = export_jobs.list_jobs(session, current_account())
        asked = export_jobs.pending_requests(session, current_account())
        needs_second = four_eyes.is_enabled(session)
    page = render_template(
        "organizers/exports.html",
        form=form,
        errors=form.mistakes,
        refused=refused and _refusal(next((export for export in mine if export.id == refused), None)),
        exports=mine,
        asked=asked,
        needs_second=needs_second,
        is_fresh=sessions.is_recently_authenticated(current_session(), now()),
        kept=FILE_LIFETIME,
        formats=DOCUMENTS,
        troubles=FAILURE_MESSAGES,
        over=[export for export in mine if _is_expired(export)],
    )
    return page, status


def _refusal(export: ExportJob | None) -> str:
    """Say why a file cannot be taken: the page from which somebody took it does not change by that."""
    if export and export.taken_at:
        taken_on = day(export.taken_at)
        return str(
            gettext("This file was downloaded already, on %(day)s. If it did not arrive complete, ask again.", day=taken_on)
        )
    if export and _is_expired(export):
        return str(gettext("The hour for this file is over, and it has been deleted. Request it again."))
    return str(gettext("There is nothing to download: the file is not there, or it is not yours. Ask for it again."))


def _is_expired(export: ExportJob) -> bool:
    return export.taken_at is None and export.prepared_at is not None and not export.is_ready(now())
