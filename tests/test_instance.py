"""The data folder: made on the first run, checked on each, brought up to date by as many as like."""

import os
import threading

import pytest
import sqlalchemy as sa

from campaign import instance
from campaign.config import Settings
from campaign.crypto.keys import KeyFileError, read_key
from campaign.instance import KeyFingerprint, NoInstance
from campaign.petition.models import Publication


@pytest.fixture
def empty(tmp_path, database_url):
    """The settings of a campaign that nobody has made."""
    return Settings(data=tmp_path / "instance", database_url=database_url)


def test_a_folder_is_made_once_and_found_as_it_was(empty):
    instance.prepare(empty)
    before = {file: file.read_bytes() for file in instance.key_folder(empty).iterdir()}
    empty.data.chmod(0o755)

    instance.prepare(empty)
    instance.check(empty)

    assert {file: file.read_bytes() for file in instance.key_folder(empty).iterdir()} == before
    assert empty.data.stat().st_mode & 0o777 == 0o700
    database = instance.open_database(empty)
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Publication)) == 1
    database.close()


def test_a_folder_of_before_the_desk_gains_its_key_and_no_lost_key_is_made_anew(empty):
    instance.prepare(empty)
    database = instance.open_database(empty)
    keys = instance.key_folder(empty)
    (keys / "desk.key").unlink()
    with database.writing() as session:
        session.execute(sa.delete(KeyFingerprint).where(KeyFingerprint.name == "desk"))

    instance.prepare(empty)
    instance.check(empty)

    (keys / "tag.key").unlink()
    with pytest.raises(KeyFileError, match=r"tag\.key is missing or broken"):
        instance.prepare(empty)
    assert not (keys / "tag.key").exists()
    database.close()


def test_what_is_not_there_is_refused_and_nothing_is_made_by_asking(empty):
    with pytest.raises(NoInstance, match=r"There is no campaign in .*: run `campaign serve` there first"):
        instance.check(empty)

    assert not empty.data.exists()
    empty.data.mkdir()
    with pytest.raises(NoInstance):
        instance.check(empty)
    assert list(empty.data.iterdir()) == []


def test_two_that_start_at_once_make_one_campaign(empty):
    instance.prepare(empty)
    database = instance.open_database(empty)
    with database.engine.begin() as connection:  # as on the first run, with its keys made
        for name in reversed(sa.inspect(connection).get_table_names()):
            connection.execute(sa.text(f"DROP TABLE {name}{'' if database.is_sqlite else ' CASCADE'}"))
    failures = []

    def start():
        try:
            instance.prepare(empty)
        except Exception as failure:
            failures.append(failure)

    starters = [threading.Thread(target=start) for _ in range(2)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert failures == []
    instance.check(empty)
    database.close()


def test_a_database_that_cannot_be_opened_is_said_in_one_sentence(tmp_path):
    away = Settings(data=tmp_path / "instance", database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    for ask in (instance.check, instance.prepare):
        tmp_path.joinpath("instance").mkdir(exist_ok=True)
        with pytest.raises(NoInstance, match=r"^The database cannot be opened: .*") as refusal:
            ask(away)
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["a%20b", "what?x=1", "100%done", "نداء", "a b;c#d"])
def test_a_data_folder_may_be_called_anything(tmp_path, name):
    settings = Settings(data=tmp_path / name / "instance")

    instance.prepare(settings)
    instance.check(settings)

    assert (settings.data / "campaign.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_a_start_closes_what_is_in_the_data_folder_to_others(tmp_path, mask):
    settings = Settings(data=tmp_path / "instance")
    before = os.umask(mask)
    try:
        instance.prepare(settings)
        (settings.data / "prints").mkdir()
        (settings.data / "prints" / "old.pdf").touch()
        instance.prepare(settings)
    finally:
        os.umask(before)

    assert [path for path in (settings.data, *settings.data.rglob("*")) if path.stat().st_mode & 0o077] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_of_another_user_is_told_apart_from_a_missing_one(tmp_path):
    settings = Settings(data=tmp_path / "instance")
    instance.prepare(settings)
    key = instance.key_folder(settings) / "tag.key"
    os.seteuid(65534)
    try:
        with pytest.raises(KeyFileError, match=r"tag\.key cannot be read by nobody: give it to that user with chown\.$"):
            read_key(key)
    finally:
        os.seteuid(0)
