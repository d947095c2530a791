"""This campaign's own pages on narrow and small screens: its title, call and testimony are longer than those that are made up."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import served_sample
from tests.browser.places import places
from tests.browser.test_narrow import (  # noqa: F401  # run here once more, on the fixtures of this module
    test_no_page_scrolls_sideways_at_320_pixels,
    test_text_as_it_is_and_wider_is_neither_cut_off_nor_laid_over_other_text,
    test_what_is_pressed_is_44_pixels_high,
    test_who_speaks_what_is_asked_how_many_and_the_button_fit_a_small_old_phone,
)
from tests.own_texts import OWN_TEXTS, own_texts
from tests.servers import Campaign

pytestmark = own_texts


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A campaign like that of the other tests here, with this campaign's own texts."""
    with served_sample(tmp_path_factory.mktemp("own") / "instance", OWN_TEXTS) as made:
        yield made


@pytest.fixture(scope="module")
def all_places(campaign: Campaign) -> dict[str, dict[str, str]]:
    """The address of every page in every state, by language and name."""
    return {language: places(campaign, language) for language in ("en", "ar")}
