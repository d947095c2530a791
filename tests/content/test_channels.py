"""The rules of the channels have their words in every language, and hold no address."""

import re

import pytest

from campaign.config import PACKAGE
from campaign.content import pages
from campaign.languages import LANGUAGES
from campaign.petition.channels import CHANNELS, Demand
from tests.own_texts import OWN_TEXTS, own_texts

TEXTS = pages.load_texts(OWN_TEXTS)
FACETS = ("", "-who", "-what", "-signs", "-told")
ADDRESS = re.compile(r"@|https?://|www\.|\.org|\.int|\+\d{2}|\b\d{4,5} [A-Z]")


@own_texts
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_every_channel_and_every_demand_has_its_words_and_no_others_are_there(code):
    wanted = {f"{key}{facet}" for key in CHANNELS for facet in FACETS} | {f"demand-{one}" for one in Demand}
    there = set(TEXTS[code].channels.parts)

    assert there <= wanted
    assert {f"{key}{facet}" for key in CHANNELS for facet in ("", "-who")} | {f"demand-{one}" for one in Demand} <= there


@own_texts
@pytest.mark.parametrize("code", list(LANGUAGES))
def test_they_hold_no_address(code):
    assert not ADDRESS.search(TEXTS[code].channels.body)
    assert not ADDRESS.search(TEXTS[code].write.body)


def test_the_data_holds_no_address_but_the_names_of_its_sources():
    lines = (PACKAGE / "petition" / "channels.toml").read_text("utf-8").splitlines()

    assert not [line for line in lines if ADDRESS.search(line) and not line.startswith("source = ")]
    assert not re.search(r"@|https?://", "\n".join(lines))
