"""Every action that leaves a line in the audit, or waits for a second organizer, can be told in words."""

import pytest

from campaign.organizers.actions import DETAIL_LABELS, Action, action_label
from campaign.organizers.fact_labels import detail_labels
from campaign.organizers.models import AuditEntry, Request
from campaign.organizers.views.requests import approval_handlers
from tests.servers import on_sqlite


@on_sqlite
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("action", Action)
def test_every_action_has_its_sentence(app, language, action):
    with app.test_request_context(f"/{language}/"):
        words = action_label(action.value)

    assert words.endswith(".")
    assert words.isascii() == (language == "en")


def test_every_action_fits_where_it_is_stored():
    longest = max(len(action.value) for action in Action)

    assert longest <= AuditEntry.act.type.length
    assert longest <= Request.act.type.length


def test_what_a_second_organizer_agrees_to_is_an_action_and_listed_once(app):
    found = approval_handlers(app.extensions["campaign"].keys)

    assert set(found) == {
        Action.BULK_REMOVAL,
        Action.EXPORT_WITH_ADDRESSES,
        Action.KEY_CHANGE,
        Action.MORE_ALONE,
        Action.SHOWING_SUPPORTER,
        Action.NAMES_FOR_OFFICE,
        Action.NAMING_AUTHOR,
        Action.NEWS_MAILING,
        Action.SIGNED_WORDS,
        Action.SOONER_DELETION,
        Action.UNLOCKING,
    }


def test_a_value_is_told_as_it_is_read_and_an_unknown_act_as_it_stands(app):
    with app.test_request_context("/en/"):
        told = detail_labels({"number": 1234, "role": "organizer", "what": "logged in", "reason": ""})

        assert told == [("Number", "1,234"), ("Role", "Organizer"), ("Act", "Someone logged in.")]
        assert action_label("of a later version") == "of a later version"


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["A package for an office", "5 December 2026"]), ("ar", ["ملف لجهة", "5 كانون الأول 2026"])]
)
def test_a_format_and_a_day_are_told_in_words(app, language, words):
    with app.test_request_context(f"/{language}/"):
        told = detail_labels({"format": "package", "closes_on": "2026-12-05", "day": "of a later version"})

    assert [value for _, value in told] == [*words, "of a later version"]


def test_labels_begin_with_a_capital_letter(app):
    with app.test_request_context("/en/"):
        assert [name for name, label in DETAIL_LABELS.items() if str(label)[0].islower()] == []
