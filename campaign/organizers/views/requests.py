"""What waits for a second organizer, what is done once they agree, and the key of signatures, which two change together."""

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from campaign.crypto.keys import Keys, fingerprint
from campaign.organizers import (
    allowances,
    bp,
    emergency,
    export_jobs,
    four_eyes,
    key_change,
    locking,
    news_approval,
    plan_change,
    removals,
    supporters,
    word_change,
)
from campaign.organizers.actions import Action, action_label
from campaign.organizers.auth.guards import current_account, requires_role, say_saved, say_waiting
from campaign.organizers.forms import KeyForm
from campaign.organizers.models import ORGANIZER, Request
from campaign.organizers.package_words import open_words
from campaign.petition import key_rotation, news_key
from campaign.petition.publishing import PUBLISH_WORDS_LOCK
from campaign.state import state
from campaign.web.request_checks import row_number

Page = Response | str | tuple[str, int]
DECISIONS = ("agree", "decline")


def approval_handlers(keys: Keys) -> four_eyes.Handlers:
    """Return what each action does that needs a second organizer. `keys` are the site's own."""
    return {
        Action.BULK_REMOVAL: removals.remove_agreed,
        Action.EXPORT_WITH_ADDRESSES: export_jobs.enqueue_export,
        Action.NAMES_FOR_OFFICE: export_jobs.enqueue_export,
        Action.MORE_ALONE: allowances.allow_more,
        Action.UNLOCKING: locking.unlock_agreed,
        Action.NAMING_AUTHOR: emergency.naming_agreed,
        Action.SOONER_DELETION: plan_change.plan_agreed,
        Action.NEWS_MAILING: news_approval.news_agreed,
        Action.SHOWING_SUPPORTER: supporters.showing_agreed,
        Action.SIGNED_WORDS: word_change.words_agreed,
        Action.KEY_CHANGE: partial(key_change.change_agreed, keys),
    }


@bp.get("/requests")
@requires_role(ORGANIZER)
def requests() -> Page:
    """Show the requests that wait, who asked for each, and what it would do."""
    return _requests_page()


@bp.post("/requests")
@requires_role(ORGANIZER, reauthenticate=True)
def answer_request() -> Page:
    """Agree, which does it; or decline."""
    decision, number = request.form.get("deed"), request.form.get("request", type=row_number)
    if decision not in DECISIONS or number is None:
        raise BadRequest
    try:
        with state().database.writing() as session:
            if decision == "agree":
                state().database.lock(session, PUBLISH_WORDS_LOCK)  # before the desk's tables, as everybody who changes words
                word_change.check_seen(session, number, request.form.get("seen", ""))
                decided = four_eyes.approve(session, number, current_account(), approval_handlers(state().keys))
            else:
                decided = four_eyes.decline(session, number, current_account())
    except four_eyes.NotDecidable:
        return _requests_page(gettext("This was already decided, has expired, or is not yours to decide."))
    except word_change.ChangedMeanwhile:
        return _requests_page(gettext("These are not the words you saw, so nothing was published. Look at them again."))
    except news_approval.NotMailable as found:
        return _requests_page(*found.args)
    except word_change.FaultyWords as found:
        return _requests_page(gettext("The words cannot be published as they are:"), *found.args)
    flash(_decided_sentence(decided), "status")
    return redirect(url_for(".requests"), 303)


def _decided_sentence(decided: Request) -> str:
    """Return what became of a request, which is named."""
    what = action_label(decided.act).rstrip(".")
    if decided.is_done:
        return str(gettext("Done: %(what)s.", what=what))
    return str(gettext("Declined, and nothing was done: %(what)s.", what=what))


@bp.post("/requests/more")
@requires_role(ORGANIZER)
def request_more() -> Page:
    """Ask a second organizer for more of what one does alone in a day."""
    wanted = [action for action in allowances.ALONE_PER_DAY if action.value == request.form.get("what")]
    if not wanted:
        raise BadRequest
    with state().database.writing() as session:
        allowances.request_more(session, current_account(), wanted[0], approval_handlers(state().keys))
    say_waiting()
    return redirect(url_for(".requests"), 303)


def _requests_page(*refused: str) -> Page:
    """Return the page; `refused` are sentences that say why nothing was done."""
    with state().database.reading() as session:
        waiting, is_on = four_eyes.pending(session), four_eyes.is_enabled(session)
    life, status = four_eyes.REQUEST_LIFETIME, 409 if refused else 200
    facts = {one.id: one.facts | open_words(state().keys.desk, one.facts) for one in waiting}
    shown = {"waiting": waiting, "facts": facts, "is_on": is_on, "life": life}
    return render_template("organizers/requests.html", refused=refused, **shown), status


@bp.route("/key", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def key() -> Page:
    """Show the key in force and those before; ask a second organizer for another one, which counts at once if the rule is off."""
    form = KeyForm()
    if not form.validate_on_submit():
        return _key_page(form)
    try:
        with state().database.writing() as session:
            new, handlers = key_rotation.parse_key(form.public.data or ""), approval_handlers(state().keys)
            asked = key_change.request_key_change(session, state().keys, new, current_account(), handlers)
    except news_key.KeyForNews:
        form.public.errors = [gettext("This key is for news. Make another one for the signatures.")]
        return _key_page(form)
    except (key_rotation.KeyAlreadyUsed, four_eyes.NotDecidable):
        form.public.errors = [gettext("Signatures are, or were, already sealed to this key. Make a new one.")]
        return _key_page(form)
    say_saved() if asked.is_done else say_waiting()
    return redirect(url_for(".key" if asked.is_done else ".requests"), 303)


def _key_page(form: KeyForm) -> Page:
    with state().database.reading() as session:
        after, is_on = key_rotation.rotated_keys(session, state().keys), four_eyes.is_enabled(session)
        waiting = [one for one in four_eyes.pending(session) if one.act == Action.KEY_CHANGE]
    found = [(fingerprint(state().keys.public), None), *((fingerprint(row.key), row.since) for row in after)]
    *earlier, newest = found
    here = state().keys.private is not None
    return form.page("key", newest=newest, earlier=earlier[::-1], needs_second=is_on, waiting=waiting, is_private_here=here)
