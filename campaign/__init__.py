"""A testimony, a call, and the signatures under it: the whole site on one screen.

What the site is made of is imported by `create_app`, so that `import campaign` and `campaign --help` cost next to nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from campaign.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Make the site as a WSGI application; raises NoFolder where `campaign serve` has not made the data folder yet."""
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from campaign import api, gate, languages
    from campaign.config import STATIC, TEMPLATES, Settings
    from campaign.organizers import access, desk
    from campaign.pages import context, errors, withdrawn
    from campaign.pages import views as pages
    from campaign.pages.cache import KeptPages, StaticFiles
    from campaign.petition import views as petition
    from campaign.prints import views as prints

    settings = settings or Settings.load()
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(TRUSTED_HOSTS=settings.hosts, MAX_CONTENT_LENGTH=gate.LARGEST_BODY, WTF_I18N_ENABLED=False)
    app.jinja_env.policies["ext.i18n.trimmed"] = True

    lay_foundations(app, settings)
    for part in (languages, context, errors, access, withdrawn):
        part.init_app(app)
    for part in (petition, pages, prints, api, desk):
        app.register_blueprint(part.room)

    kept = KeptPages(app, app.extensions["published"], settings.hosts)
    app.extensions["static"] = StaticFiles(STATIC, kept)
    app.wsgi_app = kept  # type: ignore[method-assign]  # Flask's own way to put a middleware around the application
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(kept, x_for=settings.trusted_proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def lay_foundations(app: "Flask", settings: "Settings") -> None:
    """Open what every room stands on."""
    from campaign import gate
    from campaign.care import caring
    from campaign.config import TRANSLATIONS
    from campaign.folder import open_database, open_keys
    from campaign.petition.active_key import ActiveKey
    from campaign.petition.published import LatestCount
    from campaign.site import Site

    keys, database = open_keys(settings), open_database(settings)
    care, texts = caring.load(TRANSLATIONS)
    app.extensions["settings"] = settings
    app.extensions["published"] = LatestCount(database, is_withdrawn=care.withdrawn)
    app.extensions["active_key"] = ActiveKey(database, keys)
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
