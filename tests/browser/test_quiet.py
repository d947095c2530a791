"""The whole way through the site asks no other host, keeps nothing in the browser and breaks no rule of its own policy."""

from playwright.sync_api import BrowserContext

from tests.browser.people import Signer
from tests.browser.places import visit

WATCH = """window.broken = [];
addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective + " " + event.blockedURI));"""
KEPT = "async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"


def test_nothing_is_asked_of_others_and_nothing_is_kept(context: BrowserContext, all_places: dict, signer: Signer) -> None:
    context.add_init_script(WATCH)
    page = context.new_page()
    asked, said, broken, kept = [], [], [], []
    context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    for name, address in all_places[signer.language].items():
        visit(page, name, address)
        page.wait_for_load_state("load")
        broken += page.evaluate("window.broken")
        kept.append(page.evaluate(KEPT))

    assert [url for url in asked if not url.startswith((signer.campaign.url + "/", "data:"))] == []
    assert kept == [["", 0, 0, 0]] * len(kept)
    assert context.cookies() == []
    assert broken == []
    assert [words for words in said if "status of 4" not in words] == []  # pages that say 404 and 422 on purpose
