"""An update as an e-mail, in each language: written on the site, sealed, and sent by the machine that has the key for news."""

from flask import current_app
from flask_babel import gettext

from campaign.content.plain_text import plain_text
from campaign.languages import LANGUAGES, speaking
from campaign.petition.updates import Update


def write_news(update: Update, origin: str) -> dict[str, dict[str, str]]:
    """Return subject and body of an update by language; the address that ends the news belongs behind the body.

    Where the update is missing in a language, its e-mail says so and has the words of another one.
    """
    return {code: _write(update, code, origin) for code in LANGUAGES}


def _write(update: Update, code: str, origin: str) -> dict[str, str]:
    shown = update.language(code).code
    words = plain_text(update.words[shown].partition("\n")[2], origin)
    with speaking(code):
        body = current_app.jinja_env.get_template("emails/news.txt").render(
            note=""
            if shown == code
            else gettext("This update is not available in this language yet. It follows in another language."),
            words=words,
            url=f"{origin}/{code}/updates/{update.key}",
        )
    return {"subject": update.headline(code), "body": body.strip() + "\n\n"}
