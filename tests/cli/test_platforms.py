"""Platforms that run containers: the port and the database are theirs to name, and no campaign begins on a disk that forgets."""

import os
from pathlib import Path

import pytest

from campaign import instance, platforms
from campaign.cli import server
from campaign.config import Settings
from tests.servers import on_sqlite

PUBLIC = {"BASE_URL": "https://petition.example.org", "MAIL_URL": "smtp://mail.example.org", "MAIL_FROM": "us@example.org"}


@pytest.mark.parametrize(
    "given", ["postgres://u:p@db:5432/name?sslmode=require", "postgresql://u:p@db:5432/name?sslmode=require"]
)
def test_the_database_that_the_platform_names_is_taken_where_nothing_else_names_one(given, monkeypatch, tmp_path):
    theirs = "postgresql+psycopg://u:p@db:5432/name?sslmode=require"
    ours = "postgresql+psycopg://me@here/campaign"
    here = {"DATABASE_URL": given, "CAMPAIGN_DATA": str(tmp_path / "instance")}

    def taken(**settings):
        monkeypatch.setattr(os, "environ", here | settings)
        return Settings.load().database_url

    assert taken() == theirs
    assert taken(CAMPAIGN_DATABASE_URL=ours) == ours
    assert taken(CAMPAIGN_DATABASE_URL="") == ""
    for line, expected in ((f"CAMPAIGN_DATABASE_URL={ours}", ours), ("campaign_database_url=", ""), ("CAMPAIGN_GOAL=7", theirs)):
        (tmp_path / ".env").write_text(line)
        assert taken() == expected, line


def test_a_campaign_that_is_on_sqlite_stays_there_whatever_the_platform_names(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "postgres://db/name", "CAMPAIGN_DATA": str(tmp_path)})
    (tmp_path / "campaign.db").touch()

    assert Settings.load().database_url == ""


def test_a_database_of_another_kind_is_not_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "environ", {"DATABASE_URL": "mysql://db/name", "CAMPAIGN_DATA": str(tmp_path)})

    assert Settings.load().database_url == ""


@on_sqlite
def test_the_port_of_the_platform_is_served_on_every_address(run_anew, monkeypatch, tmp_path):
    served = []
    monkeypatch.setattr(server.supervisor, "serve", lambda settings, **how: served.append((how["host"], how["port"])))
    monkeypatch.setenv("PORT", "5123")

    here = {"BASE_URL": "http://localhost:5123"}  # or `serve` would set it, also for the tests that follow
    assert run_anew("serve", **here).exit_code == 0
    assert run_anew("serve", "--host", "127.0.0.1", "--port", "5124", **here).exit_code == 0

    assert served == [("0.0.0.0", 5123), ("127.0.0.1", 5124)]


@on_sqlite
def test_a_port_that_is_empty_is_no_platform(run_anew, monkeypatch):
    served = []
    monkeypatch.setattr(server.supervisor, "serve", lambda settings, **how: served.append((how["host"], how["port"])))
    monkeypatch.setenv("PORT", "")

    assert run_anew("serve").exit_code == 0

    assert served == [("127.0.0.1", 8000)]


@on_sqlite
def test_a_public_campaign_is_not_begun_on_a_disk_that_forgets(run_anew, monkeypatch, tmp_path):
    monkeypatch.setattr(platforms, "disk_kind", lambda _: "overlay")

    refused = run_anew("serve", **PUBLIC)

    assert refused.exit_code == 1
    assert "is on a disk that forgets (overlay)" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_it_is_known_which_disks_forget():
    assert platforms.disk_kind(Path("/proc/self")) == "proc"
    assert platforms.disk_kind(Path("/dev/shm/not/made/yet")) == "tmpfs"


@on_sqlite
def test_the_keys_may_lie_in_a_folder_that_is_mounted(settings, tmp_path, monkeypatch):
    (settings.data / "keys").rename(tmp_path / "secrets")
    (settings.data / "keys").symlink_to(tmp_path / "secrets")
    elsewhere = Settings(
        data=settings.data, database_url="postgresql+psycopg://db/campaign", **{k.lower(): v for k, v in PUBLIC.items()}
    )
    monkeypatch.setattr(platforms, "disk_kind", lambda _: "tmpfs")

    instance.prepare(settings)
    instance.check(settings)

    assert platforms.find_forgetting(elsewhere) is None
    assert platforms.find_forgetting(elsewhere.model_copy(update={"database_url": ""})) is not None


@on_sqlite
@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("http://localhost:8123", 8123),
        ("http://localhost", 8000),
        ("http://localhost:80", 8000),
        ("https://localhost:8443", 8000),
        ("http://[::1]:9000", 8000),
        ("https://petition.example.org:8443", 8000),
    ],
)
def test_the_port_of_an_address_on_this_machine_is_listened_on(run_anew, monkeypatch, address, port):
    served = []
    monkeypatch.setattr(platforms, "disk_kind", lambda _: "ext4")
    monkeypatch.setattr(server.supervisor, "serve", lambda settings, **how: served.append(how["port"]))

    done = run_anew("serve", **PUBLIC | {"BASE_URL": address})

    assert (done.exit_code, served) == (0, [port]), done.stderr
