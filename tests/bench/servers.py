"""The servers that are measured: the site, filled with made-up signatures, and the yardsticks, on the same server."""

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from campaign.config import Settings
from campaign.database import Database
from tests.servers import Campaign, free_port, wait_until

WORKERS = 2
GRANIAN = "--interface wsgi --blocking-threads 1 --http 1 --no-ws --no-log --host 127.0.0.1".split()


class Site(Campaign):
    """The site with so many signatures, without rate limits and without the mail worker."""

    def __init__(self, data: Path, size: int, **env: str) -> None:
        super().__init__(data, workers=WORKERS, CAMPAIGN_LIMITS="off", **env)
        self.size = size
        self.command.append("--no-mail")
        self.url = self.url.replace("localhost", "127.0.0.1")  # one address, and no looking it up

    def fill(self) -> "Site":
        """Makes the signatures."""
        self.do("sample", str(self.size))
        return self

    @property
    def settings(self) -> Settings:
        """Its settings, for what looks at it from this process."""
        return Settings(data=self.data, database_url=self.env.get("CAMPAIGN_DATABASE_URL", ""))

    def open_database(self) -> Database:
        """Its database, on whichever engine it is."""
        return Database(self.settings.database_url, self.data)

    def do(self, *arguments: str) -> None:
        """Runs another command on the same data folder; large ones take their time."""
        command = [sys.executable, "-m", "campaign", *arguments]
        subprocess.run(command, check=True, env=self.env, capture_output=True, timeout=3600)


class Yardstick:
    """One yardstick in an empty folder; `page` is the number of bytes its constant page has."""

    def __init__(self, folder: Path, page: int = 1000, database_url: str = "", workers: int = WORKERS) -> None:
        folder.mkdir()
        self.workers = workers
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = {"YARDSTICK_BYTES": str(page), "PYTHONPATH": str(Path(__file__).parent)}
        if database_url:
            self.env["YARDSTICK_URL"] = database_url

    def __enter__(self) -> "Yardstick":
        command = [sys.executable, "-m", "granian", *GRANIAN, "--workers", str(self.workers), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, "yardstick:app"], env=self.env, cwd=self.folder, stdout=subprocess.DEVNULL)
        wait_until(self.is_up, 30)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def is_up(self) -> bool:
        """Whether it answers."""
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            return bool(urllib.request.urlopen(f"{self.url}/form", timeout=2).status == 200)
        return False


def children(parent: int) -> list[int]:
    """The processes that `parent` has started and that still run."""
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


def processor_time(process: int) -> float:
    """Seconds that a process and those it started have kept the processor busy."""
    own = 0.0
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_time(child) for child in children(process))


def memory(process: int, what: str) -> float:
    """MB that a process holds (VmRSS) or held at most (VmHWM); 0 once it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(what):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def shared_fairly(process: int) -> float:
    """MB of a process, what it shares with others divided among them (Pss); 0 once it is gone."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0
