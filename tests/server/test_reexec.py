"""SIGHUP starts the site anew with the code and settings of now, and a restart by systemd keeps its socket: nobody is refused."""

import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.config import PACKAGE
from tests.server.crowd import ask, crowd
from tests.server.processes import is_complete, web_workers
from tests.servers import Campaign, wait_until

TOKEN = "a word of sixteen letters"
AS_SYSTEMD = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])"""


KICK = """import os, signal, sys
if "serve" in sys.argv:
    with open("starts", "a+") as starts:
        starts.write("one ")
    if os.path.getsize("starts") == 4:
        os.kill(os.getpid(), signal.SIGHUP)
"""  # what sends SIGHUP to the first process of a site that runs it, and counts how often it is run


@pytest.fixture
def not_started(tmp_path: Path) -> Iterator[Campaign]:
    """A site that is to run from a copy of the code, which is found first as it is in the folder of the process."""
    for folder in ("campaign", "templates"):
        shutil.copytree(PACKAGE.parent / folder, tmp_path / folder)
    made = Campaign(tmp_path / "instance", CAMPAIGN_LIMITS="off")
    yield made
    made.stop()


@pytest.fixture
def campaign(not_started: Campaign) -> Iterator[Campaign]:
    """The same, and it runs."""
    with not_started as made:
        wait_until(lambda: is_complete(made))
        yield made


def robots(campaign: Campaign) -> str:
    """Return a page that the code of the test changes."""
    return ask(campaign.port, "/robots.txt")[1]


@pytest.mark.slow
def test_sighup_brings_new_code_and_settings_without_refusing_anybody(campaign: Campaign, tmp_path: Path) -> None:
    before, views = web_workers(campaign), tmp_path / "campaign" / "public" / "views.py"
    views.write_text(views.read_text("utf-8").replace("User-agent: *", "User-agent: *\\n# new"), "utf-8")
    (tmp_path / ".env").write_text(f"CAMPAIGN_METRICS_TOKEN={TOKEN}\n")
    assert "# new" not in robots(campaign)

    with crowd(campaign) as answers:
        campaign.process.send_signal(signal.SIGHUP)
        wait_until(lambda: is_complete(campaign) and not before & web_workers(campaign))
        wait_until(lambda: "# new" in robots(campaign))

    assert {*answers} == {"GET 200", "POST 303"}, answers
    assert campaign.process.poll() is None
    assert campaign.run("status", "--json").returncode == 0
    assert campaign.output.count(f"{campaign.url}/en/\n") == 2, "docs/hosts.md says that the addresses are shown again"


@pytest.mark.slow
def test_sighup_while_the_site_starts_anew_starts_it_once_more(campaign: Campaign, tmp_path: Path) -> None:
    main, starts = tmp_path / "campaign" / "__main__.py", tmp_path / "starts"
    main.write_text(KICK + main.read_text("utf-8"), "utf-8")

    campaign.process.send_signal(signal.SIGHUP)
    wait_until(lambda: campaign.is_up() and starts.exists() and starts.read_text() == "one one ")

    wait_until(lambda: campaign.is_up() and is_complete(campaign))


@pytest.mark.slow
def test_sighup_at_the_first_start_waits_until_the_site_is_up(not_started: Campaign, tmp_path: Path) -> None:
    server, starts = tmp_path / "campaign" / "cli" / "server.py", tmp_path / "starts"
    lines, place = server.read_text("utf-8"), "    instance.make_folder(settings)\n"
    assert lines.count(place) == 1
    server.write_text(lines.replace(place, f"    exec({KICK!r})\n{place}"), "utf-8")

    with not_started as campaign:
        wait_until(lambda: campaign.is_up() and starts.read_text() == "one one ")


@pytest.mark.slow
def test_sighup_takes_the_address_of_the_file_where_the_first_was_that_of_the_port(not_started: Campaign, tmp_path: Path) -> None:
    del not_started.env["CAMPAIGN_BASE_URL"]
    with not_started as campaign:
        assert f"{campaign.url}/en/\n" in campaign.output
        wait_until(lambda: is_complete(campaign))
        new = campaign.url.replace("localhost", "second.localhost")
        (tmp_path / ".env").write_text(f"CAMPAIGN_BASE_URL={new}\n")

        campaign.process.send_signal(signal.SIGHUP)

        wait_until(lambda: campaign.is_up() and f"{new}/en/\n" in campaign.output)


@pytest.mark.slow
def test_sighup_changes_nothing_where_the_new_site_cannot_start(campaign: Campaign, tmp_path: Path) -> None:
    views, made, settings = (tmp_path / name for name in ("campaign/public/views.py", "campaign/__init__.py", ".env"))
    settings.touch()
    faults = {
        views: ("", "import a_package_that_nobody_installed\n", "No module named 'a_package_that_nobody_installed'"),
        made: ("    app = Flask(", "    1 / 0\n    app = Flask(", "ZeroDivisionError"),
        settings: ("", "CAMPAIGN_GAOL=5\n", "CAMPAIGN_GAOL is not a setting"),
    }
    before = web_workers(campaign)
    for number, (file, (right, wrong, reason)) in enumerate(faults.items(), 1):
        text = file.read_text("utf-8")
        file.write_text(text.replace(right, wrong, 1), "utf-8")

        campaign.process.send_signal(signal.SIGHUP)
        wait_until(lambda number=number: campaign.is_up() and campaign.output.count("The site was not reloaded") == number)

        assert reason in campaign.output
        assert web_workers(campaign) == before
        assert ask(campaign.port, "/en/")[0] == 200
        file.write_text(text, "utf-8")


@pytest.fixture
def with_socket(tmp_path: Path) -> Iterator[Campaign]:
    """A site whose socket is given to it, as systemd does."""
    made = Campaign(tmp_path / "instance", CAMPAIGN_LIMITS="off")
    with socket.create_server(("127.0.0.1", made.port), backlog=100) as given:
        made.given = (given.fileno(),)
        made.command = [sys.executable, "-c", AS_SYSTEMD, str(given.fileno()), *made.command]
        yield made


@pytest.mark.slow
def test_a_restart_with_the_socket_of_systemd_refuses_nobody(with_socket: Campaign) -> None:
    with with_socket as campaign, crowd(campaign) as answers:
        campaign.process.terminate()
        assert campaign.process.wait(30) == 0
        campaign.log.close()
        campaign.start()

    assert {*answers} == {"GET 200", "POST 303"}, answers
