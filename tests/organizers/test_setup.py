"""From the command that adds an organizer to the desk: link, passphrase, second factor, recovery codes."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import time_machine
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.database import now
from campaign.organizers.auth import factors
from campaign.organizers.models import Account, AuditEntry
from campaign.petition.published import TextKind, new_row
from tests.organizers.conftest import PASSPHRASE, Organizer
from tests.people import parse, rows
from tests.servers import on_sqlite

LINK = re.compile(r"http://localhost:8000(/(?:en|ar)/organize/set-up/[a-z2-7]{26})\n")


@pytest.fixture
def run(app, settings, monkeypatch):
    """Runs a command on the campaign's data folder."""
    for name in ("data", "database_url", "mail_url", "mail_from"):
        monkeypatch.setenv(f"CAMPAIGN_{name.upper()}", str(getattr(settings, name)))
    return lambda *words: CliRunner().invoke(main, words)


@pytest.fixture
def link(run):
    """Omar's link."""
    return LINK.fullmatch(run("organizers", "add", "omar@example.org").stdout)[1]


@pytest.fixture
def omar(app):
    """Omar with a browser, who has no account yet."""
    return Organizer(app, "omar@example.org", "")


def follow(organizer, link, passphrase=PASSPHRASE):
    """Does the first step, and begins the second: the app takes the secret."""
    token = field(organizer.read(link), "csrf_token")
    answer = organizer.post(link, csrf_token=token, new=passphrase, again=passphrase)
    if answer.status_code == 303:
        secret = next("".join(code.itertext()) for code in parse(organizer.read(link).text).iter("code"))
        organizer.secret = secret.replace(" ", "")
    return answer


def field(answer, name):
    """The value of a field on a page."""
    return next(one.get("value") for one in parse(answer.text).iter("input") if one.get("name") == name)


def finish(organizer, link, code):
    """Does the second step."""
    return organizer.post(link, csrf_token=field(organizer.read(link), "csrf_token"), code=code)


def test_an_organizer_sets_the_account_up_from_the_link_and_enters_with_what_they_set(omar, link):
    assert follow(omar, link).status_code == 303
    answer = finish(omar, link, pyotp.TOTP(omar.secret).now())
    codes = re.findall(r"(?:[a-z2-7]{4}-){3}[a-z2-7]{4}", answer.text)

    assert (answer.status_code, len(set(codes))) == (200, 10)
    assert omar.enter().status_code == 303
    omar.client.delete_cookie("desk")
    assert omar.enter(code=codes[0]).status_code == 303


def test_without_a_second_factor_nobody_gets_in(omar, link):
    follow(omar, link)

    assert finish(omar, link, "000000").status_code == 422
    assert omar.send("enter", email=omar.email, passphrase=PASSPHRASE, code=pyotp.TOTP(omar.secret).now()).status_code == 422
    assert omar.read().status_code == 303


def test_the_code_that_finished_the_setting_up_is_used_and_so_is_the_link(omar, link):
    follow(omar, link)
    code = pyotp.TOTP(omar.secret).now()
    finish(omar, link, code)

    assert omar.enter(code=code).status_code == 422 or pyotp.TOTP(omar.secret).now() != code
    assert omar.read(link).status_code == 404


def test_the_link_is_valid_for_three_days_and_only_its_hash_is_stored(omar, link, app):
    stored = repr([vars(account) for account in rows(app, Account)])

    assert link.rpartition("/")[2] not in stored
    with time_machine.travel(now() + timedelta(days=2, hours=23)):
        assert omar.read(link).status_code == 200
    with time_machine.travel(now() + timedelta(days=3, seconds=1)):
        assert omar.read(link).status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    "passphrase", ["", "too short", "fourteen chars", "aaaaaaaaaaaaaaaaaaaa", "my omar@example.org", "so long " * 26, "ش" * 30]
)
def test_a_passphrase_that_is_too_easy_is_refused_and_not_shown_again(omar, link, passphrase):
    answer = follow(omar, link, passphrase)

    assert answer.status_code == 422
    assert not passphrase or f'value="{passphrase}"' not in answer.text


@on_sqlite
@pytest.mark.parametrize("passphrase", ["الزيتون ينضج في تشرين", "fig umbra clock", "  spaces  count  "])
def test_a_passphrase_in_any_script_is_taken_and_works_however_it_is_composed(omar, link, passphrase):
    follow(omar, link, passphrase)
    finish(omar, link, pyotp.TOTP(omar.secret).now())

    assert omar.enter(passphrase=passphrase).status_code == 303


@on_sqlite
def test_the_secret_is_shown_as_a_picture_and_as_text_and_told_to_nobody_else(omar, link):
    follow(omar, link)

    answer = omar.read(link)

    assert "<svg" in answer.text
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert omar.secret in omar.read(link).text.replace(" ", "")  # again the same, for who was interrupted


@on_sqlite
def test_the_app_lists_the_desk_under_the_name_that_the_campaign_has_published(app, omar, link, monkeypatch):
    drawn = []
    make = factors.segno.make
    monkeypatch.setattr(factors.segno, "make", lambda address, **options: drawn.append(address) or make(address, **options))
    site = app.extensions["campaign"]
    with site.database.writing() as session:
        session.add(new_row((TextKind.TITLE, "en"), "A harbour: keep it", now().date()))
    site.snapshots.refresh()

    follow(omar, link)
    omar.read(link)

    assert {parse_qs(urlsplit(address).query)["issuer"][0] for address in drawn} == {"A harbour  keep it"}


def test_a_reset_makes_a_new_link_and_the_old_passphrase_is_over(omar, link, run):
    follow(omar, link)
    finish(omar, link, pyotp.TOTP(omar.secret).now())
    omar.enter()

    new = LINK.fullmatch(run("organizers", "reset", "omar@example.org", "--language", "ar").stdout)[1]

    assert omar.read().status_code == 303
    assert omar.enter().status_code == 422
    assert follow(omar, new, "figs ripen in august").status_code == 303


def test_the_commands_list_and_remove_accounts_and_say_what_is_wrong(run, app):
    run("organizers", "add", "Omar@example.org")
    run("organizers", "add", "hadi@example.org", "--role", "moderator")
    listed = run("organizers", "list").stdout

    assert listed == "hadi@example.org\tmoderator\tnot set up\nomar@example.org\torganizer\tnot set up\n"
    assert run("organizers", "add", "omar@EXAMPLE.org").exit_code == 1
    assert run("organizers", "remove", "omar@example.org").exit_code == 0
    assert run("organizers", "remove", "omar@example.org").stderr == "Error: There is no account for omar@example.org.\n"
    assert [line.act for line in rows(app, AuditEntry)] == ["account added", "account added", "account removed"]
