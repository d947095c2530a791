"""Signatures: the list, one of them, finding one by its address, and what is sealed."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.crypto import sealing
from campaign.crypto.sealing import CannotOpen
from campaign.database import now
from campaign.keyset import KeysetPage as Listing
from campaign.keyset import read_record
from campaign.languages import countries, current, number
from campaign.organizers import allowances, audit, bp, ledger, removals, reviews, signature_search
from campaign.organizers.actions import Action
from campaign.organizers.auth.guards import current_account, requires_role, say_nothing_ticked
from campaign.organizers.forms import AddressForm, SearchForm
from campaign.organizers.models import ORGANIZER, ROLES
from campaign.organizers.views.emails import answer_meaning
from campaign.outbox.address import mend_address
from campaign.petition import display_names, signing
from campaign.petition.active_key import active_keys
from campaign.petition.models import NameReview, Signature
from campaign.state import state

Page = Response | str | tuple[str, int]


@bp.route("/signatures", methods=["GET", "POST"])
@requires_role(*ROLES)
def signatures() -> Page:
    """Show the list and what it is narrowed to; draft a removal of those that are ticked, or of all that were looked for."""
    if request.method == "POST":
        return _draft_removal()
    form = SearchForm()
    if not form.validate():
        return _list(form, Listing([], None, None)), 422
    with state().database.reading() as session:
        where = {name: request.args.get(name, "") for name in ("after", "before")}
        query = signature_search.build_query(session, form.wanted())
        listing, found = signature_search.search_page(session, query, **where), signature_search.count_found(session, query)
    return _list(form, listing, found, query.most_counted)


def _draft_removal() -> Page:
    """Freeze the ids, so that what is seen is what will go."""
    form = SearchForm()
    if not form.validate():
        raise BadRequest
    with state().database.writing() as session:
        if request.form.get("which") == "all":
            ids = signature_search.read_ids(
                session, signature_search.build_query(session, form.wanted()), removals.MAX_REMOVED_TOGETHER
            )
        else:
            ids = [record for typed in request.form.getlist("ids") if (record := read_record(typed))]
        if not ids:
            say_nothing_ticked()
            return redirect(url_for(".signatures", **form.asked), 303)
        removal = removals.draft(session, ids, by=current_account().email, at=now())
    return redirect(url_for(".removal", number=removal.id), 303)


@bp.route("/signatures/<record>", methods=["GET", "POST"])
@requires_role(*ROLES)
def signature(record: str) -> Page:
    """Show what can be read of one signature; hide its shown name at once, until the review shows it again or refuses it."""
    if request.method != "POST":
        return _one(record)
    with state().database.writing() as session:
        if request.form.get("deed") == "undo":
            reviews.restore_refused(session, _id(record), by=current_account().email)
            flash(gettext("The name is waiting for review again."), "status")
            return redirect(url_for(".signature", record=record), 303)
        if display_names.hold_name(session, _id(record), today=now().date()):
            audit.record(session, current_account().email, Action.NAME_HIDDEN, signature=record)
    flash(gettext("The name is hidden and waiting for review."), "status")
    return redirect(url_for(".signature", record=record), 303)


@bp.route("/signatures/<record>/sealed", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def sealed(record: str) -> Page:
    """Ask whether to open the name and the address, or say how else to read them; show them once, with a line in the audit."""
    private = active_keys().private
    if request.method != "POST" or private is None:
        return _sealed(record)
    with state().database.writing() as session:
        ledger.begin_change(session)  # two that are sent at once take turns
        found = session.get(Signature, _id(record)) or abort(404)
        if allowances.is_used_up(session, current_account(), Action.SEALED_SHOWN):
            return _sealed(record)
        try:
            person = sealing.open_sealed(private, found.sealed)
        except CannotOpen:
            return _sealed(record, trouble=gettext("This record was sealed to another key, or it is damaged."))
        audit.record(session, current_account().email, Action.SEALED_SHOWN, signature=record)
    return _sealed(record, person=person)


@bp.route("/address", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def address() -> Page:
    """Look for an e-mail address by its tag, show what there is of it, and erase it; the audit never says which it was."""
    form = AddressForm()
    if not form.validate_on_submit():
        return form.page("address", found=None, more=_more(Action.ADDRESS_LOOKED_FOR))
    with state().database.writing() as session:
        ledger.begin_change(session)  # two that are sent at once take turns
        action = Action.ERASED if request.form.get("deed") == "erase" else Action.ADDRESS_LOOKED_FOR
        if allowances.is_used_up(session, current_account(), action):
            more = {"what": action.value, "is_waiting": allowances.is_more_pending(session, current_account(), action)}
            return render_template("organizers/address.html", form=form, errors=[], found=None, more=more), 409
        email = mend_address(form.email.data or "")
        found = signature_search.find_by_mailbox(session, sealing.mailbox_tags(state().keys.tag, email))
        if action == Action.ERASED and found.number:
            signing.erase(session, state().keys, email, now().date())
        # Also of nothing, which says as much as a look-up: it counts, so that nobody asks after many people without a trace.
        audit.record(session, current_account().email, action, number=found.number)
    if action == Action.ERASED and found.number:
        return _say_erased(found)
    values = {"found": found, "more": _more(Action.ERASED), "answer_meaning": answer_meaning}
    return render_template("organizers/address.html", form=form, errors=[], **values)


def _say_erased(found: signature_search.MailboxRecords) -> Page:
    """Say what was erased on the empty form."""
    said = ngettext("Erased: %(count)s thing.", "Erased: %(count)s things.", found.number, count=number(found.number))
    signed = gettext("One of them was a signature, so the published count will change.") if found.records else ""
    flash(" ".join(filter(None, (said, signed))), "status")
    return redirect(url_for(".address"), 303)


def _more(action: Action) -> dict[str, Any] | None:
    """Return what to show if a second organizer is needed: the request, and whether it is already waiting."""
    with state().database.reading() as session:
        if not allowances.is_used_up(session, current_account(), action):
            return None
        return {"what": action.value, "is_waiting": allowances.is_more_pending(session, current_account(), action)}


def _list(form: SearchForm, listing: Listing, found: int = 0, most_counted: int = 0) -> str:
    return render_template(
        "organizers/signatures.html",
        form=form,
        errors=form.mistakes,
        asked=form.asked,
        listing=listing,
        found=found,
        most_counted=most_counted,
        countries=dict(countries(current().code)),
        can_be_removed=form.state.data not in ("waiting", "removed"),
    )


def _one(record: str) -> Page:
    with state().database.reading() as session:
        found = session.get(Signature, _id(record)) or abort(404)
        review = session.get(NameReview, found.id)
    return render_template(
        "organizers/signature.html",
        signature=found,
        review=review,
        removal=found.removal,
        refused_until=review.refused_on + display_names.REFUSED_FOR if review and review.refused_on else None,
        countries=dict(countries(current().code)),
    )


def _sealed(record: str, *, person: sealing.Person | None = None, trouble: str = "") -> Page:
    with state().database.reading() as session:
        found = session.get(Signature, _id(record)) or abort(404)
    status = 409 if trouble or (person is None and request.method == "POST") else 200
    more = _more(Action.SEALED_SHOWN) if active_keys().private and not person else None
    return render_template("organizers/sealed.html", signature=found, person=person, trouble=trouble, more=more), status


def _id(record: str) -> bytes:
    return read_record(record) or abort(404)
