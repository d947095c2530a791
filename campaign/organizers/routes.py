"""The desk as a whole: each module of pages registers its addresses on the room."""

from campaign.organizers.blueprint import bp
from campaign.organizers.views import (
    account,
    accounts,
    audit,
    exports,
    key,
    login,
    overview,
    removals,
    requests,
    review,
    setup,
    signatures,
)

PAGES = (login, setup, overview, signatures, removals, review, exports, requests, audit, accounts, key, account)

__all__ = ["PAGES", "bp"]
