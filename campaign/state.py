"""What every room stands on, made once by `create_app`."""

from dataclasses import dataclass

from flask import current_app

from campaign.config import Settings
from campaign.content.pages import Texts
from campaign.content.testimony_policy import TestimonyPolicy
from campaign.crypto.sealing import Keys
from campaign.database import Database
from campaign.web.request_checks import FormToken, RateLimiter


@dataclass(frozen=True)
class AppState:
    """The foundations of one site."""

    settings: Settings
    database: Database
    keys: Keys
    rate_limiter: RateLimiter
    form_token: FormToken
    policy: TestimonyPolicy
    texts: dict[str, Texts]
    texts_after_withdrawal: dict[str, Texts]  # once the testimony is withdrawn


def state() -> AppState:
    """The site that serves this request."""
    found: AppState = current_app.extensions["site"]
    return found
