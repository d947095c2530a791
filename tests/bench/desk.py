"""The organizers' desk: how long its pages take with many signatures, beside the same pages with few."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from statistics import median

import pyotp
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import Client

from campaign import create_app
from campaign.database import now
from campaign.organizers import accounts, allowances, signature_search
from campaign.organizers.actions import Action
from campaign.organizers.auth import factors
from campaign.organizers.models import ORGANIZER
from campaign.organizers.signature_search import PAGE_SIZE, SignatureSearch
from tests.bench.figures import Section
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Site
from tests.bench.terms import Terms
from tests.people import hidden_fields

MOST = 10.0  # times as long as with the fewest signatures
EMAIL, PASSPHRASE = "bench@example.org", "olives ripen in november"
TIMES = 10  # in each round


def measure(sites: list[Site], terms: Terms) -> Section:
    """Each page at each size, divided by the same page at the smallest."""
    section = Section(
        "The organizers’ desk",
        "Pages of the desk as an organizer opens them, answered within one process; divided by the same page with the fewest"
        " signatures. The thousandth page is the last one where there are fewer.",
        ["", "of the smallest", "ms"],
    )
    found = {site.size: _at(site, terms) for site in sites}
    smallest = found[sites[0].size]
    for size, pages in found.items():
        for name, times in pages.items():
            against = ratio(times, smallest[name])
            section.add(f"{size:,}: {name}", against, median(times))
            if size != sites[0].size:
                section.hold(f"{name}, {size:,} signatures", against, most=MOST, unit=" times")
    return section


def _at(site: Site, terms: Terms) -> dict[str, list[float]]:
    with _desk(site) as (app, client, token):
        return in_turn(terms.rounds, {name: partial(_time, ask) for name, ask in _pages(app, client, token, site.size).items()})


def _pages(app: Flask, client: Client, token: str, size: int) -> dict[str, Callable[[], object]]:
    """What is asked for. Every third sample shows its name, in Arabic where its number is even."""
    number = size - (size - 3) % 6
    get = client.get
    return {
        "the overview": lambda: get("/en/organize/"),
        "the review": lambda: get("/en/organize/review"),
        "the list": lambda: get("/en/organize/signatures"),
        "its thousandth page": partial(get, "/en/organize/signatures", query_string={"after": _thousandth(app, size)}),
        "one country": lambda: get("/en/organize/signatures?country=LB&language=en"),
        "a name": lambda: get(f"/en/organize/signatures?name=sample+{number}"),
        "a word that many names have": lambda: get("/en/organize/signatures?name=samp"),
        "an address": lambda: client.post(
            "/en/organize/address", data={"csrf_token": token, "email": f"sample{number}@example.org"}
        ),
    }


def _thousandth(app: Flask, size: int) -> str:
    """The key of the page before the thousandth, or before the last."""
    with app.extensions["campaign"].database.reading() as session:
        query = signature_search.build_query(session, SignatureSearch())
        before = min(size - PAGE_SIZE, 999 * PAGE_SIZE) - 1
        row = session.execute(query.statement.order_by(*query.order.clauses()).offset(before).limit(1)).one()
    return f"{row.key}.{row.id.hex()}"


def _time(ask: Callable[[], object]) -> float:
    """The median of some askings, in milliseconds."""
    taken = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - begin) * 1000)
        assert getattr(answer, "status_code", 0) == 200, answer
    return median(taken)


@contextmanager
def _desk(site: Site) -> Iterator[tuple[Flask, Client, str]]:
    """The site in this process, an organizer who is logged in, and the token of their forms."""
    app = create_app(site.settings)
    allowances.ALONE_PER_DAY[Action.ADDRESS_LOOKED_FOR] = 1_000  # as often as it is measured
    with closing(app.extensions["campaign"].database) as database:
        with database.writing() as session:
            secret = _account(app, session)
        client = app.test_client()
        token = hidden_fields(client.get("/en/organize/enter").text)["csrf_token"]
        fields = {"csrf_token": token, "email": EMAIL, "passphrase": PASSPHRASE, "code": pyotp.TOTP(secret).now()}
        assert client.post("/en/organize/enter", data=fields).status_code == 303
        page = client.get("/en/organize/account").text
        yield app, client, hidden_fields(page)["csrf_token"]


def _account(app: Flask, session: Session) -> str:
    """Makes the organizer's account; the secret of the second factor."""
    key = app.extensions["campaign"].keys.desk
    accounts.add(session, EMAIL, ORGANIZER, now())
    account = accounts.get_account(session, EMAIL)
    accounts.choose_passphrase(session, account, factors.hash_passphrase(PASSPHRASE), key)
    secret = factors.totp_secret(key, account)
    session.flush()
    accounts.confirm_second_factor(session, account, pyotp.TOTP(secret).now(), key, now())
    account.last_step = 0  # the code that confirmed it is to be used once more
    return secret
