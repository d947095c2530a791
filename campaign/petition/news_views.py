"""The page behind the link in an e-mail with news: it asks, and ends the news."""

from flask import render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from campaign.petition import news
from campaign.petition.link_views import TOKEN_HEADERS
from campaign.petition.lost_link_views import bp
from campaign.petition.views import Page
from campaign.state import state
from campaign.web.request_checks import MAX_BODY

__all__ = ["bp"]


@bp.route("/unsubscribe/<token:token>", methods=["GET", "POST"])
def unsubscribe(token: str) -> Page:
    """Ask, or end the news; the answer is the same whether or not there was any.

    The mail provider may post for its user (RFC 8058), from anywhere and with a body of its own: the token is enough, and nothing
    of the body is read. The answer is a page, as a redirect would not do there.
    """
    is_done = request.method == "POST"
    if is_done:
        if (request.content_length or 0) > MAX_BODY:
            raise RequestEntityTooLarge
        with state().database.writing() as session:
            news.unsubscribe(session, token)
    return render_template("petition/unsubscribe.html", is_done=is_done), 200, TOKEN_HEADERS
