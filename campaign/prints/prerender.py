"""Drawing ahead: the timed work has every print ready before somebody asks for it."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from campaign.prints.documents import everything
from campaign.prints.render import NotDrawn, draw, file_of, tidy


def draw_next(app: Flask, folder: Path, say: Callable[[str], None]) -> bool:
    """Draws one print that is missing; True when nothing is left that can be drawn, and what is no longer needed is gone."""
    with app.app_context():
        wanted = list(everything())
    for one in wanted:
        try:
            if not file_of(one, folder).exists():
                draw(one, file_of(one, folder))
                return False
        except NotDrawn as trouble:
            say(str(trouble))
    tidy(wanted, folder)
    return True
