"""E-mails: what keeps them from leaving, which were refused and with what answer, and sending those again."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from campaign.database import now
from campaign.organizers import audit, bp, waiting
from campaign.organizers.actions import Action
from campaign.organizers.auth.guards import current_account, requires_role
from campaign.organizers.models import ORGANIZER
from campaign.outbox import delivery, outage, queue
from campaign.state import state

ANSWERS: tuple[tuple[str, Any], ...] = (  # by how their enhanced code begins (RFC 3463), the longer ones first
    ("5.2.2", lazy_gettext("The mailbox is full.")),
    ("5.1.", lazy_gettext("There is no such mailbox.")),
    ("5.2.", lazy_gettext("The mailbox does not accept e-mail.")),
    ("5.4.", lazy_gettext("The mail server of the domain cannot be reached.")),
    ("5.7.", lazy_gettext("A rule of the mail server forbids it.")),
)
NO_ANSWER = lazy_gettext("It could not be sent.")
OTHER_ANSWER = lazy_gettext("The mail server did not accept it.")


@bp.route("/emails", methods=["GET", "POST"])
@requires_role(ORGANIZER)
def emails() -> Response | str:
    """Show the state of the outbox; send again what was refused and whose link still lives."""
    if request.method == "POST":
        return _send_refused_again()
    with state().database.reading() as session:
        refused, trouble = waiting.refusals(session), outage.current_outage(session, now())
        counts = queue.count_messages(session, now(), state().quota)
    return render_template(
        "organizers/emails.html",
        refused=[(one, answer_meaning(one.answer)) for one in refused],
        counts=counts,
        outage=trouble,
        advice=outage.advice(trouble.category) if trouble else "",
    )


def answer_meaning(answer: str) -> Any:
    """Return what an answer means, in a sentence; one that is empty was not given, so no server refused the e-mail."""
    if not answer:
        return NO_ANSWER
    enhanced = answer.partition(" ")[2]
    return next((meaning for beginning, meaning in ANSWERS if enhanced.startswith(beginning)), OTHER_ANSWER)


def _send_refused_again() -> Response:
    with state().database.writing() as session:
        number = delivery.retry_given_up(session, now())
        if number:
            audit.record(session, current_account().email, Action.EMAILS_SENT_AGAIN, number=number)
    if number:
        flash(gettext("They will be sent again within minutes."), "status")
    return redirect(url_for(".emails"), 303)
