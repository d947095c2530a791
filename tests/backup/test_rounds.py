"""Backed up under 28 posts a second, left, lost and restored: twice here, a hundred times with `make soak`."""

import os
import random
from pathlib import Path

import pytest

from campaign import instance
from campaign.config import Settings
from campaign.crypto.backup_key import BackupLabel, make_backup_key, set_backup_key
from campaign.database import now
from tests.backup.conftest import Host, own_pg_dump
from tests.backup.rounds import play_round
from tests.cli.conftest import terminal
from tests.faults.crowd import SortingOffice
from tests.servers import Campaign
from tests.tiers import rounds

ROUNDS = int(os.environ.get("ROUNDS") or rounds(2, 100))
LONGEST = 30  # seconds of one backup

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240 * ROUNDS)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_in_every_round_nobody_is_back_nobody_is_lost_and_no_act_is_undone(kind, tmp_path, request, monkeypatch):
    seed = int.from_bytes(os.urandom(4), "big")
    server = request.getfixturevalue("postgresql_server") if kind == "postgresql" else None
    if server:
        own_pg_dump(server, monkeypatch)
    for number in range(ROUNDS):
        url = server.new_database() if server else ""
        took = live_once(tmp_path / str(number), url, random.Random(seed + number), is_lost=bool(number % 2))
        assert took < LONGEST, f"seed {seed}, round {number}"
        if server:
            server.drop(url)


def live_once(folder: Path, url: str, chance: random.Random, *, is_lost: bool) -> float:
    """Play one round on a campaign of its own."""
    folder.mkdir()
    settings = Settings(data=folder / "instance", database_url=url)
    instance.prepare(settings)
    public = make_backup_key(folder / "backup.key", BackupLabel("", "", now().date()), None)
    set_backup_key(instance.key_folder(settings), public)
    env = {"CAMPAIGN_DATA": str(settings.data), "CAMPAIGN_DATABASE_URL": url}
    host = Host(settings, folder / "backup.key", terminal(env))
    with SortingOffice() as office:
        mail = {"CAMPAIGN_MAIL_URL": office.url, "CAMPAIGN_MAIL_FROM": "campaign@example.org"}
        campaign = Campaign(settings.data, workers=1, CAMPAIGN_DATABASE_URL=url, CAMPAIGN_LIMITS="off", **mail)
        return play_round(campaign, office, host, chance, is_lost=is_lost)
