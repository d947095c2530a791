"""The import contracts of pyproject.toml hold; each contract's name is the sentence that would be broken."""

import subprocess
import sys
import tomllib
from pathlib import Path

from campaign.config import PACKAGE

TOP = PACKAGE.parent


def test_imports_go_down_only():
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=TOP, capture_output=True, text=True, check=False
    )

    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


def test_every_module_has_its_layer():
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    named = {".".join(name.strip(" ()").split(".")[:2]) for layer in contracts[0]["layers"] for name in layer.split("|")}

    there = {f"campaign.{file.stem}" for file in PACKAGE.iterdir() if file.suffix == ".py" or (file / "__init__.py").is_file()}

    assert there - named - {"campaign.__init__", "campaign.migrations"} == set()


def test_each_contract_is_named_by_a_sentence():
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]

    for contract in contracts:
        assert contract["name"].endswith(".")
        assert len(contract["name"].split()) > 5
