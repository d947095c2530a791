"""The pages where people sign, and the names of those who chose so; what a link leads to is in link_views.py."""

from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.languages import current
from campaign.outbox import smtp
from campaign.petition import emails, sent_address, signing
from campaign.petition.active_key import active_keys
from campaign.petition.counting import read_snapshot
from campaign.petition.display_names import NamesPage, count_shown, report_name, shown_names
from campaign.petition.forms import ReportForm, SignForm, field_errors
from campaign.petition.plan import promised_day
from campaign.petition.signature_request import seal_request
from campaign.petition.snapshot import current_snapshot, is_unanswered
from campaign.state import state
from campaign.web import request_checks
from campaign.web.rate_limits import LONGEST_DELAY, TooManyWaiting

bp = Blueprint("petition", __name__, url_prefix="/<lang:lang>")

# What says `public` is kept as bytes, see web/page_cache.py. A form's page may tell its own site where a post comes from.
CACHED_FORM = {"Cache-Control": "public, max-age=60", "Referrer-Policy": "same-origin"}
FORM_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
SENT_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
LONGEST_SEARCH = 200  # characters
RETRY_HEADERS = {"Retry-After": "10"}  # seconds
Page = Response | tuple[str, int, dict[str, str]]


@bp.route("/sign", methods=["GET", "POST"])
def sign() -> Page:
    """Show the form, or accept it; the answer never tells who signed before."""
    if request.method != "POST":
        return _form(SignForm(_consent_hash()), 200, CACHED_FORM)
    is_readable = request_checks.validate_form_body(request)
    form = SignForm(_consent_hash())
    if not is_readable:
        return _form(form, 422, FORM_HEADERS, message=gettext("The form could not be read. Nothing was sent. Send it again."))
    if request_checks.is_cross_site(request, state().settings):
        return _form(
            form, 400, FORM_HEADERS, message=gettext("The form came from another site. Nothing was sent. Send it from here.")
        )
    if not form.validate():
        return _form(form, 400 if form.has_no_token else 422, FORM_HEADERS)
    try:
        return _store(form)
    except TooManyWaiting as full:
        headers = FORM_HEADERS | {"Retry-After": str(full.seconds)}
        return _form(form, 429, headers, wait_minutes=-(-full.seconds // 60))
    except DATABASE_UNAVAILABLE:
        return _form(
            form, 503, FORM_HEADERS | RETRY_HEADERS, message=gettext("The site cannot accept this right now. Nothing was kept.")
        )


@bp.get("/sign/sent")
def sent() -> Page:
    """Show the next step: the e-mail, which may leave later, and for an hour the address that it goes to."""
    address = sent_address.reveal_address(state().keys.form, request.args.get("to", ""), now())
    answer = render_template(
        "petition/sent.html",
        address=address,
        hours=hours_of_delay(),
        sender=emails.sender(state().settings),
        subject=emails.confirm_subject(),
        first_words=emails.first_words(now().date(), current()),
    )
    return answer, 200, SENT_HEADERS


@bp.route("/signatures", methods=["GET", "POST"])
def signatures() -> Page:
    """Show the names; those of today wait until the day is over, so that no moment tells who signed.

    A search is posted, although it changes nothing: a name that somebody looks for stays out of addresses and the history.
    """
    if request.method == "POST" and not request_checks.validate_form_body(request):
        raise UnprocessableEntity
    sought = request.form.get("sought", "")[:LONGEST_SEARCH]
    after, before = request.args.get("after", ""), request.args.get("before", "")
    with state().database.reading() as session:
        # asked anew each time: when names are to be hidden, it is to be so at once
        latest, today = read_snapshot(session), now().date()
        page, total = NamesPage(), 0
        if not latest.are_names_hidden:
            page = shown_names(session, after=after, before=before, sought=sought, today=today)
            total = count_shown(session, today, latest.as_of)
    answer = render_template("petition/signatures.html", names=page, total=total, hidden=latest.are_names_hidden, sought=sought)
    return answer, 200, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@bp.route("/signatures/report", methods=["GET", "POST"])
def report() -> Page:
    """Show the form for those who are among the names and did not sign, or take it.

    The answer is the same whether or not the name is there.
    """
    if request.method != "POST":
        return _report_page(ReportForm(), 200, CACHED_FORM)
    is_readable = request_checks.validate_form_body(request)
    form = ReportForm()
    if not is_readable:
        return _report_page(form, 422, FORM_HEADERS, gettext("The form could not be read. Nothing was sent. Send it again."))
    if request_checks.is_cross_site(request, state().settings):
        return _report_page(
            form, 400, FORM_HEADERS, gettext("The form came from another site. Nothing was sent. Send it from here.")
        )
    if not form.validate():
        return _report_page(form, 400 if form.has_no_token else 422, FORM_HEADERS)
    wait = state().rate_limiter.report_wait(request.remote_addr)
    if wait:
        message = gettext("Too many names were reported from this network. Nothing was sent. Try again later.")
        return _report_page(form, 429, FORM_HEADERS | {"Retry-After": str(wait)}, message)
    with state().database.writing() as session:
        report_name(session, form.words(), now().date())
    return redirect(url_for(".reported"), 303)


@bp.get("/signatures/reported")
def reported() -> Page:
    """Say what happens with a name that was reported, whether or not it is there."""
    return render_template("petition/reported.html"), 200, SENT_HEADERS


def _report_page(form: ReportForm, status: int, headers: dict[str, str], message: str = "") -> Page:
    errors = [("main", message)] if message else field_errors(form)
    return render_template("petition/report.html", form=form, errors=errors), status, headers


def _store(form: SignForm) -> Page:
    """Store the form, unless the collecting is over or no e-mail can reach the address."""
    latest = current_snapshot()
    submitted = replace(form.signature_request(), delete_on=promised_day(latest.plan, form.shown_deletion_day))
    if is_unanswered() or not latest.is_open:
        return _form(form, 403, FORM_HEADERS)
    if submitted.email.needs_smtputf8 and not server_accepts_utf8():
        form.email.errors = [gettext("Our mail server cannot send to this address. Please use another.")]
        return _form(form, 422, FORM_HEADERS)
    delay = timedelta(seconds=state().rate_limiter.reserve(request.remote_addr, submitted.email.domain))
    keys = active_keys()
    sealed = seal_request(keys, submitted, now(), delay=delay)
    database = state().database
    database.write(lambda connection: signing.sign(database, connection, sealed))
    to = sent_address.conceal_address(keys.form, submitted.email.text, now())
    return redirect(url_for(".sent", to=to, later="y" if delay else None), 303)


def _form(form: SignForm, status: int, headers: dict[str, str], message: str = "", wait_minutes: int = 0) -> Page:
    """Show the form, with the input and what is wrong with it."""
    errors = [("main", message)] if message else field_errors(form)
    answer = render_template("petition/sign.html", form=form, errors=errors, wait_minutes=wait_minutes)
    return answer, status, headers


def _consent_hash() -> str:
    return state().texts[current().code].consent_hash


def hours_of_delay() -> int:
    """Return in how many hours a slowed e-mail arrives, the same for everybody and with time to send it; 0 for all others."""
    return -(-LONGEST_DELAY // 3600) + 1 if request.args.get("later") else 0


def server_accepts_utf8() -> bool:
    """Return whether the mail server takes addresses that are not ASCII."""
    with state().database.reading() as session:
        return smtp.accepts_utf8(session)
