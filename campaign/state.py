"""What every request uses, made once by `create_app`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from campaign.config import Settings
from campaign.content.pages import Texts
from campaign.content.testimony_policy import TestimonyPolicy
from campaign.crypto.keys import Keys
from campaign.database import Database
from campaign.identity import Identity
from campaign.outbox.quota import Quota
from campaign.web.rate_limits import RateLimiter
from campaign.web.request_checks import FormToken

if TYPE_CHECKING:
    from campaign.petition.active_key import ActiveKey
    from campaign.petition.published import Words
    from campaign.petition.snapshot import SnapshotCache
    from campaign.public.copies import ZippedMirror
    from campaign.web.page_cache import PageCache, StaticFiles


@dataclass(frozen=True)
class AppState:
    """The state of one site; all of it is in `app.extensions["campaign"]`."""

    settings: Settings
    identity: Identity
    database: Database
    keys: Keys
    rate_limiter: RateLimiter
    form_token: FormToken
    policy: TestimonyPolicy  # as the files have it; what pages go by is in `snapshots`
    snapshots: "SnapshotCache"
    active_key: "ActiveKey"
    page_cache: "PageCache"
    zipped_mirror: "ZippedMirror"
    static_files: "StaticFiles"

    @property
    def texts(self) -> dict[str, Texts]:
        """Return the texts by language as they are shown now: with the published letter, without a withdrawn testimony."""
        return self.snapshots.shown().texts

    @property
    def words(self) -> "Words":
        """Return the campaign's own words as they are published."""
        return self.snapshots.shown().words

    @property
    def quota(self) -> Quota | None:
        """Return the quota of the mail server, if the settings name one."""
        return Quota.of(self.settings.mail_url)


def state() -> AppState:
    """Return the state of the site that serves this request."""
    found: AppState = current_app.extensions["campaign"]
    return found
