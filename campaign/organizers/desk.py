"""The desk as a whole: each module of pages registers its addresses on the room."""

from campaign.organizers.room import room
from campaign.organizers.views import (
    account,
    accounts,
    audit,
    entrance,
    exports,
    key,
    overview,
    removals,
    requests,
    review,
    setting_up,
    signatures,
)

PAGES = (entrance, setting_up, overview, signatures, removals, review, exports, requests, audit, accounts, key, account)

__all__ = ["PAGES", "room"]
