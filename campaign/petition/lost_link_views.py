"""The pages for people who lost the e-mail with the link: they give the address, and every address gets the same answer."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask_babel import gettext

from campaign.database import DATABASE_UNAVAILABLE, now
from campaign.languages import current
from campaign.petition import emails, sent_address
from campaign.petition.forms import LinkForm, field_errors
from campaign.petition.link_views import bp
from campaign.petition.lost_links import request_link
from campaign.petition.views import (
    CACHED_FORM,
    FORM_HEADERS,
    RETRY_HEADERS,
    SENT_HEADERS,
    Page,
    hours_of_delay,
    server_accepts_utf8,
)
from campaign.state import state
from campaign.web import request_checks
from campaign.web.rate_limits import TooManyWaiting

__all__ = ["bp"]


@bp.route("/link", methods=["GET", "POST"])
def link() -> Page:
    """Show or accept the form that asks for an address, also after collecting has ended."""
    if request.method != "POST":
        return _form(LinkForm(), 200, CACHED_FORM)
    is_readable = request_checks.validate_form_body(request)
    form = LinkForm()
    if not is_readable:
        return _form(form, 422, FORM_HEADERS, gettext("The form could not be read. Nothing was sent. Send it again."))
    if request_checks.is_cross_site(request, state().settings):
        message = gettext("The form came from another site. Nothing was sent. Send it from here.")
        return _form(form, 400, FORM_HEADERS, message)
    if not form.validate():
        return _form(form, 400 if form.has_no_token else 422, FORM_HEADERS)
    try:
        return _store(form)
    except TooManyWaiting as full:
        message = gettext("Too many links were requested from this network. Nothing was sent. Try again later.")
        return _form(form, 429, FORM_HEADERS | {"Retry-After": str(full.seconds)}, message)
    except DATABASE_UNAVAILABLE:
        message = gettext("The site cannot accept this right now. Nothing was kept.")
        return _form(form, 503, FORM_HEADERS | RETRY_HEADERS, message)


@bp.get("/link/sent")
def link_sent() -> Page:
    """Say what happens now, whether or not the address has signed."""
    address = sent_address.reveal_address(state().keys.form, request.args.get("to", ""), now())
    answer = render_template(
        "petition/link_sent.html",
        address=address,
        hours=hours_of_delay(),
        sender=emails.sender(state().settings),
        subject=emails.link_subject(),
    )
    return answer, 200, SENT_HEADERS


def _store(form: LinkForm) -> Page:
    if form.address.needs_smtputf8 and not server_accepts_utf8():
        form.email.errors = [gettext("Our mail server cannot send to this address. Please use another.")]
        return _form(form, 422, FORM_HEADERS)
    delay = state().rate_limiter.reserve(request.remote_addr, form.address.domain)
    database, keys = state().database, state().keys
    with database.writing() as session:
        request_link(database, session, keys, form.address, current().code, now(), delay=timedelta(seconds=delay))
    to = sent_address.conceal_address(keys.form, form.address.text, now())
    return redirect(url_for(".link_sent", to=to, later="y" if delay else None), 303)


def _form(form: LinkForm, status: int, headers: dict[str, str], message: str = "") -> Page:
    errors = [("main", message)] if message else field_errors(form)
    return render_template("petition/link.html", form=form, errors=errors), status, headers
