"""The import contracts of pyproject.toml hold; each contract's name is the sentence that would be broken."""

import subprocess
import sys
from pathlib import Path


def test_imports_go_down_only():
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], capture_output=True, text=True, check=False
    )

    assert found.returncode == 0, found.stdout
