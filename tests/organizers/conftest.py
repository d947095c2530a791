"""The people of the desk: Omar and Nour organize, Hadi moderates. Each has a browser that keeps the desk's cookies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from campaign.database import now
from campaign.organizers import accounts, audit, ledger
from campaign.organizers.actions import DETAIL_LABELS
from campaign.organizers.auth import factors, guards, login
from campaign.organizers.auth.kept_form import CSRF_FIELD, CSRF_SALT, new_csrf_value
from campaign.organizers.models import MODERATOR, ORGANIZER, Desk
from campaign.state import AppState
from tests.organizers.exporting import Exporting
from tests.people import hidden_fields

PASSPHRASE = "olives ripen in november"


@dataclass
class Organizer:
    """Somebody of the desk, with a browser: it keeps cookies, and the token that every form carries."""

    app: Flask
    email: str
    secret: str
    language: str = "en"
    base_url: str = "http://localhost:8000"
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def url(self, path: str) -> str:
        """The address of a page of the desk, such as `signatures`."""
        return path if path.startswith("/") else f"/{self.language}/organize/{path}"

    def read(self, path: str = "") -> TestResponse:
        """Opens a page."""
        return self.client.get(self.url(path), base_url=self.base_url)

    def post(self, path: str, **fields: str) -> TestResponse:
        """Sends just this."""
        return self.client.post(self.url(path), data=fields, base_url=self.base_url)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Sends a form as its page would, with the session's token in it."""
        return self.post(path, **{"csrf_token": self.token()} | fields)

    def token(self) -> str:
        """The session's token, as every form of the desk carries it: also the one on the way in, and to log out."""
        with self.client.session_transaction(base_url=self.base_url) as session:
            value = session.get(CSRF_FIELD)
        if value:  # a page would say the same; most of the tests' time was spent on such pages
            site: AppState = self.app.extensions["campaign"]
            return str(URLSafeTimedSerializer(site.keys.desk, salt=CSRF_SALT).dumps(value))
        page = self.read("enter")
        page = page if page.status_code == 200 else self.read("account")
        return hidden_fields(page.text)["csrf_token"]

    def code(self) -> str:
        """A code that was not used yet: the app is taken to be a step further each time."""
        site: AppState = self.app.extensions["campaign"]
        with site.database.writing() as session:
            ledger.begin_change(session)
            accounts.get_account(session, self.email).last_step = 0
        return pyotp.TOTP(self.secret).now()

    def begin(self) -> None:
        """Is logged in, without the form: most tests begin after it, and it took a fifth of their time."""
        site: AppState = self.app.extensions["campaign"]
        with site.database.writing() as session:
            account = accounts.get_account(session, self.email)
            begun = login.begin_login(session, account, login.Credentials("", "", device=None), now())
        with self.client.session_transaction(base_url=self.base_url) as kept:
            kept[guards.SESSION_KEY], kept[CSRF_FIELD] = begun.token, new_csrf_value(account)
        self.client.set_cookie("desk-known", begun.device)

    def enter(self, **typed: str) -> TestResponse:
        """Logs in."""
        return self.enter_at("enter", **typed)

    def enter_at(self, path: str, **typed: str) -> TestResponse:
        """Logs in at an address that says where to go on."""
        fields = {"email": self.email, "passphrase": PASSPHRASE} | typed
        return self.send(path, **fields if "code" in fields else fields | {"code": self.code()})

    def prove(self) -> TestResponse:
        """Gives passphrase and code once more."""
        return self.send("again", passphrase=PASSPHRASE, code=self.code())


@pytest.fixture(autouse=True)
def _light_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with little work: what is tested here is who gets in, not how long it takes."""
    monkeypatch.setattr(factors, "hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    factors._dummy_hashes.clear()


@pytest.fixture(autouse=True)
def _audit_in_words(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, each line of the audit that came of it can be told in words."""
    app: Flask | None = request.getfixturevalue("app") if "app" in request.fixturenames else None
    yield
    if app:
        site: AppState = app.extensions["campaign"]
        with site.database.reading() as session:
            unnamed = {name for line in audit.read_entries(session) for name in line.facts if name not in DETAIL_LABELS}
        assert unnamed == set()


@pytest.fixture
def make_account() -> Callable[..., Organizer]:
    """Makes an account that is set up at some desk, and its owner with a browser that nobody has used."""

    def make(app: Flask, email: str, role: str = ORGANIZER, **browser: str) -> Organizer:
        site: AppState = app.extensions["campaign"]
        with site.database.writing() as session:
            accounts.add(session, email, role, now())
            account = accounts.get_account(session, email)
            accounts.choose_passphrase(session, account, factors.hash_passphrase(PASSPHRASE), site.keys.desk)
            secret = factors.totp_secret(site.keys.desk, account)
            session.flush()
            accounts.confirm_second_factor(session, account, pyotp.TOTP(secret).now(), site.keys.desk, now())
        return Organizer(app, email, secret, **browser)

    return make


@pytest.fixture
def new_account(app: Flask, make_account: Callable[..., Organizer]) -> Callable[..., Organizer]:
    """Makes an account at the desk of this campaign."""
    return partial(make_account, app)


@pytest.fixture
def omar(new_account: Callable[..., Organizer]) -> Organizer:
    """Omar organizes, and is logged in."""
    made = new_account("omar@example.org")
    made.begin()
    return made


@pytest.fixture
def nour(new_account: Callable[..., Organizer]) -> Organizer:
    """Nour organizes too, and is logged in."""
    made = new_account("nour@example.org")
    made.begin()
    return made


@pytest.fixture
def hadi(new_account: Callable[..., Organizer]) -> Organizer:
    """Hadi moderates, and is logged in."""
    made = new_account("hadi@example.org", MODERATOR)
    made.begin()
    return made


@pytest.fixture
def carrying(app: Flask, omar: Organizer) -> Exporting:
    """Omar takes signatures out; he is the only organizer and has turned the rule of four eyes off."""
    made = Exporting(app, omar)
    with made.site.database.writing() as session:
        ledger.begin_change(session)
        session.get_one(Desk, 1).four_eyes_off_at = now()
    return made
