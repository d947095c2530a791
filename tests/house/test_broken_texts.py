"""A text with a mistake in it: named with what is wrong, and never run."""

import re

import pytest

from campaign.content.files import TextError, read_document
from campaign.content.pages import Paragraph
from campaign.languages import LANGUAGES, SOURCE


def test_a_text_that_cannot_be_read_is_named_with_what_is_wrong(tmp_path):
    file = tmp_path / "about.md"
    for content, wrong in (
        (None, "No such file"),
        (b"\xff\xfe", "codec"),
        (b"---\ntitle: a\n---\ntext", "does not begin with an id"),
        (b"---\ntitle: a\n---\n<!-- p1 -->\na\n<!-- p1 -->\nb", "p1 is there twice"),
        (b"---\ntitle: [\n---\n", "did not find expected node content"),
    ):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(TextError, match=re.escape(str(file))) as refusal:
            read_document(file)
        assert wrong in str(refusal.value)
        assert "\n" not in str(refusal.value)


def test_raw_html_in_a_text_is_shown_and_not_run():
    shown = Paragraph("p1", "<script>alert(1)</script>\n\n[x](javascript:alert(1))", LANGUAGES[SOURCE]).html

    assert "<script" not in shown
    assert 'href="javascript' not in shown
