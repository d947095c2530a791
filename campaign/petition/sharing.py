"""The words and the links to pass the campaign on. They never say that somebody has signed."""

from collections.abc import Mapping
from urllib.parse import quote

from flask_babel import gettext

from campaign.content.pages import Texts
from campaign.content.testimony_policy import author_pattern, says_name
from campaign.identity import Identity

FROM_FILE_ALONE = ("share", "share_without_testimony", "risk")  # what is shown of `campaign.toml` as it stands there


def share_text(identity: Identity, code: str, *, is_testimony_withdrawn: bool) -> str:
    """Return the words in a language that are ready to be sent with an address of the site."""
    return identity.in_language(identity.share_without_testimony if is_testimony_withdrawn else identity.share, code)


def places_that_name(identity: Identity, texts: Mapping[str, Texts]) -> list[str]:
    """Return where `campaign.toml` says a part of the author's name in words that only the file can change: `share.en`."""
    pattern = author_pattern(texts)
    said = ((place, code, words) for place in FROM_FILE_ALONE for code, words in getattr(identity, place).items())
    return [f"{place}.{code}" for place, code, words in said if says_name(pattern, words)]


def share_links(url: str, text: str) -> list[tuple[str, str]]:
    """Return the services' names and addresses. Signal has no address that shares a link."""
    there, words, both = quote(url, safe=""), quote(text, safe=""), quote(f"{text}\n{url}", safe="")
    return [
        (gettext("WhatsApp"), f"https://wa.me/?text={both}"),
        (gettext("Facebook"), f"https://www.facebook.com/sharer/sharer.php?u={there}"),
        (gettext("Telegram"), f"https://t.me/share/url?url={there}&text={words}"),
        (gettext("X"), f"https://x.com/intent/post?text={words}&url={there}"),
        (gettext("Mastodon"), f"https://mastodonshare.com/?text={both}"),
        (gettext("E-mail"), f"mailto:?subject={words}&body={both}"),
    ]
