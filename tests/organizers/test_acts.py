"""Every act that leaves a line in the audit, or waits for a second organizer, can be told in words."""

import re

from campaign.config import PACKAGE
from campaign.organizers import four_eyes
from campaign.organizers.acts import ACTS, FACTS, act_words, fact_words

NOTED = re.compile(r'audit\.note\(\w+, [^,]*, "([\w ]+)"(?:, ([^)]*))?\)')


def test_every_act_that_is_noted_has_its_sentence_and_every_fact_its_name():
    found = [match for file in (PACKAGE / "organizers").rglob("*.py") for match in NOTED.findall(file.read_text("utf-8"))]

    assert len(found) > 15
    assert {act for act, _ in found} <= set(ACTS)
    assert {name for _, facts in found for name in re.findall(r"\b(\w+)=", facts)} <= set(FACTS)


def test_every_act_that_waits_for_a_second_organizer_has_its_sentence(app):
    assert set(four_eyes.ACTS) >= {"bulk removal", "export with addresses"}
    assert set(four_eyes.ACTS) <= set(ACTS)


def test_a_value_is_told_as_it_is_read_and_an_unknown_act_as_it_stands(app):
    with app.test_request_context("/en/"):
        told = fact_words({"number": 1234, "role": "organizer", "what": "logged in", "reason": ""})

        assert told == [("number", "1,234"), ("role", "Organizer"), ("act", "Somebody logged in.")]
        assert act_words("of a later version") == "of a later version"
