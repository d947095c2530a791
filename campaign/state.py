"""What every room stands on, made once by `create_app`."""

from dataclasses import dataclass

from flask import current_app

from campaign.config import Settings
from campaign.content.pages import Texts
from campaign.content.testimony_policy import Care
from campaign.crypto.sealing import Keys
from campaign.database import Database
from campaign.web.request_checks import Gate, Stamp


@dataclass(frozen=True)
class Site:
    """The foundations of one site."""

    settings: Settings
    database: Database
    keys: Keys
    gate: Gate
    stamp: Stamp
    care: Care
    texts: dict[str, Texts]
    remaining: dict[str, Texts]  # once the testimony is withdrawn


def site() -> Site:
    """The site that serves this request."""
    found: Site = current_app.extensions["site"]
    return found
