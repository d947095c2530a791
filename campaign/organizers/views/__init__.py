"""The pages of the desk, one module for each way in its navigation. Importing the package registers them on `bp`."""

from campaign.organizers import bp
from campaign.organizers.views import (
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

__all__ = [
    "accounts",
    "audit",
    "bp",
    "exports",
    "key",
    "login",
    "overview",
    "removals",
    "requests",
    "review",
    "setup",
    "signatures",
]
