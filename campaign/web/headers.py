"""The headers of every response: security headers, HSTS, `no-store` by default, and redirects without a host."""

from flask import Flask, Response, request

from campaign.state import state

SECURITY_HEADERS = {
    # No script of ours fetches anything; connect-src lets programs that look pages over read robots.txt from within a page.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
FRAMEABLE = "public.embed"  # for browsers that know no frame-ancestors
HSTS_MAX_AGE = 31536000  # seconds


def init_app(app: Flask) -> None:
    """Set the headers of every response."""
    app.after_request(add_headers)
    app.after_request(make_redirect_relative)


def make_redirect_relative(response: Response) -> Response:
    """Return a redirect within the site with its path alone: only the proxy knows the scheme."""
    if response.location and response.location.startswith(request.host_url):
        response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
    return response


def add_headers(response: Response) -> Response:
    """Add the headers that the view has not set; a response that the view does not call public is not stored."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if state().settings.is_https:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_MAX_AGE}")
    if request.endpoint != FRAMEABLE:
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
