"""What every room stands on, made once by `create_app`."""

from dataclasses import dataclass

from flask import current_app

from campaign.care.caring import Care
from campaign.config import Settings
from campaign.database import Database
from campaign.gate import Gate, Stamp
from campaign.sealing import Keys
from campaign.texts import Texts


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
