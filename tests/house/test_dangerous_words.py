"""No message of ours in Arabic reads as the name of an armed group or as an attack: a telephone may be looked at."""

import pytest

from campaign.config import TRANSLATIONS
from campaign.translation.rules import load_rules

FAULT = "a word that is dangerous on a telephone that is looked at"


@pytest.mark.parametrize("words", ["تنظيم", "القاعدة", "بالتنظيم", "عملية حذف", "كل خليّة نص", "وهجمات", "السلاح"])
def test_a_dangerous_word_in_a_message_is_a_fault(words):
    assert any(FAULT in fault for fault in load_rules(TRANSLATIONS / "ar").broken("messages", words))


@pytest.mark.parametrize("words", ["قاعدة الموافقة الثانية", "عمليًا", "الأمور", "مفتاح التشفير", "التنظيف"])
def test_a_word_that_only_resembles_one_is_none(words):
    assert not [fault for fault in load_rules(TRANSLATIONS / "ar").broken("messages", words) if FAULT in fault]
