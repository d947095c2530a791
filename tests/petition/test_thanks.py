"""Thanks: what somebody sees who has confirmed, at an address that says nothing about them."""

import pytest

from campaign import create_app
from tests.people import Visitor, parse
from tests.servers import on_sqlite


def test_confirming_leads_to_a_page_whose_address_holds_no_token(somebody, post_office, sami):
    link = sami.replace("/en/", f"/{somebody.language}/")

    answer = somebody.press(link)

    assert (answer.status_code, answer.location) == (303, f"/{somebody.language}/sign/thanks")
    page = somebody.read(answer.location)
    assert {"en": "Thank you. Your signature has been added.", "ar": "شكرًا."}[somebody.language] in page.text
    assert link.rpartition("/")[2] not in page.text
    assert somebody.press(link).location == answer.location  # pressed again


@on_sqlite
@pytest.mark.parametrize(
    ("every", "batch", "words"),
    [
        (60, 1, "The number on the pages will include it within 1 minute."),
        (90, 1, "The number on the pages will include it within 2 minutes."),
        (60, 20, "The number on the pages will include it once 20 new signatures have come in."),
    ],
)
def test_the_page_says_when_the_number_includes_the_signature(settings, every, batch, words):
    app = create_app(settings.model_copy(update={"count_every": every, "count_batch": batch}))

    page = Visitor(app.test_client()).read("/en/sign/thanks").text

    assert words in page
    assert "No one has signed yet" not in page


@on_sqlite
def test_the_address_alone_thanks_nobody_by_name(visitor, layla):
    assert "Layla" not in visitor.read("/en/sign/thanks").text
    assert parse(visitor.read("/en/sign/thanks").text).find("head/meta[@name='robots']").get("content") == "noindex"
