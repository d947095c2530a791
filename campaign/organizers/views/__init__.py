"""The pages of the desk. Importing the package registers them on `bp`."""

from campaign.organizers import bp
from campaign.organizers.views import accounts, audit, exports, login, overview, removals, requests, review, setup, signatures

__all__ = ["accounts", "audit", "bp", "exports", "login", "overview", "removals", "requests", "review", "setup", "signatures"]
