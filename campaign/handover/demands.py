"""Which demands of an office's channel a package meets, and which are missing: what nobody has arranged counts as missing."""

from collections.abc import Collection
from dataclasses import dataclass

from campaign.content.testimony_policy import UNKNOWN, TestimonyPolicy
from campaign.petition.channels import Channel, Demand

SEEN_BY_PROGRAM = (Demand.CONTACT_PERSON, Demand.LANGUAGE, Demand.WORDS)


@dataclass(frozen=True)
class Offered:
    """What a package has, as far as its demands are about it."""

    languages: Collection[str]
    words: int  # of the letter
    person: str  # one person who answers; empty where none was named
    arranged: Collection[Demand] = ()  # what organizers say they have seen to
    policy: TestimonyPolicy | None = None  # of the testimony, where it is in the package

    @property
    def is_undated(self) -> bool:
        """Return whether it has an undated testimony."""
        return self.policy is not None and self.policy.dated == UNKNOWN


def to_arrange(channel: Channel, offered: Offered) -> list[Demand]:
    """Return the demands of a channel that are met once organizers say so."""
    unseen = (one for one in channel.demands if one not in SEEN_BY_PROGRAM)
    return [one for one in unseen if not (one == Demand.DAY_AND_PLACE and offered.is_undated)]


def check_demands(channel: Channel, offered: Offered) -> dict[Demand, bool]:
    """Return whether each demand of a channel is met."""
    return {demand: _is_met(demand, channel, offered) for demand in channel.demands}


def _is_met(demand: Demand, channel: Channel, offered: Offered) -> bool:
    if demand == Demand.CONTACT_PERSON:
        return bool(offered.person)
    if demand == Demand.LANGUAGE:
        return any(language not in channel.not_in for language in offered.languages)
    if demand == Demand.WORDS:
        return channel.longest is not None and offered.words <= channel.longest
    if demand == Demand.DAY_AND_PLACE and offered.is_undated:
        return False
    return demand in offered.arranged
