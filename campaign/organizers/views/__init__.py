"""The pages of the desk. Importing the package registers them on `bp`."""

from campaign.organizers import bp
from campaign.organizers.views import (
    accounts,
    emails,
    emergency,
    exports,
    going_public,
    inquiries,
    login,
    news,
    overview,
    plan,
    requests,
    review,
    signatures,
    trends,
    word_edit,
    word_publish,
    words,
)

__all__ = [
    "accounts",
    "bp",
    "emails",
    "emergency",
    "exports",
    "going_public",
    "inquiries",
    "login",
    "news",
    "overview",
    "plan",
    "requests",
    "review",
    "signatures",
    "trends",
    "word_edit",
    "word_publish",
    "words",
]
