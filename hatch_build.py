"""Compiles the catalogues in translations/ when the project is built, and refuses one that would show a wrong sentence.

What is refused, and why, stands in `campaign/translation/catalogues.py`. `python hatch_build.py` does the same without a build.
"""

import runpy
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOP = Path(__file__).parent
# By its path: while the project is built it cannot be imported yet, nor can what it needs.
CATALOGUES = runpy.run_path(str(TOP / "campaign" / "translation" / "catalogues.py"))


class CompileCatalogues(BuildHookInterface[Any]):
    """The build hook: runs before a wheel is packed and before an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles every catalogue, or ends the build with the sentences of `BadCatalogue`."""
        try:
            CATALOGUES["compile_catalogues"](Path(self.root) / "translations")
        except CATALOGUES["BadCatalogue"] as trouble:
            self.app.abort(str(trouble))


if __name__ == "__main__":
    try:
        CATALOGUES["compile_catalogues"](TOP / "translations")
    except CATALOGUES["BadCatalogue"] as trouble:
        sys.exit(str(trouble))
