"""What a package says of its number, in sentences: how many, from where, who supports besides, and how each was confirmed."""

from flask_babel import gettext, ngettext

from campaign.languages import LANGUAGES, countries, day, isolate, number
from campaign.petition.counting import SMALLEST_CELL
from campaign.petition.deliveries import FrozenCount
from campaign.petition.offices import Addressee
from campaign.petition.snapshot import shown_supporters
from campaign.petition.supporters import SupporterKind


def number_sentence(count: FrozenCount, code: str) -> str:
    """Return how many signed, as of which day."""
    sentence: str = ngettext(
        "%(count)s signature, as of %(day)s.",
        "%(count)s signatures, as of %(day)s.",
        count.confirmed,
        count=number(count.confirmed, LANGUAGES[code]),
        day=day(count.day, LANGUAGES[code]),
    )
    return sentence


def country_sentences(count: FrozenCount, office: Addressee, code: str) -> list[str]:
    """Return how many countries are public by their number, and how many are from that of the office where it is one of them."""
    country = dict(countries(code)).get(office.details.country, "")
    said = []
    if count.countries:
        said.append(
            ngettext(
                "%(count)s country was named by %(least)s signers or more.",
                "%(count)s countries were each named by %(least)s signers or more.",
                count.countries,
                count=number(count.countries, LANGUAGES[code]),
                least=number(SMALLEST_CELL, LANGUAGES[code]),
            )
        )
    if count.theirs and country:
        said.append(
            ngettext(
                "At least %(count)s signature is from this country: %(country)s.",
                "At least %(count)s signatures are from this country: %(country)s.",
                count.theirs,
                count=number(count.theirs, LANGUAGES[code]),
                country=isolate(country),
            )
        )
    return said


def supporter_sentences(code: str) -> list[str]:
    """Return how many organisations and known people support it in public, in sentences; their names are on the site alone."""
    kinds = [one.kind for one in shown_supporters()]
    organisations, people = kinds.count(SupporterKind.ORGANISATION), kinds.count(SupporterKind.PERSON)
    said = []
    if organisations:
        said.append(
            ngettext(
                "%(count)s organisation supports it in public, and is not in this number.",
                "%(count)s organisations support it in public, and are not in this number.",
                organisations,
                count=number(organisations, LANGUAGES[code]),
            )
        )
    if people:
        said.append(
            ngettext(
                "%(count)s known person supports it in public, and is not in this number.",
                "%(count)s known people support it in public, and are not in this number.",
                people,
                count=number(people, LANGUAGES[code]),
            )
        )
    return said


def proof_sentences() -> list[str]:
    """Return how each signature was confirmed, and what that does not prove."""
    return [
        gettext(
            "Each was confirmed from its own mailbox: someone opened a link in an e-mail and pressed a button. "
            "Each mailbox counts once."
        ),
        gettext("This does not prove that a name is real, or that nobody has two mailboxes."),
    ]
