"""A folder of texts with a catalogue that nobody compiled: the site does not start, and a sentence says how to mend it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from campaign.config import TRANSLATIONS
from tests.servers import Campaign

PYBABEL = Path(sys.executable).with_name("pybabel")


@pytest.fixture
def campaign(tmp_path):
    """A campaign that was served once, with texts of its own; the Arabic catalogue is no longer compiled."""
    texts = shutil.copytree(TRANSLATIONS, tmp_path / "texts")
    made = Campaign(tmp_path / "instance", CAMPAIGN_TRANSLATIONS=str(texts))
    made.start().stop()
    (texts / "ar" / "LC_MESSAGES" / "messages.mo").unlink()
    return made


@pytest.mark.slow
def test_a_catalogue_that_is_not_compiled_is_named_by_every_command_and_keeps_the_site_from_starting(campaign, tmp_path):
    texts = tmp_path / "texts"
    missing = texts / "ar" / "LC_MESSAGES" / "messages.mo"
    said = f"so headings and buttons would be English: {missing}. Run `pybabel compile -d {texts}`."

    export = ["export", "--format", "csv", "--language", "ar", "--out", str(tmp_path / "names.csv")]
    for command in (["serve", "--port", str(campaign.port)], ["work"], ["check"], export):
        refused = campaign.run(*command)
        assert (refused.returncode, said in refused.stderr) == (1, True), (command, refused.stderr)
    listed = campaign.run("languages", "status")
    assert "ar/LC_MESSAGES/messages.po: it is not compiled" in listed.stderr
    assert listed.returncode == 1

    subprocess.run([PYBABEL, "compile", "-d", texts], check=True, capture_output=True)

    campaign.start().stop()
