"""Exports leave no name and no address in any file: of the data folder, of the temporary folder, while they are made or after."""

import base64
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.exports.formats import FORMATS
from campaign.organizers import export_worker
from campaign.organizers.models import DOCUMENTS
from tests.exports import terminal
from tests.servers import on_sqlite

NEEDLES = (b"Sentinel", b"@hidden.example", "Sentinel".encode("utf-16-le"), b"Sentinel".hex().encode())
ENCODED = tuple(base64.b64encode(b"_" * shift + b"@hidden.example")[4:16] for shift in range(3))


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """The temporary folder, for this process and for those that it starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def people(settings, tmp_path):
    """200 people whose names are sealed, and one who shows hers."""
    has = terminal.TerminalOrganizer(settings, tmp_path).has
    for number in range(200):
        has(f"Sentinel{number:03}", f"sentinel{number:03}@hidden.example")
    has("Sentinel", "sentinel@hidden.example", shown_as="Layla")


def traces(*places: Path):
    """The files below these folders in which somebody can be read."""
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if any(needle in file.read_bytes() for needle in NEEDLES + ENCODED)]


def test_the_search_finds_what_it_looks_for(tmp_path):
    for place, needle in enumerate((b"Sentinel001", b"a@hidden.example", base64.b64encode(b"is a@hidden.example"))):
        (tmp_path / str(place)).write_bytes(needle)

    assert len(traces(tmp_path)) == 3


@on_sqlite
@pytest.mark.parametrize("document", [name for name, one in FORMATS.items() if one.at_desk])
def test_nobody_is_in_a_file_while_an_export_is_made_and_after(people, carrying, temporary, monkeypatch, document):
    data, found, drafts, chosen = carrying.site.settings.data, [], [], FORMATS[document]

    def write(source, out):
        chosen.write(source, out)
        drafts.extend((data / "exports").glob(".*.part"))
        found.extend(traces(data, temporary))

    monkeypatch.setitem(DOCUMENTS, document, replace(chosen, write=write))
    carrying.ask(document)
    carrying.prepare()
    found += traces(data, temporary)
    taken = carrying.take().data

    assert (len(drafts), len(taken) > 5_000) == (1, True)
    assert [*found, *traces(data, temporary), *temporary.iterdir()] == []


@on_sqlite
def test_what_a_killed_worker_leaves_can_be_read_by_nobody(people, carrying, temporary, monkeypatch):
    data = carrying.site.settings.data
    monkeypatch.setattr(export_worker, "finish_job", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    carrying.ask("csv")
    with pytest.raises(KeyboardInterrupt):
        carrying.prepare()
    monkeypatch.undo()

    assert len(carrying.files()) == 1
    assert traces(data, temporary) == []
    carrying.prepare()
    assert carrying.take().data.count(b"Sentinel") == 201
