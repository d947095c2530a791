"""What every request uses, made once by `create_app`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from campaign.config import Settings
from campaign.content.pages import Texts
from campaign.content.testimony_policy import TestimonyPolicy
from campaign.crypto.keys import Keys
from campaign.database import Database
from campaign.web.rate_limits import RateLimiter
from campaign.web.request_checks import FormToken

if TYPE_CHECKING:
    from campaign.petition.active_key import ActiveKey
    from campaign.petition.snapshot import SnapshotCache
    from campaign.web.page_cache import PageCache, StaticFiles


@dataclass(frozen=True)
class AppState:
    """The state of one site; all of it is in `app.extensions["campaign"]`."""

    settings: Settings
    database: Database
    keys: Keys
    rate_limiter: RateLimiter
    form_token: FormToken
    policy: TestimonyPolicy
    texts: dict[str, Texts]
    texts_after_withdrawal: dict[str, Texts]  # once the testimony is withdrawn
    snapshots: "SnapshotCache"
    active_key: "ActiveKey"
    page_cache: "PageCache"
    static_files: "StaticFiles"


def state() -> AppState:
    """Return the state of the site that serves this request."""
    found: AppState = current_app.extensions["campaign"]
    return found
