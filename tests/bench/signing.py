"""Signing: visitors who open the form and send it, beside visitors of an app that does one durable insert and no more."""

import itertools
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.bench import load
from tests.bench.figures import Section
from tests.bench.load import Load
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Site, Yardstick
from tests.bench.terms import Terms
from tests.people import hidden_fields

FORM = "/en/sign"
TYPED = {"name": "Layla Haddad", "email": "NEW@example.org", "shown_as": "", "country": "", "nothing": ""}


def measure(sites: list[Site], yardstick: Yardstick, terms: Terms) -> Section:
    """Visitors a second, at each size, divided by the yardstick's."""
    newcomers = itertools.count()
    subjects = {f"{site.size:,} signatures": partial(_visitors, site, terms, newcomers) for site in sites}
    found = in_turn(terms.rounds, subjects | {"one insert": partial(_simple_visitors, yardstick, terms, newcomers)})
    section = Section(
        "Signing",
        "Visitors a second. Each opens the form and sends it with another address; the site checks and seals it, and stores it"
        " with its e-mail in one durable commit. Divided by those of a Flask app that inserts one row by the ORM and commits."
        " There are no rate limits; the mail worker is off, so no e-mail leaves meanwhile. After eight posts or so, a"
        " connection is closed and another opened.",
        ["", "of the one-insert app", "visitors a second", "errors"],
    )
    compare(section, "signing", found, least=0.7)
    return section


def compare(section: Section, what: str, found: dict[str, list[Load]], *, least: float) -> None:
    """Adds a row for each size, and the targets that signing and confirming share; the yardstick comes last."""
    posts = {name: [one.posts for one in loads] for name, loads in found.items()}
    *sizes, yardstick = posts
    errors = {name: int(sum(one.errors for one in loads)) for name, loads in found.items()}
    for name in posts:
        section.add(name, ratio(posts[name], posts[yardstick]), max(posts[name]), errors[name])
    for name in sizes:
        section.hold(f"{what}, {name}, of the one-insert app", ratio(posts[name], posts[yardstick]), least=least)
    for name in sizes[1:]:
        section.hold(f"{what}, time with {name} / {sizes[0]}", ratio(posts[sizes[0]], posts[name]), most=1.1)
    section.hold(f"{what}, errors", sum(errors.values()), most=0)


def _visitors(site: Site, terms: Terms, newcomers: Iterator[int]) -> Load:
    with urlopen(site.url + FORM, timeout=10) as answer:
        hidden = hidden_fields(answer.read().decode(), FORM)
    return load.visit(site.url, terms.seconds, FORM, typed(hidden, next(newcomers)))


def _simple_visitors(yardstick: Yardstick, terms: Terms, newcomers: Iterator[int]) -> Load:
    return load.visit(yardstick.url, terms.seconds, "/form", typed({}, next(newcomers)))


def typed(hidden: dict[str, str], newcomer: int) -> str:
    """The body of a form as a browser sends it, with a place for the number that makes each address another."""
    return urlencode(hidden | TYPED).replace("NEW", f"visitor{newcomer}-%d")
