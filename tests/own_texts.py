"""The texts of this campaign, where all other tests have those of `tests/campaign/`: what has the mark `own_texts` reads them.

Another campaign leaves these tests out: `make test ARGS='-m "not own_texts"'`.
"""

import pytest

from campaign.config import PACKAGE

OWN_TEXTS = PACKAGE.parent / "translations"
own_texts = pytest.mark.own_texts
"""Marks tests of this campaign's own words and promises; they run on SQLite."""
on_both_texts = pytest.mark.parametrize("texts", ["made up", pytest.param("own", marks=own_texts)])
"""Marks tests that run on the texts that are made up, and on this campaign's own too."""
