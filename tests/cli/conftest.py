"""What the tests of the commands stand on: an organizer at a terminal."""

import click
import dns.resolver
import pytest
from click.testing import CliRunner

from campaign.cli.main import main
from campaign.config import PREFIX
from tests.name_server import IN_ORDER, NameServer


@pytest.fixture(autouse=True)
def name_server(monkeypatch):
    """The name server that is asked; in it all is in order for the domain that the tests write from."""
    with NameServer(dict(IN_ORDER)) as server:
        asked = dns.resolver.Resolver(configure=False)
        asked.nameservers, asked.port = ["127.0.0.1"], server.port
        monkeypatch.setattr(dns.resolver, "default_resolver", asked)
        yield server


@pytest.fixture
def environment(settings):
    """The settings of the prepared campaign, as its host has set them."""
    names = ("data", "database_url", "mail_url", "mail_from", "contact", "base_url")
    return {PREFIX + name.upper(): str(getattr(settings, name)) for name in names}


@pytest.fixture
def run(environment):
    """Runs a command on the campaign; nothing that goes wrong is a traceback."""

    return terminal(environment)


@pytest.fixture
def run_anew(tmp_path, database_url):
    """Runs a command where nothing is made yet: in no folder, on an empty database."""
    return terminal({f"{PREFIX}DATA": str(tmp_path / "new"), f"{PREFIX}DATABASE_URL": database_url})


def terminal(environment):
    """What an organizer types, in this environment; nothing that goes wrong is a traceback."""

    def command(*arguments, typed="", **env):
        result = CliRunner().invoke(main, arguments, input=typed, env=environment | {PREFIX + name: env[name] for name in env})
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return command


def every_command(group=main, *before):
    """The names of every command, with those of their groups before them."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_command(command, *before, name)
        else:
            yield (*before, name)
