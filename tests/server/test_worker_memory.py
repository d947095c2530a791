"""A web worker loads no library that only the desk, the commands or another database need, and makes pages in little memory."""

import os
import subprocess
import sys

from campaign.config import PREFIX
from tests.servers import LONG, on_sqlite

NOT_NEEDED = {"alembic", "dns", "pikepdf", "PIL", "psycopg", "redis", "typst", "xlsxwriter", "zxcvbn"}
SERVED = """
import sys
import campaign.cli.server  # the process that web workers are forked from
from campaign import create_app
from campaign.public.mirror import whole_mirror
from tests.people import Visitor

app = create_app()
pages = whole_mirror(app)
answer = Visitor(app.test_client()).sign(email="layla@example.org")
print(len(pages), answer.status_code, *sorted({name.partition(".")[0] for name in sys.modules}))
"""
COMPRESSED = """
import random
import re
from pathlib import Path
from campaign.web.page_cache import cache_page

def peak():
    return int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

words = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(1000)]
before = peak()
cache_page(" ".join(random.choices(words, k=3500)).encode(), [("Content-Type", "text/html; charset=utf-8")])
print(peak() - before)
"""


def run(program: str, **env: str) -> list[str]:
    """The words that another Python process writes."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONG, env=os.environ | env).stdout.split()


@on_sqlite
def test_a_web_worker_that_has_served_every_page_and_a_signature_has_loaded_no_library_it_does_not_need(settings):
    pages, answered, *loaded = run(SERVED, **{f"{PREFIX}DATA": str(settings.data)})

    assert int(pages) > 20
    assert answered == "303"
    assert {"campaign", "flask", "sqlalchemy", "brotli"} <= set(loaded)
    assert set(loaded) & NOT_NEEDED == set()


def test_a_page_is_compressed_in_little_memory():
    assert int(run(COMPRESSED)[0]) < 6_000_000
