"""Where Chromium is and how it is started: without a window, and without asking its maker's hosts for anything."""

import shutil
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
QUIETLY = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update --disable-sync"
    " --no-first-run --font-render-hinting=none"
).split()


def program() -> str | None:
    """The first Chromium on the path."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def start(program: str | Path) -> dict[str, Any]:
    """What Playwright's `launch` is told."""
    return {"executable_path": str(program), "args": QUIETLY, "timeout": 120_000}
