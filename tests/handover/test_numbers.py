"""What a package says of the supporters: that none of them is in its number."""

from datetime import date

import pytest

from campaign.handover import numbers
from campaign.languages import speaking
from campaign.petition.supporters import ShownSupporter, SupporterKind
from tests.servers import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize(("code", "said"), [("en", "not in this number"), ("ar", "في هذا العدد")])
@pytest.mark.parametrize("kind", SupporterKind)
@pytest.mark.parametrize("many", [1, 2, 3, 11])
def test_supporters_of_one_kind_alone_are_said_not_to_be_in_the_number(app, monkeypatch, kind, many, code, said):
    shown = [ShownSupporter(number, kind, {"en": "Sample"}, {}, "", date(2026, 11, 29)) for number in range(many)]
    monkeypatch.setattr(numbers, "shown_supporters", lambda: shown)

    with app.test_request_context(), speaking(code):
        [sentence] = numbers.supporter_sentences(code)

    assert said in sentence
