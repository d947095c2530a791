"""Which languages there are: each folder of `translations/` with a `language.toml` is one.

The file says how the language is called in itself (`name`), whose rules format its numbers and days (`locale`, CLDR), its
direction (`dir`), what Facebook calls it (`og`), which other tags browsers send for it (`counts_as`), and its `status`:
`hidden` until it is fit to be read, then `public`. Only public languages are on the site.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

SOURCE = "en"  # what all other languages are translated from
HIDDEN, PUBLIC = "hidden", "public"
DESCRIPTION = "language.toml"


class LanguageError(SystemExit):
    """A language that cannot be used; its text is one sentence that says which file and why.

    It ends the program: languages are read while modules are imported, where nobody could catch it.
    """


@dataclass(frozen=True)
class Language:
    """A language of the site."""

    code: str  # as in the address and in `lang`
    locale: str  # whose rules format numbers and days
    name: str  # in itself
    dir: str
    og: str  # what Facebook calls it
    counts_as: tuple[str, ...] = ()  # ISO 639 codes that browsers send for it
    status: str = PUBLIC

    @property
    def is_rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.dir == "rtl"


def discover(translations: Path) -> dict[str, Language]:
    """Every language by its code, the source first; raises LanguageError."""
    found = [describe(file) for file in translations.glob(f"*/{DESCRIPTION}")]
    return {language.code: language for language in sorted(found, key=lambda one: (one.code != SOURCE, one.code))}


def describe(file: Path) -> Language:
    """The language that a `language.toml` describes; raises LanguageError."""
    code = file.parent.name
    try:
        said = tomllib.loads(file.read_text("utf-8"))
        language = Language(code, counts_as=tuple(said.pop("counts_as", ())), **said)
    except (OSError, ValueError, TypeError) as error:
        raise LanguageError(f"{file}: {error}") from None
    if language.dir not in {"ltr", "rtl"}:
        raise LanguageError(f"{file}: `dir` is to be ltr or rtl, not {language.dir}.")
    if language.status not in {HIDDEN, PUBLIC}:
        raise LanguageError(f"{file}: `status` is to be hidden or public, not {language.status}.")
    return language
