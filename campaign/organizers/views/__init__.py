"""The pages of the desk. Importing the package registers them on `bp`."""

from campaign.organizers import bp
from campaign.organizers.views import accounts, exports, login, overview, requests, review, signatures

__all__ = ["accounts", "bp", "exports", "login", "overview", "requests", "review", "signatures"]
