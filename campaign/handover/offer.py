"""What a package for an office is filled with, and what it has as far as the office's demands are about it."""

from collections.abc import Collection

from campaign.database import now
from campaign.handover.demands import Offered
from campaign.handover.documents import Handover, languages_of
from campaign.languages import SOURCE
from campaign.petition.channels import Demand
from campaign.petition.deliveries import freeze_count
from campaign.petition.offices import Addressee
from campaign.petition.snapshot import current_snapshot, shown_texts
from campaign.state import state


def fill(office: Addressee, *, person: str = "", postal: str = "") -> Handover:
    """Return what a package for an office is filled with now: the published numbers, frozen."""
    latest = current_snapshot()
    hashes = {code: one.consent_hash for code, one in shown_texts().items()}
    count = freeze_count(latest, "" if office.is_endangering else office.details.country, hashes)
    return Handover(office, count, now().date(), person.strip(), postal.strip(), latest.is_testimony_withdrawn)


def offer(handover: Handover, language: str | None = None, arranged: Collection[Demand] = ()) -> Offered:
    """Return what a package offers in a language, or in one that the office reads; `arranged` is what organizers have seen to."""
    languages = languages_of(handover.office, language, SOURCE)
    words = len(shown_texts()[languages[0]].petition.body.split())
    policy = None if handover.is_testimony_withdrawn else state().policy
    return Offered(languages, words, handover.person, arranged, policy)
