"""More than one address: the site answers at each as at the first, and each has cookies, headers and kept pages of its own."""

from urllib.parse import urlsplit

import pytest

from campaign import create_app
from campaign.public.mirror import mirror_files
from tests.people import PostOffice, hidden_fields, link_in
from tests.servers import on_sqlite

pytestmark = on_sqlite
FIRST, SECOND, ONION = "https://petition.example.org", "https://nida.example", f"http://{'a2' * 28}.onion"
HSTS = "Strict-Transport-Security"


@pytest.fixture
def app_at_three(settings):
    """The site with two domains and an address in the Tor network."""
    made = create_app(settings.model_copy(update={"base_url": f"{FIRST} {SECOND} {ONION}"}))
    yield made
    made.extensions["campaign"].database.close()


@pytest.fixture
def browser(app_at_three):
    """A browser that has no page yet."""
    return app_at_three.test_client()


def headers_at(browser, origin, path="/en/"):
    """Return the headers of a page as it comes from one of the addresses."""
    answer = browser.get(path, base_url=origin)
    assert answer.status_code == 200, (origin, path)
    return answer.headers


def test_pages_are_the_same_at_each_address_and_their_canonical_address_is_the_first(browser):
    for path in ("/en/", "/ar/sign", "/feed.xml", "/api/v1/petition.json", "/robots.txt", "/sitemap.xml"):
        at_first = browser.get(path, base_url=FIRST).text
        for origin in (SECOND, ONION):
            assert browser.get(path, base_url=origin).text == at_first, path
    assert f'<link rel="canonical" href="{FIRST}/en/">' in browser.get("/en/", base_url=ONION).text


@pytest.mark.parametrize("order", [(FIRST, SECOND, ONION), (ONION, SECOND, FIRST)])
def test_a_kept_page_is_never_given_out_at_another_address(browser, order):
    for _ in range(2):
        found = {origin: headers_at(browser, origin) for origin in order}

        assert [HSTS in found[one] for one in (FIRST, SECOND, ONION)] == [True, True, False]
        assert [found[one].get("Onion-Location") for one in (FIRST, SECOND, ONION)] == [f"{ONION}/en/", f"{ONION}/en/", None]


def test_each_page_names_its_own_address_in_the_tor_network(browser):
    for path in ("/ar/testimony", "/ar/sign", "/en/link"):
        assert headers_at(browser, FIRST, f"{path}?utm_source=x")["Onion-Location"] == f"{ONION}{path}"


def test_neither_the_desk_nor_a_file_nor_an_error_names_one(browser):
    for path in ("/en/organize/enter", "/en/testimony.txt", "/api/v1/petition.json", "/en/nowhere", "/"):
        found = browser.get(path, base_url=FIRST, headers={"Accept-Language": "ar"})
        assert "Onion-Location" not in found.headers, path


def test_nothing_names_one_where_there_is_none(visitor):
    assert "Onion-Location" not in visitor.read("/en/").headers


def test_an_address_that_is_not_in_the_settings_is_none_of_ours(browser):
    for origin in ("https://other.example", f"http://{'b2' * 28}.onion", "http://localhost"):
        assert browser.get("/ar/", base_url=origin).status_code == 400


def sign_at(browser, origin, sent_from, fetched="same-origin"):
    """Send the form at one address as a browser does whose page is from another."""
    fields = hidden_fields(browser.get("/en/sign", base_url=sent_from).text, "/sign")
    headers = {"Origin": sent_from} | ({"Sec-Fetch-Site": fetched} if fetched else {})
    typed = {"name": "Layla", "email": "layla@example.org"}
    return browser.post("/en/sign", data=fields | typed, base_url=origin, headers=headers)


@pytest.mark.parametrize("origin", [FIRST, SECOND, ONION])
def test_a_form_is_taken_at_each_address_and_its_email_leads_to_the_first(app_at_three, browser, mailbox, origin):
    answer = sign_at(browser, origin, origin)

    assert answer.status_code == 303
    assert answer.location.startswith("/en/sign/sent")
    [letter] = PostOffice(app_at_three, mailbox.letters).deliver()
    assert f"{FIRST}/en/confirm/" in letter.get_content()
    for other in (FIRST, SECOND, ONION):  # as of an e-mail from when another was the first
        path = urlsplit(link_in(letter)).path
        assert browser.post(path, data={"act": "confirm"}, base_url=other).status_code == 303
        assert browser.get(path, base_url=other).status_code == 200


@pytest.mark.parametrize("fetched", ["cross-site", ""])
def test_a_form_that_stands_at_another_address_of_ours_is_refused(browser, fetched):
    assert sign_at(browser, SECOND, FIRST, fetched).status_code == 400
    assert sign_at(browser, FIRST, ONION, fetched).status_code == 400


def test_a_form_from_another_port_of_the_same_host_is_refused(browser):
    typed = hidden_fields(browser.get("/en/sign", base_url=FIRST).text, "/sign") | {"name": "Layla", "email": "layla@example.org"}
    for sent_from in ("http://petition.example.org:8080", f"{FIRST}:8443", f"{FIRST}:99999"):
        answer = browser.post("/en/sign", data=typed, base_url=FIRST, headers={"Origin": sent_from})
        assert answer.status_code == 400, sent_from

    assert browser.post("/en/sign", data=typed, base_url=FIRST, headers={"Origin": f"{FIRST}:443"}).status_code == 303


def test_the_page_about_copies_names_each_address_and_so_does_a_copy(app_at_three, browser, visitor):
    for origin in (FIRST, ONION):
        page = browser.get("/en/mirrors", base_url=origin).text
        assert [f'href="{one}/en/"' in page for one in (FIRST, SECOND, ONION)] == [True, True, True]
        assert "only in Tor Browser" in page
    assert "The addresses of this site" not in visitor.read("/en/mirrors").text

    copied = dict(mirror_files(app_at_three))["ar/mirrors.html"].decode()
    assert [f'href="{one}/ar/"' in copied for one in (FIRST, SECOND, ONION)] == [True, True, True]
