"""A text with a mistake in it: named with what is wrong, and never run."""

import re

import pytest

from campaign import texts


def test_a_text_that_cannot_be_published_is_named_with_what_is_wrong(tmp_path):
    file = tmp_path / "about.md"
    for content, wrong in (
        (None, "No such file"),
        (b"\xff\xfe", "codec"),
        ("---\ntitle: a\ndescription: b\n---\ntext", "`status` is missing"),
        ("---\ntitle: a\nstatus: original\n---\ntext", "`description` is missing"),
        ("no front matter", "`title` is missing"),
        ("---\ntitle: [\n---\n", "did not find expected node content"),
    ):
        if content is not None:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(texts.TextError, match=re.escape(str(file))) as refusal:
            texts.read(file)
        assert wrong in str(refusal.value)
        assert "\n" not in str(refusal.value)


def test_raw_html_in_a_text_is_shown_and_not_run(tmp_path):
    file = tmp_path / "about.md"
    file.write_text("---\ntitle: a\ndescription: b\nstatus: original\n---\n<script>alert(1)</script>\n\n[x](javascript:alert(1))")

    assert "<script" not in texts.read(file).html
    assert 'href="javascript' not in texts.read(file).html
