"""Opens a site with all its languages and prints what was found as JSON: `python -m tests.translation.all_languages DATA`."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import ngettext

from campaign import create_app, instance
from campaign.config import Settings
from campaign.languages import LANGUAGES, countries, day, digits, negotiate, number, speaking
from campaign.public.mirror import mirror_files
from tests.people import PostOffice, Visitor, link_in, parse, publish
from tests.servers import Mailbox

NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100, 1000, 1_000_000)
WISHES = ("fa-IR,en;q=0.5", "fr-CA,fr;q=0.9", "pes", "fa_AF", "en-GB,fr;q=0.9")


def addresses(app: Flask, code: str) -> list[str]:
    """Every address of a language that answers GET and asks for no token."""
    routes, other = app.url_map.bind("localhost"), next(other for other in LANGUAGES if other != code)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and "lang" in rule.arguments]
    values = {"lang": code, "other": other, "number": 1}
    return [
        routes.build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for rule in rules
        if rule.arguments <= values.keys()
    ]


def page(answer: Any) -> dict[str, Any]:
    """What is found on an answer."""
    found = {"status": answer.status_code, "kind": answer.mimetype, "size": len(answer.data)}
    if answer.mimetype == "text/html":
        tree = parse(answer.text)
        heads = ["".join(head.itertext()).strip() for head in tree.iter("h1")]
        switch = [link.get("hreflang") for link in tree.iter("a") if link.get("hreflang")]
        title = "".join(tree.find("head/title").itertext())
        found |= {"lang": tree.get("lang"), "dir": tree.get("dir"), "title": title, "h1": heads, "switch": switch}
    return found


def story(app: Flask, code: str, office: PostOffice) -> dict[str, Any]:
    """One signature from the form to the signer's own page."""
    somebody = Visitor(app.test_client(), code)
    wrong = somebody.sign(name="", email="")
    sent = somebody.sign(name="نسرین", email=f"nasrin.{code}@example.org", shown_as="نسرین", country="IR")
    letter = office.deliver()[-1]
    link = link_in(letter)
    asked, pressed = somebody.read(link), somebody.press(link)
    publish(app)
    return {
        "wrong": page(wrong),
        "sent": page(somebody.read(sent.location)),
        "letter": [letter["Subject"], letter.get_content(), link],
        "asked": page(asked),
        "own": page(somebody.read(pressed.location or link)),
        "error": page(somebody.read(f"/{code}/nowhere")),
        "withdrawn": page(somebody.read(somebody.press(link, act="withdraw").location)),
    }


def said(app: Flask, code: str) -> dict[str, Any]:
    """Numbers, days, countries and a counted message as a language says them."""
    with app.app_context(), speaking(code) as language:
        words = "%(count)s signature", "%(count)s signatures"
        counted = {str(count): str(ngettext(*words, count, count=number(count, language))) for count in NUMBERS}
    return {"counted": counted, "countries": dict(countries(code)), "number": number(1284, language)}


def main() -> None:
    """Everything at once."""
    with Mailbox() as mailbox:
        settings = Settings(data=Path(sys.argv[1]), mail_url=mailbox.url, mail_from="campaign@example.org")
        instance.prepare(settings)
        app = create_app(settings)
        client, office = app.test_client(), PostOffice(app, mailbox.letters)
        found = {
            "languages": {code: [language.name, language.dir] for code, language in LANGUAGES.items()},
            "negotiated": {wish: getattr(negotiate(wish), "code", None) for wish in WISHES},
            "api": json.loads(client.get("/api/v1/petition.json").text)["languages"],
            "sitemap": client.get("/sitemap.xml").text,
            "alternates": [
                link.get("hreflang") for link in parse(client.get("/fa/about").text).iter("link") if link.get("hreflang")
            ],
            "digits": digits("۲۰۲۶-۱۱-۰۲"),
            "day": {code: day(date(2018, 8, 10), language) for code, language in LANGUAGES.items()},
            "stories": {code: story(app, code, office) for code in ("fa", "fr")},
            "pages": {path: page(client.get(path)) for code in LANGUAGES for path in addresses(app, code)},
            "mirror": [name for name, _ in mirror_files(app)],
            "said": {code: said(app, code) for code in ("fa", "fr")},
        }
        app.extensions["campaign"].database.close()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
