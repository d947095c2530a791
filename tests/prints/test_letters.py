"""The letters in which a typed line can be printed."""

import json
import shutil
import unicodedata

from campaign.prints.letters import printable, unprintable
from campaign.prints.render import SOURCES
from campaign.prints.typesetter import typeset

SAMPLE = """
#import "voices.typ": as-typed, data
#set document(title: "Sample")
#as-typed("en", 9pt, 1.4, data.words)
#as-typed("ar", 9pt, 1.4, data.words)
"""


def test_every_letter_that_is_taken_can_be_printed(tmp_path):
    letters = [chr(code) for code in sorted(printable()) if unicodedata.category(chr(code))[0] not in "CZ"]
    words = " ".join("a" + letter if unicodedata.combining(letter) else letter for letter in letters)
    shutil.copy(SOURCES / "voices.typ", tmp_path)
    (tmp_path / "sample.typ").write_text(SAMPLE)

    data = json.dumps({"words": words, "rtl": ["ar"]})
    drawn = typeset(tmp_path / "sample.typ", data, "pdf", ignore_system_fonts=True, pdf_standards=["ua-1"])

    assert drawn.startswith(b"%PDF")
    assert len(letters) > 1_000


def test_a_letter_that_cannot_be_printed_is_named_once_with_its_marks():
    assert unprintable("Omar ٣ Ж α é") == []
    assert unprintable("Omar 王小王 ק\u05b0") == ["王", "小", "ק\u05b0"]
