"""Passing it on: plain links in neutral words, on every page that people read, whether or not they have signed."""

from urllib.parse import unquote

import pytest

from campaign.database import now
from campaign.petition.signing import withdraw_testimony
from tests.people import parse, publish
from tests.servers import on_sqlite

PAGES = {"": "", "testimony": "testimony", "petition": "petition", "sign/thanks": ""}  # and the address that is passed on
TELLS = {"en": ("I signed", "I have signed", "my signature"), "ar": ("وقّعت", "وقعت", "توقيعي")}


def shared(page):
    """Return every address of the row, readable, and the words for the device."""
    tree = parse(page)
    links = [a for ul in tree.iter("ul") if ul.get("class") == "share" for a in ul.iter("a")]
    button = next(button for button in tree.iter("button") if button.get("data-share"))
    return links, [unquote(a.get("href")) for a in links] + [button.get("data-share"), button.get("value")]


@on_sqlite
@pytest.mark.parametrize("path", PAGES)
def test_the_row_passes_on_an_address_of_the_site_and_says_nothing_of_who_sends_it(somebody, path):
    there = f"http://localhost:8000/{somebody.language}/{PAGES[path]}"

    links, words = shared(somebody.read(f"/{somebody.language}/{path}").text)

    hosts = [a.get("href").split("/")[2] for a in links if "://" in a.get("href")]
    assert hosts == ["wa.me", "www.facebook.com", "t.me", "x.com", "mastodonshare.com"]
    assert links[-1].get("href").startswith("mailto:?subject=")
    for a, address in zip(links, words, strict=False):
        assert there in address
        assert "utm" not in address
        assert set(a.get("rel").split()) >= {"noopener", "noreferrer"}
    assert words[-1] == there
    assert {"en": "A made-up testimony from Velora", "ar": "شهادة مُختلَقة من فيلورا"}[somebody.language] in words[-2]
    assert [tell for tell in TELLS[somebody.language] if tell in "\n".join(words)] == []


@on_sqlite
def test_with_the_testimony_withdrawn_the_words_say_nothing_of_it(app, somebody):
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        withdraw_testimony(session, now().date())
    publish(app)

    for path in ("", "petition", "sign/thanks"):
        words = "\n".join(shared(somebody.read(f"/{somebody.language}/{path}").text)[1])
        assert [word for word in ("testimony", "Velora", "شهادة", "فيلورا") if word in words] == []


@on_sqlite
def test_the_signers_own_page_offers_nothing_to_share(somebody, layla):
    assert 'class="share"' not in somebody.read(layla.replace("/en/", f"/{somebody.language}/")).text
