"""What the tests of faults stand on: the campaign as it is served, two workers and the mail worker, and its mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import SortingOffice
from tests.servers import Campaign


@pytest.fixture
def office() -> Iterator[SortingOffice]:
    """A mail server that keeps up with a crowd."""
    with SortingOffice() as server:
        yield server


@pytest.fixture
def campaign(tmp_path: Path, database_url: str, office: SortingOffice) -> Iterator[Campaign]:
    """A campaign that is not started yet; ended and whatever is left of it at the end."""
    made = Campaign(
        tmp_path / "instance",
        CAMPAIGN_DATABASE_URL=database_url,
        CAMPAIGN_MAIL_URL=office.url,
        CAMPAIGN_MAIL_FROM="campaign@example.org",
        CAMPAIGN_LIMITS="off",
    )
    yield made
    made.stop()
