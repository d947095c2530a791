"""The names of settings, in `.env` and in the environment: a misspelt one is refused, with the one that was probably meant."""

import os
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values

PREFIX = "CAMPAIGN_"


class SettingError(Exception):
    """A setting cannot be used; the message says which and how to correct it."""


def env_file() -> Path:
    """Return the path of the `.env` beside the data folder."""
    return Path(os.environ.get(PREFIX + "DATA") or "instance").absolute().parent / ".env"


def read_early(name: str, file: Path) -> str:
    """Return a setting that is needed before all are read, from the environment or else a `.env`; empty where it is not set.

    A `.env` that cannot be read sets nothing here: `Settings.load` says what is wrong with it.
    """
    outside = {name.upper(): value for name, value in os.environ.items()}
    try:
        return outside.get(name) or _values_in(file).get(name) or ""
    except SettingError:
        return ""


def is_named(name: str, file: Path) -> bool:
    """Return whether the environment or a `.env` has a setting, even an empty one."""
    return name in {*_values_in(file), *map(str.upper, os.environ)}


def reject_unknown_names(file: Path, fields: list[str]) -> None:
    """Raise SettingError for a `.env` that cannot be read and for the name of a setting that does not exist.

    In the environment only a name like one of ours counts as a slip: Kubernetes, for one, puts `CAMPAIGN_PORT` there by itself.
    """
    in_file = {name for name in _values_in(file) if name.startswith(PREFIX)}
    outside = {name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    known = [name.upper() for name in fields]
    wrong = (in_file | {name for name in outside if _closest_setting(name, known)}) - {PREFIX + name for name in known}
    if wrong:
        raise SettingError("; ".join(_unknown_sentence(name, known) for name in sorted(wrong)))


def _values_in(file: Path) -> dict[str, str | None]:
    """Return what a `.env` sets, by the names in upper case; raise SettingError where it is not text in UTF-8."""
    if not file.is_file():
        return {}
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {error.strerror}.") from None
    if "\0" in text:
        raise SettingError(f"{file} is not text in UTF-8. Save it again with that encoding.")
    return {name.upper(): value for name, value in dotenv_values(stream=StringIO(text)).items()}


def _closest_setting(name: str, known: list[str]) -> str:
    """Return the setting that a name resembles; empty where it resembles none."""
    return "".join(get_close_matches(name.removeprefix(PREFIX), known, n=1, cutoff=0.7))


def _unknown_sentence(name: str, known: list[str]) -> str:
    close = _closest_setting(name, known)
    return f"{name} is not a setting" + (f": did you mean {PREFIX}{close}?" if close else ".")
