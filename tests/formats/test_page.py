"""docs/formats.md describes each recorded format in the version that was recorded, and no other."""

import re

from campaign.config import PACKAGE

PAGE = PACKAGE.parent / "docs" / "formats.md"
PARTS_OF_A_BACKUP = ("backup key", "list of what was forgotten")  # recorded together with it
ROWS = {"published words", "draft", "forgotten entry", "deliveries"}  # of the database, whose columns the migrations hold


def test_each_recorded_format_has_its_paragraph_with_its_version(vectors):
    described = re.findall(r"^## (.+)\n\nVersion (\d+)\.", PAGE.read_text("utf-8"), re.MULTILINE)

    recorded = dict.fromkeys(PARTS_OF_A_BACKUP, "1")
    for name, vector in vectors.items():
        kind, _, newer = name.lower().partition(", version ")
        recorded[kind] = newer or str(vector.get("version", 1))
    del recorded["keys"]
    assert {name.lower(): version for name, version in described if name.lower() not in ROWS} == recorded


def test_each_format_with_a_version_says_how_the_next_is_told_apart():
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        if "\n\nVersion " in section:
            assert "**Next version:**" in " ".join(section.split()), section.partition("\n")[0]
