"""Links that pass the petition on: plain addresses of the services, without a script, a pixel or a word about the sharer."""

from urllib.parse import quote

from flask_babel import gettext


def share_links(url: str, text: str) -> list[tuple[str, str]]:
    """The services' names and addresses, the most used among Syrians first. Signal has no address that shares a link."""
    there, words, both = quote(url, safe=""), quote(text, safe=""), quote(f"{text}\n{url}", safe="")
    return [
        (gettext("WhatsApp"), f"https://wa.me/?text={both}"),
        (gettext("Facebook"), f"https://www.facebook.com/sharer/sharer.php?u={there}"),
        (gettext("Telegram"), f"https://t.me/share/url?url={there}&text={words}"),
        (gettext("X"), f"https://x.com/intent/post?text={words}&url={there}"),
        (gettext("Mastodon"), f"https://mastodonshare.com/?text={both}"),
        (gettext("E-mail"), f"mailto:?subject={words}&body={both}"),
    ]
