"""Reading: three pages that people read, each beside a constant Flask page of as many bytes."""

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

from tests.bench import load
from tests.bench.figures import Section
from tests.bench.load import MANY_CONNECTIONS
from tests.bench.rounds import in_turn, ratio
from tests.bench.servers import Site, Yardstick, children, memory
from tests.bench.terms import Terms

PAGES = ("/en/", "/ar/", "/en/testimony")
CROWDED = PAGES[0]
SMALL, LARGE = 1_000, 100_000


def measure(sites: list[Site], terms: Terms, folder: Path) -> list[Section]:
    """Rates, then the slowest answers with many connections, then the memory that all that took."""
    with ExitStack() as stack:
        constants = {page: stack.enter_context(_constant(sites[0], page, folder)) for page in PAGES}
        return [_rates(sites, constants, terms), _slowest(sites, constants[CROWDED], terms), _memory(sites)]


def bytes_on_the_wire(url: str) -> int:
    """The size of a page's body as a browser gets it."""
    name, _, value = load.BROWSER.partition(": ")
    with urlopen(Request(url, headers={name: value}), timeout=10) as answer:
        return len(answer.read())


def _constant(site: Site, page: str, folder: Path) -> Yardstick:
    return Yardstick(folder / f"constant{page.replace('/', '-')}", page=bytes_on_the_wire(site.url + page))


def _rates(sites: list[Site], constants: dict[str, Yardstick], terms: Terms) -> Section:
    section = Section(
        "Reading",
        "Requests a second for a page as browsers get it (br), divided by those for a constant Flask page of as many bytes.",
        ["page", *(f"{site.size:,} signatures" for site in sites), "flat", "requests a second, of the constant"],
    )
    for page, constant in constants.items():
        subjects = {str(site.size): partial(load.read, site.url + page, terms.seconds) for site in sites}
        found = in_turn(terms.rounds, subjects | {"constant": partial(load.read, constant.url, terms.seconds)})
        rates = {name: [one.rate for one in loads] for name, loads in found.items()}
        ours = [ratio(rates[str(site.size)], rates["constant"]) for site in sites]
        flat = [ratio(rates[str(SMALL)], rates[str(site.size)]) for site in sites[1:]]
        both = f"{max(rates[str(SMALL)]):,.0f}, {max(rates['constant']):,.0f}"
        section.add(page, *ours, *([max(flat)] if flat else ["-"]), both)
        section.hold(f"{page}, of the constant page", min(ours), least=0.8)
        for site, how_flat in zip(sites[1:], flat, strict=True):
            section.hold(f"{page}, time with {site.size:,} signatures / {SMALL:,}", how_flat, most=1.1)
        section.hold(f"{page}, errors", sum(one.errors for loads in found.values() for one in loads), most=0)
    return section


def _slowest(sites: list[Site], constant: Yardstick, terms: Terms) -> Section:
    subjects = {f"{site.size:,} signatures": site.url + CROWDED for site in sites} | {"the constant page": constant.url}
    readers = {name: partial(load.read, url, terms.seconds, MANY_CONNECTIONS) for name, url in subjects.items()}
    found = in_turn(terms.rounds, readers)
    section = Section(
        f"{MANY_CONNECTIONS} connections at once",
        f"The time in which the site answers 99 of 100 requests for {CROWDED}; the median of the rounds.",
        ["", "ms", "divided by the constant page's", "errors"],
    )
    slowest = {name: [one.p99 for one in loads] for name, loads in found.items()}
    for name, loads in found.items():
        middle = sorted(slowest[name])[terms.rounds // 2]
        errors = sum(one.errors for one in loads)
        section.add(name, middle, ratio(slowest[name], slowest["the constant page"]), int(errors))
        if name != "the constant page":
            section.hold(f"99 of 100 with {MANY_CONNECTIONS} connections, {name}", middle, most=50, unit=" ms")
    return section


def _memory(sites: list[Site]) -> Section:
    section = Section(
        "Memory of serving", "The largest web worker after all these requests, MB (10⁶ bytes).", ["", "now", "at most"]
    )
    for site in sites:
        workers = children(site.process.pid)
        now, most = (max(memory(worker, what) for worker in workers) for what in ("VmRSS", "VmHWM"))
        section.add(f"{site.size:,} signatures", now, most)
        section.hold(f"memory of a web worker, {site.size:,} signatures", most, most=125.8, unit=" MB")
    return section
