"""The e-mail that warns everybody is ready in each language, and gives nobody away who reads it over a shoulder."""

from campaign.languages import LANGUAGES
from tests.own_texts import OWN_TEXTS, own_texts


@own_texts
def test_no_ready_text_names_the_petition_or_says_what_was_signed():
    for language, words in {"en": ("petition", "sign", "Syria", "testimony"), "ar": ("عريضة", "توقيع", "سوريا", "شهاد")}.items():
        text = (OWN_TEXTS / language / "warning.txt").read_text("utf-8")
        assert [word for word in words if word in text] == []
    assert {file.parent.name for file in OWN_TEXTS.glob("*/warning.txt")} >= set(LANGUAGES)
