"""Withdrawing the testimony, as organizers do it."""

from click.testing import CliRunner, Result
from flask import Flask

from campaign.cli.main import main

OWN = "testimony testimony.txt testimony.pdf testimony/beside/{0} testimony/beside/{0}.pdf card.png"
PAIRS = (("en", "ar"), ("ar", "en"))


def withdraw(app: Flask, answer: str = "y") -> Result:
    """Runs the command, and lets this process look at the database at once."""
    result = CliRunner().invoke(main, ["testimony", "withdraw"], input=f"{answer}\n")
    app.extensions["campaign"].snapshots.refresh()
    return result


def own_addresses(code: str, other: str) -> list[str]:
    """The testimony's own addresses in a language."""
    return [f"/{code}/{path}" for path in OWN.format(other).split()]
