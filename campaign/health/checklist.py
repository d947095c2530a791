"""The checklist before the public comes: what is left to fix, the same for `campaign check` and the desk.

A terminal shows the exact sentences, with the names of files and commands. The desk has its own words for each item, in
templates/organizers/going_public.html, because the sentences name folders of the server.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from functools import reduce
from operator import or_
from time import monotonic
from urllib.parse import urlsplit

from campaign.config import TRANSLATIONS, Settings
from campaign.content import testimony_policy
from campaign.content.files import TextError
from campaign.content.testimony_policy import TestimonyPolicy
from campaign.languages import LANGUAGES
from campaign.origins import host_of, is_https, is_loopback, is_onion
from campaign.petition import publishing
from campaign.petition.counting import Snapshot
from campaign.petition.published import Key, Words
from campaign.state import AppState
from campaign.translation.status import language_status

NO_CONTACT = (
    "CAMPAIGN_CONTACT is not set: say who answers for the campaign and how to reach them."
    " At a public address nobody can sign a new campaign before that."
)
KEY_ON_SERVER = (
    "The private key is on this server, so anyone who takes the server can read who signed:"
    " move it off with `campaign keys eject --out FILE` before people sign."
)
ONLY_HERE = "CAMPAIGN_BASE_URL works on this machine only. Set it to the public address."
READABLE = "CAMPAIGN_BASE_URL is not https for {}: others could read what people type there."
NO_MAIL = "CAMPAIGN_MAIL_URL is `file:`: no e-mail leaves this machine. Set it to smtp://..."
MAIL_READABLE = "CAMPAIGN_MAIL_URL has starttls=off: others can read e-mails between here and the mail server."
FAULTY = "The translations have faults ({}): `campaign languages status` says which and where."
DELIVERY_MISSING = "The delivery of {} is not published in {}."
DELIVERY_AHEAD = "A delivery is published for {}, a day in the future."
LOOK_AGAIN_AFTER = 60.0  # seconds in which a process does not ask the DNS and read all texts again
NOT_CHECKED: tuple[float, tuple[str, ...]] = (0.0, ())
_looked: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}  # by item and sender: until when, and what was wrong


@dataclass(frozen=True)
class Facts:
    """The input of the checklist."""

    settings: Settings
    words: Words
    of_files: Mapping[Key, object]  # what files and settings say, by kind and name
    policy: TestimonyPolicy | None  # none where the texts cannot be read
    has_private_key: bool
    today: date


@dataclass(frozen=True)
class Item:
    """One thing to do before the public comes, with what is still wrong, a sentence each, for a terminal."""

    name: str
    wrong: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Return whether nothing is wrong with it."""
        return not self.wrong


def check_items(facts: Facts, *, slowly: bool) -> list[Item]:
    """Return every item. Without `slowly`, return slow items as this process last found them, or leave them out."""
    found = [Item(name, tuple(find(facts))) for name, find in QUICK_ITEMS.items()]
    for name, find in SLOW_ITEMS.items():
        key = name, facts.settings.mail_from
        if name == "sender" and not sends_mail(facts.settings):
            continue  # the DNS is not asked, so that nothing is known of it
        if slowly and _looked.get(key, NOT_CHECKED)[0] < monotonic():
            _looked[key] = monotonic() + LOOK_AGAIN_AFTER, tuple(find(facts))
        until, wrong = _looked.get(key, NOT_CHECKED)
        if until >= monotonic():
            found.append(Item(name, wrong))
    return found


def check_all(facts: Facts, *, asks_dns: bool) -> list[Item]:
    """Return the current state of every item, however long that takes; ask the DNS only if `asks_dns`."""
    return [Item(name, tuple(find(facts))) for name, find in (QUICK_ITEMS | SLOW_ITEMS).items() if asks_dns or name != "sender"]


