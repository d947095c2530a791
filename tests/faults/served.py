"""What the tests of faults ask of a campaign that is served: forms one after the other, pages, its database."""

import json

import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.outbox.queue import OutboxMessage
from tests.faults.crowd import Answer, ask, lines, post, together
from tests.servers import Campaign

READING = ("/en/", "/ar/", "/en/testimony", "/ar/petition", "/en/sign", "/api/v1/petition.json", "/healthz")


def settings_of(campaign: Campaign) -> Settings:
    """The settings that a served campaign has, as far as its database needs them."""
    return Settings(data=campaign.data, database_url=campaign.env["CAMPAIGN_DATABASE_URL"])


def letters_of(campaign: Campaign) -> int:
    """How many letters the outbox holds, sent ones too."""
    opened = instance.open_database(settings_of(campaign))
    with opened.reading() as session:
        number = session.scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) or 0
    opened.close()
    return number


def send(campaign: Campaign, blank: dict[str, str], *addresses: str) -> list[Answer]:
    """One form after the other."""

    async def sending() -> list[Answer]:
        async with lines(campaign.port, 1) as (line,):
            forms = (blank | {"name": "Layla Haddad", "email": address} for address in addresses)
            return [await line.ask(post(campaign.port, "/en/sign", form)) for form in forms]

    return together(sending())


def reading(campaign: Campaign) -> dict[str, int]:
    """What a reader gets of each page."""
    return {path: together(ask(campaign.port, path)).status for path in READING}


def readiness(campaign: Campaign) -> dict[str, object]:
    """What /readyz says."""
    found: dict[str, object] = json.loads(together(ask(campaign.port, "/readyz")).body)
    return found
