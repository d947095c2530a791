"""Commands that run the site: serve, work, prepare, migrate."""

import os
from contextlib import closing
from urllib.parse import urlsplit

import click
from werkzeug.serving import is_running_from_reloader

from campaign import create_app, instance, log, platforms
from campaign.cli.publish import unpublished_sentence
from campaign.config import PREFIX, TRANSLATIONS, Settings
from campaign.crypto.keys import load_keys
from campaign.health.checklist import KEY_ON_SERVER
from campaign.languages import LANGUAGES
from campaign.organizers import adoption
from campaign.organizers.export_worker import run_jobs
from campaign.origins import is_loopback
from campaign.petition import name_index
from campaign.server import parent, reexec, reload, supervisor, worker
from campaign.translation.catalogues import require_compiled

WEB_PORT, FIRST_FREE_PORT = 8000, 1024
RELOAD_IS_LOCAL = "--reload shows errors in full and is for this machine alone: use it with a loopback --host and base URL."


def default_host() -> str:
    """Return the address to listen on: every one where a platform has named the port, as its proxy is on another machine."""
    return "0.0.0.0" if os.environ.get("PORT") else "127.0.0.1"  # noqa: S104  # it is the platform's network


def default_port() -> int:
    """Return the port of http://localhost:PORT where the settings name it, so that the links of every command lead there.

    Another scheme or a port of the system's own is that of a proxy on this machine.
    """
    address = urlsplit(Settings.load().origin)
    is_here = address.scheme == "http" and address.hostname in ("localhost", "127.0.0.1")
    return address.port if is_here and address.port and address.port >= FIRST_FREE_PORT else WEB_PORT


@click.command()
@click.option("--host", default=default_host, show_default="127.0.0.1", help="The address to listen on.")
@click.option(
    "--port",
    default=default_port,
    show_default="8000, or the port of CAMPAIGN_BASE_URL if it is an address of this machine",
    type=click.IntRange(1, 65535),
    envvar="PORT",
    help="The port to listen on.",
)
@click.option("--workers", type=click.IntRange(1, 64), help="Web worker processes; by default one per core, at most four.")
@click.option("--no-mail", is_flag=True, help="Serve only; the mail and the timed work run elsewhere (`campaign work`).")
@click.option("--reload", "reloads", is_flag=True, help="For development on this machine: show every edit on the next request.")
def serve(host: str, port: int, workers: int | None, no_mail: bool, reloads: bool) -> None:
    """Serve the site and send its mail; create what is missing."""
    if not reloads and not supervisor.has_terminal():
        reexec.hold_reloads()
    if port != WEB_PORT and PREFIX + "BASE_URL" not in os.environ:
        default = Settings.model_fields["base_url"].default
        if Settings.load().base_url == default:  # nobody said otherwise, so links lead to where the site is
            os.environ[PREFIX + "BASE_URL"] = f"http://localhost:{port}"
    settings = Settings.load()
    log.configure(settings.log)
    if reloads and not (is_loopback(host) and settings.is_loopback):
        raise click.UsageError(RELOAD_IS_LOCAL)
    if is_running_from_reloader():
        reload.serve_reloading(settings, host=host, port=port, mail=not no_mail)
        return
    if not reloads:  # which compiles them itself
        require_compiled(TRANSLATIONS, LANGUAGES)
    if reason := platforms.find_forgetting(settings):
        raise click.ClickException(reason)
    instance.make_folder(settings)
    with instance.running(settings):
        instance.prepare(settings)
        adopt_desk(settings)
        print_greeting(settings)
        if reloads:
            click.echo(
                "Development server: every edit of a template, text, catalogue, static file or module shows on the next request."
            )
            reload.serve_reloading(settings, host=host, port=port, mail=not no_mail)
        else:
            supervisor.serve(settings, host=host, port=port, workers=workers, mail=not no_mail)


def print_greeting(settings: Settings) -> None:
    """Print the addresses of the site, where e-mails go, and what to fix before others come."""
    for language in LANGUAGES.values():
        click.echo(f"{settings.origin}/{language.code}/")
    if settings.mail_url.startswith("file:"):
        click.echo(f"E-mails are not sent. They are written to {settings.data / 'mail'}, and their links are shown here.")
    else:
        click.echo(f"E-mails are sent from {settings.sender}.")
    if not settings.limits:
        click.echo("RATE LIMITS ARE OFF. This is for measuring on one machine only.", err=True)
    for warning in (unpublished_sentence(settings), KEY_ON_SERVER if load_keys(instance.key_folder(settings)).private else ""):
        if warning:
            click.echo(warning, err=True)


@click.command()
@click.option("--no-mail", is_flag=True, help="The timed work alone.")
def work(no_mail: bool) -> None:
    """Send the mail and do the timed work, without serving."""
    parent.end_with_parent()
    settings = Settings.load()
    log.configure(settings.log)
    with instance.running(settings):
        instance.check(settings)
        adopt_desk(settings)
        worker.run(create_app(settings), mails=not no_mail, say=log.speaker(settings.log, click.echo))


@click.command()
def prepare() -> None:
    """Prepare the exports that organizers asked for at the desk; the worker does so by itself."""
    settings = Settings.load()
    log.configure(settings.log)
    instance.check(settings)
    app = create_app(settings)
    with app.app_context():
        run_jobs(app.extensions["campaign"], log.speaker(settings.log, lambda words: click.echo(words, err=True)))


@click.command()
@click.option("--trial", is_flag=True, help="Also try whether the site can be made; a reload does so before it ends the old one.")
def migrate(trial: bool) -> None:
    """Update the database's schema; safe when two start at once."""
    if trial:
        reexec.import_everything()  # before the tables change
    settings = Settings.load()
    instance.check(settings, may_be_older=True)
    with closing(instance.open_database(settings)) as database:
        instance.migrate(database)
        name_index.make_anew_if_older(database)
        instance.publish_first_words(database, settings)
        adoption.adopt(database)
    if trial:
        create_app(settings).extensions["campaign"].database.close()


def adopt_desk(settings: Settings) -> None:
    """List the rows of the desk at the first start of a version that keeps a ledger of them."""
    with closing(instance.open_database(settings)) as database:
        adoption.adopt(database)


COMMANDS = (serve, work, prepare, migrate)
