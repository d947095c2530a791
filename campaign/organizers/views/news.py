"""News by e-mail: which updates may be sent, which wait for a second organizer, and asking for one."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign.organizers import bp, four_eyes, news_approval
from campaign.organizers.auth.guards import current_account, requires_role, say_waiting
from campaign.organizers.models import ORGANIZER
from campaign.organizers.views.requests import approval_handlers
from campaign.petition.snapshot import current_snapshot, shown_updates
from campaign.state import state

MOST_SHOWN = 20  # updates, the newest
Page = Response | str | tuple[str, int]


@bp.route("/news", methods=["GET", "POST"])
@requires_role(ORGANIZER, reauthenticate=True)
def news() -> Page:
    """Show the updates with what is agreed of each; ask a second organizer to agree that one is sent."""
    if request.method == "GET":
        return _news_page()
    slug = request.form.get("update", "")
    try:
        with state().database.writing() as session:
            if slug not in {one.key for one in shown_updates()}:
                raise news_approval.NotMailable(gettext("There is no such update."))
            asked = news_approval.request_news(session, slug, by=current_account(), handlers=approval_handlers(state().keys))
    except news_approval.NotMailable as refused:
        return _news_page(str(refused), status=409)
    if not asked.is_done:
        say_waiting()
        return redirect(url_for(".requests"), 303)
    flash(gettext("It can be sent now."), "status")
    return redirect(url_for(".news"), 303)


def _news_page(*refused: str, status: int = 200) -> Page:
    state().snapshots.refresh()  # somebody who has just published one comes here next
    updates = shown_updates()[:MOST_SHOWN]
    with state().database.reading() as session:
        waiting = news_approval.find_waiting(session)
        agreed = {one.key: news_approval.find_agreed(session, one.key) for one in updates}
        is_on = four_eyes.is_enabled(session)
    until = {key: news_approval.good_until(one) for key, one in agreed.items() if one}
    values = {"waiting": waiting, "until": until, "is_on": is_on, "offers_news": current_snapshot().offers_news}
    return render_template("organizers/news.html", updates=updates, refused=refused, **values), status