def facts_of(site: AppState, today: date) -> Facts:
    """Return the facts of a running site, with the files as they were at its start."""
    return Facts(
        settings=site.settings,
        words=site.words,
        of_files=site.words.first_values,
        policy=site.snapshots.shown().policy,
        has_private_key=site.keys.private is not None,
        today=today,
    )


def count_left(site: AppState, today: date) -> int:
    """Return how many items are left, as far as is known at once; 0 once the public has come."""
    if is_public(site.settings, site.snapshots()):
        return 0
    return sum(not item.is_done for item in check_items(facts_of(site, today), slowly=False))


def sends_mail(settings: Settings) -> bool:
    """Return whether the site sends e-mails to people on other machines."""
    return not (settings.is_loopback or settings.mail_url.startswith("file:"))


def is_public(settings: Settings, latest: Snapshot) -> bool:
    """Return whether the public has come: people have signed at an address that others can reach."""
    has_begun = latest.confirmed or latest.held or latest.withdrawn or latest.removed
    return bool(has_begun) and not settings.is_loopback and not latest.is_sample


def _contact(facts: Facts) -> Iterator[str]:
    if not facts.words.contact:
        yield NO_CONTACT


def _address(facts: Facts) -> Iterator[str]:
    if facts.settings.is_loopback:
        yield ONLY_HERE
        return
    yield from (READABLE.format(host_of(one)) for one in facts.settings.origins if not (is_https(one) or is_onion(one)))


def _mail(facts: Facts) -> Iterator[str]:
    """Say whether e-mails stay here or can be read on the way; a relay on this machine needs no TLS."""
    url = facts.settings.mail_url
    if url.startswith("file:"):
        yield NO_MAIL
    if "starttls=off" in url and not is_loopback(urlsplit(url).hostname or ""):
        yield MAIL_READABLE


def _key(facts: Facts) -> Iterator[str]:
    if facts.has_private_key:
        yield KEY_ON_SERVER


def _words(facts: Facts) -> Iterator[str]:
    yield from faulty_deliveries(facts.words, facts.today)
    if sentence := publishing.difference_sentence(publishing.differences(facts.words, facts.of_files)):
        yield sentence


def faulty_deliveries(words: Words, today: date) -> list[str]:
    """Name each delivery that is published in only one language or with a future day, a sentence each."""
    days = {code: Counter(one["day"] for one in words.deliveries(code)) for code in LANGUAGES}
    every: Counter[date] = reduce(or_, days.values())
    missing = [DELIVERY_MISSING.format(day, code) for code in days for day in every - days[code]]
    return missing + [DELIVERY_AHEAD.format(day) for day in every if day > today]


def _consent(facts: Facts) -> Iterator[str]:
    """Say what to fix for the sake of the witness."""
    if facts.policy:
        yield from testimony_policy.policy_advice(facts.policy)
        yield from testimony_policy.consent_problems(facts.settings.data, facts.policy, list(LANGUAGES), facts.today)


def _translations(_facts: Facts) -> Iterator[str]:
    try:
        faults = sum(len(language_status(TRANSLATIONS, language).problems) for language in LANGUAGES.values())
    except TextError as error:
        yield str(error)
        return
    if faults:
        yield FAULTY.format(faults)


def _sender(facts: Facts) -> Iterator[str]:
    """Say what the DNS lacks for our e-mails to arrive; ask nothing while no e-mail leaves this machine."""
    if sends_mail(facts.settings):
        from campaign.outbox.sender_dns import find_missing_records  # the desk, which never asks this, would load dnspython

        yield from find_missing_records(parseaddr(facts.settings.mail_from)[1].rpartition("@")[2].lower())


Find = Callable[[Facts], Iterator[str]]
QUICK_ITEMS: dict[str, Find] = {
    "contact": _contact,
    "words": _words,
    "key": _key,
    "address": _address,
    "mail": _mail,
    "consent": _consent,
}
SLOW_ITEMS: dict[str, Find] = {"translations": _translations, "sender": _sender}
