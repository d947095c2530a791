"""The wheel, unpacked somewhere else, is the whole site: served from there it passes the way of a signature."""

import os
import subprocess
import sys
import zipfile

import pytest

from campaign.config import PACKAGE
from tests import test_story
from tests.servers import Campaign


@pytest.mark.slow
def test_the_wheel_served_from_another_folder_passes_the_story(tmp_path, mailbox):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=PACKAGE.parent, check=True, capture_output=True)
    [wheel] = (tmp_path / "dist").glob("campaign-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "code")
    env = {"PYTHONPATH": str(tmp_path / "code"), "CAMPAIGN_MAIL_URL": mailbox.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
    ask = [sys.executable, "-c", "import campaign.config as c; print(c.PACKAGE, c.TEMPLATES, c.TRANSLATIONS)"]
    alone = os.environ | env | {"CAMPAIGN_TRANSLATIONS": ""}
    places = subprocess.run(ask, env=alone, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()

    assert all(place.startswith(str(tmp_path / "code" / "campaign")) for place in places)
    with Campaign(tmp_path / "instance", **env) as served:
        test_story.tell_story(served, mailbox)
