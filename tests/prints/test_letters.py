"""The letters in which a typed line can be printed."""

import json
import shutil
import subprocess
import sys
import unicodedata

from campaign.prints.letters import printable, unprintable
from campaign.prints.render import SOURCES

SAMPLE = """
#import "voices.typ": as-typed, data
#set document(title: "Sample")
#as-typed("en", 9pt, 1.4, data.words)
#as-typed("ar", 9pt, 1.4, data.words)
"""
DRAW = """
import sys
from pathlib import Path
from campaign.prints.typesetter import typeset
drawn = typeset(Path(sys.argv[1]), sys.stdin.read(), "pdf", ignore_system_fonts=True, pdf_standards=["ua-1"])
sys.stdout.buffer.write(drawn)
"""


def test_every_letter_that_is_taken_can_be_printed(tmp_path):
    letters = [chr(code) for code in sorted(printable()) if unicodedata.category(chr(code))[0] not in "CZ"]
    words = " ".join("a" + letter if unicodedata.combining(letter) else letter for letter in letters)
    shutil.copy(SOURCES / "voices.typ", tmp_path)
    (tmp_path / "sample.typ").write_text(SAMPLE)

    data = json.dumps({"words": words, "rtl": ["ar"]})
    command = [sys.executable, "-c", DRAW, tmp_path / "sample.typ"]  # as the site does: it never loads the typesetter itself
    drawn = subprocess.run(command, input=data.encode(), stdout=subprocess.PIPE, check=True).stdout

    assert drawn.startswith(b"%PDF")
    assert len(letters) > 1_000


def test_a_letter_that_cannot_be_printed_is_named_once_with_its_marks():
    assert unprintable("Omar ٣ Ж α é") == []
    assert unprintable("Omar 王小王 ק\u05b0") == ["王", "小", "ק\u05b0"]
