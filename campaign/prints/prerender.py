"""Drawing ahead: the timed work has every print ready before somebody asks for it."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from campaign.prints.documents import all_prints
from campaign.prints.render import RenderError, delete_unneeded_prints, print_file, render


def prerender_next(app: Flask, folder: Path, say: Callable[[str], None]) -> bool:
    """Draws one print that is missing; True when nothing is left that can be drawn, and what is no longer needed is gone."""
    with app.app_context():
        wanted = list(all_prints())
    for one in wanted:
        try:
            if not print_file(one, folder).exists():
                render(one, print_file(one, folder))
                return False
        except RenderError as trouble:
            say(str(trouble))
    delete_unneeded_prints(wanted, folder)
    return True
