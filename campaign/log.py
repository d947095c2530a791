"""The log: lines of text, or one JSON object a line. It has no request, no address of a person, and no path with a token."""

import json
import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NAME = "campaign"  # every logger of ours is below it
FIELDS = ("condition", "state")  # what a line can say besides its words


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object, its time to the minute."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {"at": f"{at:%Y-%m-%dT%H:%MZ}", "level": record.levelname.lower(), "message": record.getMessage()}
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps(line, ensure_ascii=False)


def configure(form: str) -> None:
    """Write what the loggers of the campaign say on standard error, in the form that CAMPAIGN_LOG names."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(message)s"))
    logger = logging.getLogger(NAME)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)


def exception_at(logger: logging.Logger, place: str, error: BaseException) -> None:
    """Log the type of an exception and where it was raised, and no message or value: a token or an address could be in it."""
    frames = "".join(f"  {one.filename}:{one.lineno} in {one.name}\n" for one in traceback.extract_tb(error.__traceback__))
    logger.error("%s at %s\n%s", type(error).__name__, place, frames)


def speaker(form: str, echo: Callable[[str], None]) -> Callable[[str], None]:
    """Return what the timed work says its lines with: the terminal, or in JSON the log."""
    return logging.getLogger(f"{NAME}.work").info if form == "json" else echo
