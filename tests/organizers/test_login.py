"""Getting in: with passphrase and code, and in no other way; and out again."""

import pytest

from campaign import create_app, instance
from campaign.config import Settings
from tests.organizers.conftest import Organizer
from tests.servers import on_sqlite

PUBLIC = ("/", "/en/", "/ar/", "/en/sign", "/en/privacy", "/en/signatures", "/en/nothing", "/api/v1/petition.json")


def test_an_organizer_enters_with_passphrase_and_code_and_sees_the_desk(omar):
    answer = omar.read()

    assert answer.status_code == 200
    assert "omar@example.org" in answer.text


@pytest.mark.parametrize("typed", [{"email": "nobody@example.org"}, {"passphrase": "wrong wrong wrong"}, {"code": "000000"}])
def test_whatever_is_wrong_the_answer_is_the_same(new_account, typed):
    omar = new_account("omar@example.org")
    usual = omar.enter(passphrase="wrong and wrong again")

    answer = omar.enter(**typed)

    assert answer.status_code == usual.status_code == 422
    assert "That did not work." in answer.text
    assert omar.read().status_code == 303


def test_an_organizer_may_write_the_address_in_capitals_and_the_code_with_spaces(new_account):
    omar = new_account("omar@example.org")
    code = omar.code()

    assert omar.enter(email=" OMAR@Example.org ", code=f"{code[:3]} {code[3:]}").status_code == 303


def test_somebody_who_forgets_a_field_is_told_which_and_what_was_typed_stays_but_for_the_passphrase(new_account):
    omar = new_account("omar@example.org")

    answer = omar.enter(code="")

    assert answer.status_code == 422
    assert "Enter a code." in answer.text
    assert 'value="omar@example.org"' in answer.text
    assert "olives ripen" not in answer.text


def test_whoever_is_not_logged_in_is_sent_to_the_way_in_and_from_there_where_they_wanted_to_go(new_account):
    omar = new_account("omar@example.org")
    sent = omar.read("audit?before=3")

    answer = omar.enter_at(sent.location)

    assert answer.location == "/en/organize/audit?before=3"


@on_sqlite
@pytest.mark.parametrize(
    "away",
    [
        "//evil.test/",
        "/\\evil.test",
        "https://evil.test/en/organize/",
        "//en/organize/audit",
        "////en/organize/",
        "///en/organize/audit",
        "/en/",
        "/en/organize/leave",
        "en/organize/audit",
        "/en/organize/audit?before=3%0d%0aX-Evil:1",
        "/%09/evil.test",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_away_from_the_desk_by_a_link_to_the_way_in(new_account, away):
    omar = new_account("omar@example.org")

    assert omar.enter_at(f"/en/organize/enter?next={away}").location == "/en/organize/"


def test_who_logs_out_is_out_also_with_a_copy_of_the_cookie(omar):
    copy = omar.client.get_cookie("desk").value

    assert omar.send("leave").status_code == 303

    omar.client.set_cookie("desk", copy)
    assert omar.read().status_code == 303


@on_sqlite
def test_the_public_pages_set_no_cookie_and_do_not_depend_on_one_also_for_an_organizer(omar, visitor):
    for path in PUBLIC:
        answer = omar.client.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert "cookie" not in answer.headers.get("Vary", "").lower(), path
        assert answer.data == visitor.read(path).data, path


@on_sqlite
def test_nothing_of_the_desk_is_kept_found_or_told_to_others(omar, visitor):
    for answer in (omar.read(), omar.read("audit"), omar.read("nothing"), visitor.read("/en/organize/enter")):
        assert answer.headers["Cache-Control"] == "no-store"
    answer = omar.read("account")
    assert (answer.headers["X-Robots-Tag"], answer.headers["Referrer-Policy"]) == ("noindex", "same-origin")
    assert "/organize" not in visitor.read("/sitemap.xml").text
    assert "canonical" not in answer.text


@on_sqlite
@pytest.mark.parametrize(
    ("origin", "prefix", "is_secure"),
    [
        ("https://petition.example.org", "__Host-", True),
        ("https://nida.example", "__Host-", True),
        (f"http://{'a2' * 28}.onion", "", False),
    ],
)
def test_the_cookies_belong_to_this_host_alone_and_no_script_reads_them(
    tmp_path, database_url, make_account, origin, prefix, is_secure
):
    settings = Settings(
        data=tmp_path / "https",
        base_url=f"https://petition.example.org https://nida.example http://{'a2' * 28}.onion",
        mail_url="smtp://localhost:1",
        mail_from="c@example.org",
    )
    instance.prepare(settings)
    app = create_app(settings)
    omar: Organizer = make_account(app, "omar@example.org", base_url=origin)

    entered = omar.enter()
    cookies = entered.headers.getlist("Set-Cookie")

    assert entered.status_code == 303
    assert sorted(cookie.partition("=")[0] for cookie in cookies) == [f"{prefix}desk", f"{prefix}desk-known"]
    for cookie in cookies:
        parts = set(cookie.split("; ")[1:])
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert ("Secure" in parts) == is_secure
        assert "Domain" not in cookie
    assert omar.read("account").status_code == 200
    assert omar.send("leave").status_code == 303
    app.extensions["campaign"].database.close()
