"""Every page of the site in every state it is seen in, for tests that look at all of them, and for `make pictures`."""

from playwright.sync_api import Page

from tests.browser.people import Signer
from tests.servers import Campaign

READ = {
    "home": "",
    "testimony": "testimony",
    "beside": "testimony/beside/{other}",
    "petition": "petition",
    "sign": "sign",
    "sign-mistakes": "sign",
    "sign-question": "sign",
    "sent": "sign/sent",
    "sent-to": "sign",
    "deleted": "sign/deleted",
    "withdrawn": "sign/withdrawn",
    "expired": "confirm/of-no-letter",
    "signatures": "signatures",
    "report": "signatures/report",
    "reported": "signatures/reported",
    "about": "about",
    "privacy": "privacy",
    "accessibility": "accessibility",
    "mirrors": "mirrors",
    "embed": "embed",
    "not-found": "nothing-here",
}
SHOWN = "Layla H."


def other_than(language: str) -> str:
    """The other of the two languages."""
    return "ar" if language == "en" else "en"


def places(campaign: Campaign, language: str) -> dict[str, str]:
    """The addresses by name. Some need a letter: two people sign, one confirms."""
    found = {name: f"/{language}/{path.format(other=other_than(language))}" for name, path in READ.items()}
    waiting = Signer(campaign, language).sign()
    confirmed = Signer(campaign, language).sign(shown_as=SHOWN, country="SY").confirm()
    link = confirmed.link()
    letters = {"confirm": waiting.link(), "thanks": f"{link}?changed=confirm", "yours": f"{link}?changed=show"}
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
        page.wait_for_url("**/sign/sent?**")
    if name == "yours-mistakes":
        page.locator("#shown_as").fill("=1")
        page.locator("button[value=show]").click()
        page.locator("#errors").wait_for()
