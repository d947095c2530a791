"""Every page of the site in every state it is seen in, for tests that look at all of them, and for `make pictures`."""

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from campaign.config import TRANSLATIONS
from campaign.database import Database
from campaign.identity import Identity
from campaign.petition.published import TextKind, new_row
from campaign.petition.supporters import Supporter
from tests.browser.people import Signer
from tests.servers import Campaign

READ = {
    "home": "",
    "testimony": "testimony",
    "beside": "testimony/beside/{other}",
    "petition": "petition",
    "versions": "petition/versions",
    "version": "petition/versions/1",
    "sign": "sign",
    "sign-mistakes": "sign",
    "sign-question": "sign",
    "sent": "sign/sent",
    "sent-to": "sign",
    "thanks": "sign/thanks",
    "thanks-held": "sign/thanks?review=y",
    "link": "link",
    "link-sent": "link/sent",
    "deleted": "sign/deleted",
    "withdrawn": "sign/withdrawn",
    "expired": "confirm/of-no-letter",
    "unsubscribe": "unsubscribe/of-no-letter",
    "signatures": "signatures",
    "report": "signatures/report",
    "reported": "signatures/reported",
    "about": "about",
    "privacy": "privacy",
    "accessibility": "accessibility",
    "mirrors": "mirrors",
    "write": "write",
    "embed": "embed",
    "updates": "updates",
    "update": "updates/a-sample",
    "update-missing": "updates/only-arabic",
    "not-found": "nothing-here",
}
SHOWN = "Layla H."


NEWS = {
    "a-sample": {
        "en": "A sample of news, to see its looks\n\nIt says nothing, with **words** that stand out and [a link](/en/about).\n\n"
        "- One\n- Two",
        "ar": "خبر تجريبي لرؤية شكل الصفحة\n\nلا يقول شيئًا، وفيه **كلمات** بارزة و[رابط](/ar/about).\n\n- واحد\n- اثنان",
    },
    "only-arabic": {"ar": "خبر تجريبي بالعربية وحدها\n\nلا يقول شيئًا."},
}


def first_office(texts: Path) -> str:
    """The key of the first addressee of the campaign whose texts these are."""
    return str(Identity.read(texts).addressees[0]["key"])


SAMPLE_OF = first_office(TRANSLATIONS)  # nothing was delivered to it
DELIVERY: tuple[dict[str, Any], ...] = (
    {"kind": "planned", "day": date(2026, 11, 2)},
    {
        "kind": "handed over",
        "day": date(2026, 11, 2),
        "means": "post",
        "receipt": "A sample",
        "words": {"en": "A sample, to see its looks: nothing was handed over.", "ar": "نموذج لرؤية شكل الصفحة: لم يُسلَّم شيء."},
    },
    {
        "kind": "answered",
        "day": date(2026, 11, 9),
        "language": "de",
        "quote": "Ein Muster, um zu sehen, wie es aussieht.\nNiemand hat das geschrieben.",
    },
    {"kind": "translated", "day": date(2026, 11, 9), "about": 3, "language": "en", "quote": "A sample.", "standing": "machine"},
    {"kind": "left out", "day": date(2026, 11, 9), "about": 3, "words": {"ar": "نموذج بالعربية وحدها."}},
)


CONSENT = "A sample: nobody has consented"
SUPPORTERS: tuple[dict[str, Any], ...] = (
    {
        "kind": "organisation",
        "names": {"en": "A sample of an organisation", "ar": "منظمة تجريبية"},
        "descriptions": {"en": "It does not exist, and is here to see its looks", "ar": "لا وجود لها، وهي هنا لرؤية شكل الصفحة"},
        "web": "https://a-sample-of-an-organisation-with-a-long-name.example/%D9%85%D8%AB%D8%A7%D9%84_of_an_address_without_a_space",
        "shown_on": date(2026, 11, 2),
    },
    {
        "kind": "person",
        "names": {"en": "Asampleofapersonwithalongnamewithoutspaces"},
        "descriptions": {},
        "web": "",
        "shown_on": None,
    },
    {
        "kind": "person",
        "names": {"ar": "شخصية تجريبية"},
        "descriptions": {"en": "A sample"},
        "web": "",
        "shown_on": date(2026, 11, 2),
    },
)


def publish_sample(campaign: Campaign, office: str = SAMPLE_OF) -> None:
    """Publish updates, a delivery and supporters that are marked as samples, before the campaign is served."""
    with closing(Database("", campaign.data)) as database, database.writing() as session:
        session.add_all(
            new_row((TextKind.UPDATE, key), {"names": names}, date(2026, 11, day), set_by="1")
            for day, (key, names) in enumerate(NEWS.items(), 1)
        )
        session.add_all(Supporter(consent=CONSENT, **one) for one in SUPPORTERS)
        for event in DELIVERY:
            session.add(new_row((TextKind.EVENT, office), {"office": office} | event, event["day"], set_by="1"))
            session.flush()


def other_than(language: str) -> str:
    """The other of the two languages."""
    return "ar" if language == "en" else "en"


def places(campaign: Campaign, language: str) -> dict[str, str]:
    """The addresses by name. Some need a letter: two people sign, one confirms."""
    found = {name: f"/{language}/{path.format(other=other_than(language))}" for name, path in READ.items()}
    waiting = Signer(campaign, language).sign()
    confirmed = Signer(campaign, language).sign(shown_as=SHOWN, country="SY").confirm()
    link = confirmed.link()
    letters = {"confirm": waiting.link(), "withdraw": f"{link}?ask=withdraw", "yours": f"{link}?changed=show"}
    return {"chooser": "/"} | found | letters | {"yours-mistakes": link}


def visit(page: Page, name: str, address: str) -> None:
    """Opens a page and brings it into its state."""
    page.goto(address)
    if name == "sign-mistakes":
        page.locator("main form .button").click()
        page.locator("#errors").wait_for()
    if name in {"sign-question", "sent-to"}:
        page.locator("#name").fill("Layla Haddad")
        page.locator("#email").fill("layla@gmial.com")
        page.locator("#consent").check()
        page.locator("main form .button").click()
        page.locator("button[name=answer]").first.wait_for()
    if name == "sent-to":
        page.locator("button[name=answer]").last.click()
        page.wait_for_url("**/sign/sent**")
    if name == "yours-mistakes":
        page.locator("#shown_as").fill("=1")
        page.locator("button[value=show]").click()
        page.locator("#errors").wait_for()
