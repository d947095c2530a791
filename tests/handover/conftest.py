"""The one who hands over, and the offices."""

from pathlib import Path

import pytest

from campaign import instance
from campaign.config import Settings
from campaign.petition import counting
from campaign.petition.published import TextKind, new_row
from tests.exports.terminal import DAY, TerminalOrganizer


@pytest.fixture
def omar(settings: Settings, tmp_path: Path) -> TerminalOrganizer:
    """Omar organizes; his desk is a folder away from the campaign's."""
    desk = tmp_path / "desk"
    desk.mkdir()
    return TerminalOrganizer(settings, desk)


class Handing:
    """What Omar does before he goes to an office."""

    def __init__(self, omar: TerminalOrganizer) -> None:
        self.omar = omar

    def office(self, key: str = "office", **details: object) -> None:
        """Publishes an office."""
        names = {"names": {"en": f"The Office {key}", "ar": f"المكتب {key}"}}
        database = instance.open_database(self.omar.settings)
        with database.writing() as session:
            session.add(new_row((TextKind.ADDRESSEE, key), names | details, details.get("day", DAY)))  # type: ignore[arg-type]
        database.close()

    def publish(self) -> None:
        """Publishes the count."""
        database = instance.open_database(self.omar.settings)
        counting.publish(database)
        database.close()


@pytest.fixture
def handing(omar: TerminalOrganizer) -> Handing:
    """What is done before a handover."""
    return Handing(omar)
