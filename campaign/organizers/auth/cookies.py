"""The cookies of the desk: each is for the address of the site that set it, and for no other."""

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from campaign.origins import is_https
from campaign.state import state
from campaign.web.request_checks import requested_origin


class DeskSessions(SecureCookieSessionInterface):
    """Flask's own sessions, whose cookie is named and guarded by the scheme of the address that is asked."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds; without any cookie, as most visitors are, no time is spent on it."""
        return super().open_session(app, request) if "Cookie" in request.headers else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where that is needed; never for a session that holds nothing and that nobody asked for."""
        if session or session.accessed:
            super().save_session(app, session, response)

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name of the cookie."""
        return cookie_name("desk")

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the cookie is sent under https alone."""
        return is_secure()


def is_secure() -> bool:
    """Return whether browsers reach the address that is asked under https. Tor encrypts, and its addresses are http."""
    return is_https(requested_origin(request, state().settings))


def cookie_name(name: str) -> str:
    """Return the name of a cookie of the desk: for this host alone under https (RFC 6265bis 4.1.3.2), plain under http."""
    return f"__Host-{name}" if is_secure() else name
