"""The programs that some tests need and the README does not ask for: where they are, and how they are installed."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.browser import chromium


class Program(NamedTuple):
    """One program; without it the tests that need it are skipped at home and fail under `CI`."""

    find: Callable[[], str | None]
    untested: str
    install: str

    @property
    def missing(self) -> str:
        """Return the reason for which a test is left out, empty where the program is there."""
        return "" if self.find() else f"{self.untested} ({self.install})"


def on_path(name: str) -> Callable[[], str | None]:
    """Return a function that finds a command on the path."""
    return lambda: shutil.which(name)


def checker() -> str | None:
    """Return the path of the Nu HTML checker, which is a Java program of 32 MB."""
    jar = os.environ.get("VNU_JAR", "")
    return jar if Path(jar).is_file() and shutil.which("java") else None


# By the name of the fixture that hands the path over.
PROGRAMS = {
    "age": Program(on_path("age"), "NO OTHER PROGRAM OPENED A KEY FILE", "on Debian: apt install age"),
    "caddy": Program(on_path("caddy"), "CADDY DID NOT READ ITS EXAMPLE", "on Debian: apt install caddy"),
    "chromium": Program(chromium.program, "NO BROWSER WAS TESTED", "on Debian: apt install chromium"),
    "nginx": Program(on_path("nginx"), "NGINX DID NOT READ ITS EXAMPLE", "on Debian: apt install nginx-light"),
    "openssl": Program(on_path("openssl"), "NO E-MAIL OVER TLS WAS TESTED", "on Debian: apt install openssl"),
    "pdftotext": Program(on_path("pdftotext"), "POPPLER READ NO PRINT", "on Debian: apt install poppler-utils"),
    "pgbouncer": Program(on_path("pgbouncer"), "NO POOLER WAS TESTED", "on Debian: apt install pgbouncer"),
    "pymupdf": Program(on_path("pymupdf"), "MUPDF READ NO PRINT", "pipx install pymupdf"),
    "redis_server": Program(on_path("redis-server"), "NO SHARED LIMITS WERE TESTED", "on Debian: apt install redis-server"),
    "soffice": Program(on_path("soffice"), "NO SPREADSHEET WAS OPENED", "on Debian: apt install libreoffice-calc-nogui"),
    "strace": Program(on_path("strace"), "NOBODY SAW THE DISK WAITED FOR", "on Debian: apt install strace"),
    "systemd_analyze": Program(on_path("systemd-analyze"), "SYSTEMD DID NOT READ THE UNITS", "on Debian: apt install systemd"),
    "vnu": Program(checker, "NO HTML WAS CHECKED", "install Java, npm install vnu-jar, set VNU_JAR to its vnu.jar"),
}


def fixture(name: str) -> Any:
    """Return the fixture that hands over the path of a program."""
    return pytest.fixture(scope="session", name=name)(PROGRAMS[name].find)


def needed_by(item: pytest.Item) -> list[Program]:
    """Return the programs that a test asks for, itself or through other fixtures."""
    return [program for name, program in PROGRAMS.items() if name in getattr(item, "fixturenames", ())]


def leave_out(item: pytest.Item) -> None:
    """Skip a test whose programs are missing, before any of its fixtures begins; fail it where everything is to be tested."""
    if missing := [program.missing for program in needed_by(item) if program.missing]:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("\n".join(missing))
