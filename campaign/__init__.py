"""A testimony, a call, and the signatures under it: the whole site on one screen.

What the site is made of is imported by `create_app`, so that `import campaign` and `campaign --help` cost next to nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from campaign.config import Settings
    from campaign.state import AppState
    from campaign.web.rate_limits import SharedMemory


def create_app(settings: "Settings | None" = None, memory: "SharedMemory | None" = None) -> "Flask":
    """Make the site as a WSGI application; `memory` is what web workers that count together share.

    Raises NoInstance where `campaign serve` has not made the data folder yet, and NothingKnown where words of the testimony are
    withheld and the database is away, so that nobody can see whether what is published quotes them.
    """
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from campaign import languages
    from campaign.config import TEMPLATES, Settings
    from campaign.organizers import views as organizers
    from campaign.organizers.auth import guards
    from campaign.petition import news_views as petition
    from campaign.prints import views as prints
    from campaign.public import api, copies, updates
    from campaign.public import views as pages
    from campaign.web import context, errors, request_checks, responses

    settings = settings or Settings.load()
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(WTF_I18N_ENABLED=False)
    app.jinja_env.policies["ext.i18n.trimmed"] = True

    app.extensions["campaign"] = built = build_state(app, settings, memory)
    for part in (request_checks, languages, context, responses, errors, guards):
        part.init_app(app)
    for part in (petition, pages, updates, copies, prints, api, organizers):
        app.register_blueprint(part.bp)

    app.wsgi_app = built.page_cache  # type: ignore[method-assign]  # Flask's own way to put a middleware around the application
    if settings.trusted_proxies:
        proxied = ProxyFix(built.page_cache, x_for=settings.trusted_proxies, x_proto=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    return app


def build_state(app: "Flask", settings: "Settings", memory: "SharedMemory | None" = None) -> "AppState":
    """Open the keys and the database, read the texts, and make what every request uses."""
    from campaign.config import STATIC, TRANSLATIONS
    from campaign.content import testimony_policy
    from campaign.identity import Identity
    from campaign.instance import open_database, open_keys
    from campaign.languages import LANGUAGES
    from campaign.petition.active_key import ActiveKey
    from campaign.petition.page_blocks import PAGES, page_files
    from campaign.petition.published import first_values
    from campaign.petition.snapshot import FileTexts, SnapshotCache
    from campaign.public.copies import ZippedMirror
    from campaign.state import AppState
    from campaign.translation.catalogues import require_compiled
    from campaign.web import rate_limits, request_checks
    from campaign.web.page_cache import PageCache, StaticFiles

    keys, database = open_keys(settings), open_database(settings)
    require_compiled(TRANSLATIONS, LANGUAGES)
    identity = Identity.read(TRANSLATIONS)
    policy, texts = testimony_policy.load_testimony(TRANSLATIONS)
    pages = {kind: page_files(kind, TRANSLATIONS) for kind in PAGES}
    own_words = first_values(texts, identity, contact=settings.contact, goal=settings.goal)
    snapshots = SnapshotCache(database, FileTexts(policy, texts, pages, own_words), keys)
    if policy.has_redactions:
        testimony_policy.check_published(snapshots.shown().texts)
    page_cache = PageCache(app, snapshots, settings)
    return AppState(
        settings=settings,
        identity=identity,
        database=database,
        keys=keys,
        rate_limiter=rate_limits.RateLimiter(settings, keys.form, memory),
        form_token=request_checks.FormToken(keys.form),
        policy=policy,
        snapshots=snapshots,
        active_key=ActiveKey(database, keys),
        page_cache=page_cache,
        zipped_mirror=ZippedMirror(app, snapshots),
        static_files=StaticFiles(STATIC, page_cache),
    )
