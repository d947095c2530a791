"""A testimony, a call, and the signatures under it: the whole site on one screen."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign import api, gate, languages
from campaign.care import caring
from campaign.config import STATIC, TEMPLATES, TRANSLATIONS, Settings
from campaign.folder import keys_in, open_database
from campaign.organizers import access, desk
from campaign.pages import context, errors, withdrawn
from campaign.pages import views as pages
from campaign.pages.cache import KeptPages, StaticFiles
from campaign.petition import views as petition
from campaign.petition.published import LatestCount
from campaign.prints import views as prints
from campaign.sealing import load_keys
from campaign.site import Site


def create_app(settings: Settings | None = None) -> Flask:
    """The site as a WSGI application. The data folder must be there: `campaign serve` makes it."""
    settings = settings or Settings.load()
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(TRUSTED_HOSTS=settings.hosts, MAX_CONTENT_LENGTH=gate.LARGEST_BODY, WTF_I18N_ENABLED=False)
    app.jinja_env.policies["ext.i18n.trimmed"] = True

    lay_foundations(app, settings)
    languages.init_app(app)
    context.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    withdrawn.init_app(app)

    app.register_blueprint(petition.room)
    app.register_blueprint(pages.room)
    app.register_blueprint(prints.room)
    app.register_blueprint(api.room)
    app.register_blueprint(desk.room)

    kept = KeptPages(app, app.extensions["published"], settings.hosts)
    app.extensions["static"] = StaticFiles(STATIC, kept)
    app.wsgi_app = kept  # type: ignore[method-assign]  # Flask's own way to put a middleware around the application
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(kept, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def lay_foundations(app: Flask, settings: Settings) -> None:
    """Opens what every room stands on."""
    keys, database = load_keys(keys_in(settings)), open_database(settings)
    care, texts = caring.load(TRANSLATIONS)
    app.extensions["settings"] = settings
    app.extensions["published"] = LatestCount(database, keys, is_withdrawn=care.withdrawn)
    app.extensions["site"] = Site(
        settings=settings,
        database=database,
        keys=keys,
        gate=gate.Gate(settings, keys.form),
        stamp=gate.Stamp(keys.form),
        care=care,
        texts=texts,
        remaining=caring.remaining(care, texts),
    )
