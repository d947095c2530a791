"""Mutations: the code is broken in one place at a time, and the tests of that place must fail.

`python -m tests.mutations [NAME...]` runs those of `mutations.toml` whose name holds one of the given words, or all of them.
Each is made in a copy of the tree. It exits with 1 when one survives without a written reason, or cannot be made.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LIST = TOP / "tests" / "mutations.toml"
AT_ONCE = int(os.environ.get("JOBS", "2"))
LEFT_OUT = shutil.ignore_patterns(".venv", ".git", "instance", "__pycache__", ".*_cache", ".hypothesis")
PASSED, FAILED = 0, 1  # what pytest exits with; anything else means that the tests could not run
KILLED, SURVIVED, EQUIVALENT, BROKEN = "killed", "SURVIVED", "equivalent", "BROKEN"


@dataclass(frozen=True)
class Mutation:
    """One way to break the code. Each old text occurs exactly once in the file."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]  # old text, new text
    tests: tuple[str, ...]
    equivalent: str = ""  # why no test can tell it from the code

    @property
    def module(self) -> str:
        """Return the name that the mutated file is imported by."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def misfit(self, source: str) -> str:
        """Return why the mutation does not apply to a source, or nothing."""
        counts = [source.count(old) for old, _ in self.changes]
        found = next((number for number in counts if number != 1), 1)
        return "" if found == 1 else f"an old text occurs {found} times in {self.file}"

    def mutated(self, source: str) -> str:
        """Return the source with its fault."""
        for old, new in self.changes:
            source = source.replace(old, new)
        return source


@dataclass(frozen=True)
class Result:
    """What became of one mutation."""

    verdict: str
    detail: str
    seconds: float = 0.0


def read(file: Path = LIST) -> list[Mutation]:
    """Return the mutations of a list."""
    return [
        Mutation(
            name=one["name"],
            file=one["file"],
            changes=tuple((change["old"], change["new"]) for change in (one, *one.get("also", []))),
            tests=tuple(one["tests"]),
            equivalent=one.get("equivalent", ""),
        )
        for one in tomllib.loads(file.read_text("utf-8"))["mutation"]
    ]


def run(mutation: Mutation) -> Result:
    """Make one mutation in a copy of the tree and run its tests there."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = make_copy(folder)
        file = copy / mutation.file
        source = file.read_text("utf-8")
        if misfit := mutation.misfit(source):
            return Result(BROKEN, f"does not apply: {misfit}")
        file.write_text(mutation.mutated(source), "utf-8")
        if trouble := import_trouble(copy, mutation):
            return Result(BROKEN, trouble)
        status, output = run_tests(copy, mutation.tests, "-x")
    if status not in {PASSED, FAILED}:
        return Result(BROKEN, f"the tests cannot run:\n{output[-2000:]}")
    verdict = KILLED if status == FAILED else EQUIVALENT if mutation.equivalent else SURVIVED
    detail = mutation.equivalent if verdict == EQUIVALENT else failed_test(output)
    return Result(verdict, detail, time.monotonic() - began)


def make_copy(folder: str) -> Path:
    """Copy the tree, as it is on the disk, into a folder."""
    return shutil.copytree(TOP, Path(folder) / "tree", ignore=LEFT_OUT, symlinks=True)


def import_trouble(copy: Path, mutation: Mutation) -> str:
    """Return why Python does not import the mutated file, or nothing."""
    done = in_copy(copy, "-c", f"import importlib; print(importlib.import_module({mutation.module!r}).__file__)")
    if done.returncode:
        return f"cannot be imported: {done.stderr.strip().splitlines()[-1]}"
    imported = Path(done.stdout.strip().splitlines()[-1])
    return "" if imported == copy / mutation.file else f"Python imports {imported} instead of the copy"


def run_tests(copy: Path, tests: tuple[str, ...], *options: str) -> tuple[int, str]:
    """Run tests in a copy; return pytest's exit status and what it printed."""
    done = in_copy(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, *tests)
    return done.returncode, done.stdout + done.stderr


def in_copy(copy: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in a copy. PYTHONPATH comes before the editable installation, so the copy is what is imported."""
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *arguments], cwd=copy, env=env, capture_output=True, text=True, check=False)


def failed_test(output: str) -> str:
    """Return the first failed test that pytest named."""
    found = re.search(r"^(?:FAILED|ERROR) (tests/\S+)", output, re.MULTILINE)
    return found[1] if found else ""


def is_green(mutations: list[Mutation]) -> bool:
    """Run the tests of all mutations on an unmutated copy; print what fails."""
    tests = tuple(dict.fromkeys(test for mutation in mutations for test in mutation.tests))
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        status, output = run_tests(make_copy(folder), tests, "-n", str(AT_ONCE), "--dist", "worksteal")
    if status != PASSED:
        print(output[-4000:])
    return status == PASSED


def chosen(words: list[str]) -> list[Mutation]:
    """Return the mutations whose names hold one of some words; all of them without any."""
    found = [one for one in read() if not words or any(word.casefold() in one.name.casefold() for word in words)]
    if not found:
        sys.exit("No mutation has such a name.")
    return found


def main(words: list[str]) -> int:
    """Run mutations and print a line for each; return the exit status."""
    mutations = chosen(words)
    print(f"{len(mutations)} mutations. First the tests run without any of them ...", flush=True)
    if not is_green(mutations):
        print("The tests fail without any mutation.")
        return 1
    results = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for mutation, result in zip(mutations, pool.map(run, mutations), strict=True):
            results.append(result)
            print(f"{result.verdict:10} {result.seconds:5.0f} s  {mutation.name}  [{result.detail}]", flush=True)
    counts = {verdict: sum(one.verdict == verdict for one in results) for verdict in (KILLED, EQUIVALENT, SURVIVED, BROKEN)}
    print(", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    return int(bool(counts[SURVIVED] or counts[BROKEN]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
