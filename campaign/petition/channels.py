"""The channels by which offices take letters and petitions: their rules as data, their source and the day of the last check."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaign.config import PACKAGE


class Demand(StrEnum):
    """What an office may ask of a petition, by the code in the file; its words are the block `demand-CODE` of the texts."""

    APPOINTMENT = "appointment"
    AUTHOR_CONSENT = "author-consent"
    CONSULTATIVE_STATUS = "consultative-status"
    CONTACT_PERSON = "contact-person"
    DAY_AND_PLACE = "day-and-place"  # of what the testimony tells
    EU_PETITIONER = "eu-petitioner"
    FIVE_DAYS = "five-days"
    HANDWRITTEN_SIGNATURE = "handwritten-signature"
    LANGUAGE = "language"
    MEMBER_OF_PARLIAMENT = "member-of-parliament"
    OWN_SIGNATURES = "own-signatures"  # collected by the rules of the parliament itself
    PETITIONERS = "petitioners"  # the name, nationality and address of each, or of a representative
    SIX_PEOPLE = "six-people"
    TWO_WEEKS = "two-weeks"
    VICTIM = "victim"  # who it is that the testimony tells of
    WORDS = "words"  # no more than `longest`
    WORD_FILE = "word-file"


@dataclass(frozen=True)
class Channel:
    """One way on which offices take what is handed to them."""

    key: str
    source: str  # where its rules were read
    demands: tuple[Demand, ...]
    checked_on: date | None = None  # when its rules were last compared with the office's own
    longest: int | None = None  # words
    not_in: tuple[str, ...] = ()  # languages that it does not take


def _read() -> Mapping[str, Channel]:
    data = tomllib.loads((PACKAGE / "petition" / "channels.toml").read_text("utf-8"))
    return {
        key: Channel(
            key,
            said["source"],
            tuple(Demand(code) for code in said["demands"]),
            said.get("checked_on"),
            said.get("longest"),
            tuple(said.get("not_in", ())),
        )
        for key, said in data.items()
    }


CHANNELS = _read()
