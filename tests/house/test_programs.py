"""A newcomer who has git, make and Python alone: nothing fails, and what is left out is said in a line each."""

import os
import re
import subprocess
import sys
import tomllib

import psutil
import pytest

from campaign.config import PACKAGE
from tests import servers
from tests.servers import Campaign

LOCKS = ("requirements.lock", "tests/requirements.lock")
ONE_OF_EACH = ("tests/faults/test_durability.py", "tests/web/test_rate_limits.py", "tests/browser/test_frame.py")


def run_without_programs(folder, **env):
    """Run the tests that need a program, with a path on which there is none."""
    command = [sys.executable, "-m", "pytest", "-m", "needs_program", "-p", "no:cacheprovider", *ONE_OF_EACH]
    clean = {name: value for name, value in os.environ.items() if name not in {"CI", "VNU_JAR"} and "PYTEST" not in name}
    env = clean | {"PATH": str(folder), "TIER": "full", **env}
    return subprocess.run(command, cwd=PACKAGE.parent, env=env, capture_output=True, text=True, check=False)


def test_without_the_programs_their_tests_are_left_out_and_a_line_says_how_to_install_each(tmp_path):
    done = run_without_programs(tmp_path)

    said = done.stdout.partition(" left out ")[2].splitlines()
    assert done.returncode == 0, done.stdout
    assert "2 tests: NO SHARED LIMITS WERE TESTED (on Debian: apt install redis-server)" in said
    assert "2 tests: NOBODY SAW THE DISK WAITED FOR (on Debian: apt install strace)" in said
    assert len([line for line in said if "apt install" in line]) == len(ONE_OF_EACH)


def test_where_everything_is_to_be_tested_a_missing_program_is_a_failure(tmp_path):
    done = run_without_programs(tmp_path, CI="true")

    assert done.returncode == 1
    assert "ERROR tests/web/test_rate_limits.py" in done.stdout
    assert " skipped" not in done.stdout


def test_no_package_that_only_tests_need_keeps_the_site_from_being_set_up():
    groups = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    needed = {re.match(r"[\w-]+", package)[0].lower() for package in groups["test"] + groups["lint"]}
    locked, whole = (re.findall(r"^([\w.-]+)==", (PACKAGE.parent / name).read_text("ascii"), re.MULTILINE) for name in LOCKS)

    assert needed <= set(whole)
    assert not needed & set(locked)


def test_a_campaign_that_was_never_started_can_be_stopped(tmp_path):
    Campaign(tmp_path / "instance").stop()


def test_a_campaign_that_does_not_come_up_leaves_no_process(tmp_path, monkeypatch):
    campaign = Campaign(tmp_path / "instance")
    campaign.command = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(servers.wait_until, "__defaults__", (1,))

    with pytest.raises(AssertionError, match="waited too long"), campaign:
        pass

    assert not psutil.pid_exists(campaign.process.pid)
