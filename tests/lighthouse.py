"""`python -m tests.lighthouse [--runs N]`: what Lighthouse says of the pages that people come to, on a sample of the site.

It prints the scores, writes them into docs/lighthouse.md and exits with 1 where one is below its target. Lighthouse is a
package of npm; it is installed beside the other packages of the tests, and nothing but this needs it.
"""

import argparse
import datetime
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.figures import table
from tests.browser import chromium
from tests.browser.places import other_than
from tests.servers import Campaign

VERSION = "12.8.2"
FOLDER = Path(sys.prefix) / "lighthouse"
PROGRAM = FOLDER / "node_modules" / ".bin" / "lighthouse"
FILE = Path("docs/lighthouse.md")
LANGUAGES = ("ar", "en")
PATHS = ("", "testimony", "testimony/beside/{other}", "sign")
TARGETS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
HEAD = ["page", "performance", "accessibility", "best practices", "search engines"]
INSTALL = "install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error --prefix".split()
WORDS = """\
# What Lighthouse says

`make lighthouse` measures this and writes this file anew. It needs Chromium and npm (on Debian: `apt install chromium npm`). The
pages of a sample site are opened as on a telephone of the middle range with a slow line, which is Lighthouse’s own preset. Where
there are several runs of a page, its performance is their median and each other score the lowest. Wanted are 100, and at least 95
for performance.

Lighthouse {version}, {browser}, on {day}; runs of each page: {runs}; {cores} cores, load average {load:.1f} before the first
page. The performance is computed from what a page costs this machine, so whatever else the machine does makes the score lower.

{scores}
"""


def main() -> None:
    """Measures every page; says at the end which score is too low."""
    parser = argparse.ArgumentParser(description="What Lighthouse says of the pages that people come to.")
    parser.add_argument("--runs", type=int, default=3, help="how often each page is opened")
    runs = parser.parse_args().runs
    browser = chromium.program() or sys.exit("There is no Chromium here (on Debian: apt install chromium).")
    install()
    load = os.getloadavg()[0]
    found = measure(browser, runs)
    scores = table(HEAD, [[page, *(f"{one:.0f}" for one in scores.values())] for page, scores in found.items()])
    print(scores)
    FILE.write_text(words(runs, browser, load, scores), "utf-8")
    low = [
        f"{page} {name} {score:.0f}"
        for page, all_of_it in found.items()
        for name, score in all_of_it.items()
        if score < TARGETS[name]
    ]
    sys.exit(f"Below what is wanted: {', '.join(low)}" if low else 0)


def install() -> None:
    """Installs Lighthouse where it is not yet."""
    if not PROGRAM.exists():
        npm = shutil.which("npm") or sys.exit("There is no npm here (on Debian: apt install npm).")
        subprocess.run([npm, *INSTALL, FOLDER, f"lighthouse@{VERSION}"], check=True)


def measure(browser: str, runs: int) -> dict[str, dict[str, float]]:
    """The scores, from 0 to 100, by page and name."""
    with tempfile.TemporaryDirectory() as folder:
        made = Campaign(Path(folder) / "instance", workers=1, CAMPAIGN_CONTACT="The test campaign", CAMPAIGN_LIMITS="off")
        made.run("sample", "30")
        with made:
            pages = [f"/{language}/{path.format(other=other_than(language))}" for language in LANGUAGES for path in PATHS]
            return {page: together([once(browser, made.url + page) for _ in range(runs)]) for page in pages}


def once(browser: str, address: str) -> dict[str, float]:
    """The scores of one run."""
    flags = " ".join(["--headless=new", *chromium.QUIETLY])
    options = ["--output=json", "--quiet", "--no-enable-error-reporting", f"--chrome-flags={flags}"]
    told = subprocess.run(
        [PROGRAM, address, *options], env=os.environ | {"CHROME_PATH": browser}, stdout=subprocess.PIPE, check=True, timeout=300
    )
    report: dict[str, Any] = json.loads(told.stdout)
    return {name: 100 * (report["categories"][name]["score"] or 0) for name in TARGETS}


def together(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of what depends on the machine; the lowest of what does not."""
    lowest = {name: min(run[name] for run in runs) for name in TARGETS}
    return lowest | {"performance": statistics.median(run["performance"] for run in runs)}


def words(runs: int, browser: str, load: float, scores: str) -> str:
    """What stands in the file."""
    said = subprocess.run([browser, "--version"], capture_output=True, text=True, check=True).stdout
    return WORDS.format(
        runs=runs,
        version=VERSION,
        browser=" ".join(said.split()[:2]),
        day=datetime.datetime.now(datetime.UTC).date(),
        cores=os.cpu_count(),
        load=load,
        scores=scores,
    )


if __name__ == "__main__":
    main()
