"""The words and the links to pass the campaign on. They never say that somebody has signed."""

from urllib.parse import quote

from flask_babel import gettext

from campaign.identity import Identity


def share_text(identity: Identity, code: str, *, is_testimony_withdrawn: bool) -> str:
    """Return the words in a language that are ready to be sent with an address of the site."""
    return identity.in_language(identity.share_without_testimony if is_testimony_withdrawn else identity.share, code)


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
