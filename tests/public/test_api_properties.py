"""Whatever the desk has published, the numbers are what their description says."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from campaign.languages import LANGUAGES
from campaign.petition.offices import Means
from campaign.petition.supporters import ShownSupporter, SupporterKind
from campaign.petition.timelines import Event, EventKind, Timeline
from campaign.petition.updates import Update
from campaign.public.api import OPENAPI_DOCUMENT, delivery_facts, supporter_facts, update_facts
from tests.public.test_api import wrong
from tests.servers import on_sqlite

PARTS = json.loads(OPENAPI_DOCUMENT)["components"]["schemas"]["Petition"]["properties"]
each = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

days, words = some.dates(date(2000, 1, 1)), some.text(min_size=1, max_size=50)
by_language = some.dictionaries(some.sampled_from(sorted(LANGUAGES)), words)
in_one_at_least = some.dictionaries(some.sampled_from(sorted(LANGUAGES)), words, min_size=1)
events = some.builds(
    Event,
    some.integers(1, 99),
    some.sampled_from(EventKind),
    days,
    days,
    by_language,
    means=some.sampled_from(["", *Means]),
    has_receipt=some.booleans(),
    language=some.sampled_from(["", "de", "ar"]),
    quote=some.text(max_size=50),
    standing=some.sampled_from(["", "machine", "translated", "reviewed"]),
    about=some.integers(0, 99),
)
timelines = some.builds(Timeline, words, words, some.lists(events, min_size=1, max_size=5).map(tuple))
webs = some.sampled_from(["", "https://example.org/", "https://xn--mgbh0fb.example/?a=b#c"])
supporters = some.builds(ShownSupporter, some.integers(1), some.sampled_from(SupporterKind), in_one_at_least, by_language, webs)
updates = some.builds(Update, some.from_regex(r"\A[a-z0-9-]{1,20}\Z"), days, days, in_one_at_least)


@pytest.fixture
def within(app):
    """Ask from within a request."""
    with app.test_request_context("/en/"):
        yield


@each
@given(timelines)
def test_what_became_of_a_delivery_is_as_described(timeline):
    assert wrong(json.loads(json.dumps(delivery_facts(timeline))), PARTS["deliveries"]["items"]) == []


@each
@given(supporters)
def test_a_supporter_is_as_described(supporter):
    assert wrong(json.loads(json.dumps(supporter_facts(supporter))), PARTS["supporters"]["items"]) == []


@on_sqlite
@each
@given(updates)
def test_an_update_is_as_described(within, update):
    assert wrong(json.loads(json.dumps(update_facts(update))), PARTS["updates"]["items"]) == []
