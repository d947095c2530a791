"""`campaign serve --reload`: a development server that shows every edit on the next reload of the page.

The application reads templates, texts, catalogues and static files when it is made, so make it again when one of them changes.
For an edit of a module Werkzeug starts the process again.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import is_running_from_reloader, run_simple

from campaign import create_app, languages
from campaign.config import STATIC, TEMPLATES, TRANSLATIONS, Settings
from campaign.server.parent import end_with_parent
from campaign.server.supervisor import MailWorker
from campaign.translation.catalogues import compile_catalogues

WATCHED_FOLDERS = (TEMPLATES, TRANSLATIONS, STATIC)
COMPILED = ".mo"  # made from the .po files here, so not watched


def serve_reloading(settings: Settings, *, host: str, port: int, mail: bool) -> None:
    """Serve until SIGINT or SIGTERM. The process that Werkzeug starts again and again serves and has the mail worker."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for each request
    if is_running_from_reloader():
        end_with_parent()
    application = ReloadingApplication(settings, mail=mail and is_running_from_reloader())
    run_simple(host, port, application, threaded=True, use_reloader=True)


class ReloadingApplication:
    """A WSGI application that makes the site again when a watched file has changed since the last request."""

    def __init__(self, settings: Settings, *, mail: bool) -> None:
        self._settings, self._has_mail = settings, mail
        self._lock = threading.Lock()
        self._files: dict[Path, int] = {}
        self._app: Flask | None = None
        self._mail_worker: MailWorker | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the site as its files are now; with the error as plain text where it cannot be made or fails."""
        try:
            return self._current_app()(environ, start_response)
        except Exception as error:  # a typo in any file that is being edited
            traceback.print_exc()
            start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
            return [f"{error or type(error).__name__}\n".encode()]

    def _current_app(self) -> Flask:
        with self._lock:
            files = modification_times()
            if self._app is None or files != self._files:
                self._close()
                self._app = make_app(self._settings)
                self._files = files
                self._start_mail_worker()
            return self._app

    def _close(self) -> None:
        if self._app is not None:
            self._app.extensions["campaign"].database.close()
            self._app = None

    def _start_mail_worker(self) -> None:
        """Start the mail worker, or start it again: it has read the texts too."""
        if self._mail_worker:
            self._mail_worker.stop()
            self._mail_worker.wait()
            self._mail_worker.start()
        elif self._has_mail:
            self._mail_worker = MailWorker()


def make_app(settings: Settings) -> Flask:
    """Return the site made from the current files; raise what is wrong with one of them."""
    if any(is_outdated(source) for source in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")):
        compile_catalogues(TRANSLATIONS)
    languages.clear_caches()
    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # the reason on the page, in the place of an error page that may fail too
    return app


def is_outdated(catalogue: Path) -> bool:
    """Return whether a .po file is newer than what was compiled from it."""
    compiled = catalogue.with_suffix(COMPILED)
    return not compiled.exists() or compiled.stat().st_mtime_ns < catalogue.stat().st_mtime_ns


def modification_times() -> dict[Path, int]:
    """Return when each watched file was last changed, in nanoseconds."""
    files = (file for folder in WATCHED_FOLDERS for file in folder.rglob("*") if file.suffix != COMPILED)
    return {file: file.stat().st_mtime_ns for file in files if file.is_file()}
