"""The picture that stands beside a shared link, and the words that name it."""

import io

import pytest
from PIL import Image

from campaign.languages import LANGUAGES
from campaign.state import AppState
from tests.people import parse
from tests.servers import on_sqlite

pytestmark = on_sqlite
LARGEST = 60 * 1000  # bytes: messengers leave larger ones out on slow lines
PAPER, OLIVE = (0xF7, 0xF4, 0xEC), (0x3F, 0x4D, 0x22)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_card_is_small_and_of_the_size_that_services_want(visitor, prints, code):
    answer = visitor.read(f"/{code}/card.png")
    picture = Image.open(io.BytesIO(answer.data)).convert("RGB")

    assert len(answer.data) <= LARGEST
    assert picture.size == (1200, 630)
    assert [picture.getpixel(place) for place in ((5, 5), (5, 625))] == [PAPER, OLIVE]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_cards_differ_and_each_begins_on_its_side(visitor, prints):
    """English ink begins at the left edge of the text, Arabic at the right."""
    sides = {}
    for code in LANGUAGES:
        ink = Image.open(io.BytesIO(visitor.read(f"/{code}/card.png").data)).convert("L").crop((0, 0, 1200, 500))
        left, _, right, _ = ink.point(lambda shade: 255 * (shade < 128)).getbbox()
        sides[code] = "left" if left < 1200 - right else "right"

    assert sides == {"en": "left", "ar": "right"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_name_their_card(app, visitor, settings, code):
    site: AppState = app.extensions["campaign"]
    for path in ("/", "/testimony", "/petition", "/sign"):
        head = parse(visitor.read(f"/{code}{path}").text)
        said = {meta.get("property") or meta.get("name"): meta.get("content") for meta in head.iter("meta")}

        assert said["og:image"] == f"{settings.base_url}/{code}/card.png"
        assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
        assert site.texts[code].testimony.title in said["og:image:alt"]
        assert said["twitter:card"] == "summary_large_image"
