"""Load, made by wrk on the same machine: requests as fast as they are answered, on connections that are kept."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS, MANY_CONNECTIONS = 32, 256
BROWSER = "Accept-Encoding: gzip, deflate, br"


@dataclass(frozen=True)
class Load:
    """What came of one round."""

    requests: float  # answered
    posted: float  # answered with 303, where answers were looked at
    seconds: float
    p99: float  # ms
    errors: float  # not answered, or answered with another status than expected

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def posts(self) -> float:
        """Posts a second."""
        return self.posted / self.seconds


def need_wrk() -> None:
    """Ends with one sentence where the load tool is missing."""
    if not shutil.which("wrk"):
        sys.exit("The benchmarks need the load tool wrk: on Debian, `apt install wrk`.")


def read(url: str, seconds: int, connections: int = CONNECTIONS) -> Load:
    """The same page over and over."""
    return _run(url, seconds, connections, "read")


def visit(url: str, seconds: int, page: str, body: str) -> Load:
    """Visitors, each of whom reads the form's page and then posts the form to it; %d in `body` is another for each."""
    return _run(url, seconds, CONNECTIONS, "visit", page, page, body)


def post(url: str, seconds: int, address: str, body: str) -> Load:
    """Posts to one address; %d in `body` is another for each."""
    return _run(url, seconds, CONNECTIONS, "post", address, body)


def press(url: str, seconds: int, paths: list[str], folder: Path) -> Load:
    """One button on each of the pages at `paths`, pressed once."""
    file = folder / "paths"
    file.write_text("\n".join(paths))
    return _run(url, seconds, CONNECTIONS, "press", str(file))


def _run(url: str, seconds: int, connections: int, *script: str) -> Load:
    shape = ("-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-H", BROWSER)
    command = ["wrk", *shape, "-s", str(SCRIPT), url, "--", *script]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    found = json.loads(said.splitlines()[-1])
    return Load(**{name: found[name] for name in Load.__dataclass_fields__})
