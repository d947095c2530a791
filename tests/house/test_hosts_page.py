"""The commands on the page for hosts, as somebody types them in who has never seen the project."""

import re
import subprocess

from campaign.config import PACKAGE

TOP = PACKAGE.parent
PAGE = (TOP / "docs" / "hosts.md").read_text("utf-8")


def test_whoever_stops_the_site_stops_its_socket_too():
    stops = re.findall(r"systemctl (?:stop|disable --now) ([^`\n]*)", PAGE)

    assert len(stops) > 3
    assert {*stops} == {"campaign.socket campaign"}  # systemd starts the site again for the next visitor otherwise


def test_a_server_is_installed_without_the_packages_of_tests():
    done = subprocess.run(["make", "-nB", "server"], cwd=TOP, capture_output=True, text=True, check=True)

    assert {*re.findall(r"make -C /srv/campaign (\w+)", PAGE)} == {"server"}
    assert "-r requirements.lock" in done.stdout
    assert "tests/requirements.lock" not in done.stdout


def test_systemd_waits_for_no_word_from_a_worker_that_says_none():
    [lines] = re.findall(r"```ini\n([^`]*campaign work)\n", PAGE)

    assert {"Type=exec", "WatchdogSec=0"} <= {*lines.replace("  ", "").splitlines()}
