"""The author's consent: a private record in the data folder, `consent.toml`. No page, copy or export ever shows it.

It says by whom it was given, for what, on which day, and when to ask again.
"""

import stat
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from campaign.content.testimony_policy import TestimonyPolicy
from campaign.languages import SOURCE

CONSENT_FILE = "consent.toml"
OWNER_ONLY = 0o600
SCOPE_MEANINGS = {
    "text": "that the text is published",
    "name": "that the author is named as the byline does",
    "translation": "that it is translated",
    "social": "that a picture with its title goes with shared links",
}
REQUIRED_CONSENT_KEYS = ("given_by", "given_on", "scope", "review_by")


def consent_problems(data: Path, policy: TestimonyPolicy, codes: list[str], today: date) -> Iterator[str]:
    """What is missing for a public launch, a sentence each; no sentence repeats what the record holds."""
    file = data / CONSENT_FILE
    if not file.exists():
        yield f"There is no record of the author's consent: write {file}; docs/organizers.md says what goes in."
        return
    if stat.S_IMODE(file.stat().st_mode) != OWNER_ONLY:
        yield f"{file} can be read by others: run `chmod 600 {file}`."
    try:
        record = tomllib.loads(file.read_text("utf-8"))
    except ValueError:
        yield f"{file} cannot be read as TOML: docs/organizers.md shows how it is written."
        return
    yield from _missing_parts(file, record, today)
    scope = record.get("scope")
    for name in sorted(required_scope(policy, codes) - set(scope if isinstance(scope, list) else [])):
        yield f"The author's consent does not say {SCOPE_MEANINGS[name]}: ask, and add {name} to the scope in {file}."


def required_scope(policy: TestimonyPolicy, codes: list[str]) -> set[str]:
    """For what the site as it is needs the author's consent."""
    if policy.withdrawn:
        return set()
    with_name = {"name"} if policy.attribution != "none" else set()
    return {"text", "social"} | with_name | ({"translation"} if set(codes) - {SOURCE} else set())


def _missing_parts(file: Path, record: dict[str, Any], today: date) -> Iterator[str]:
    missing = [name for name in REQUIRED_CONSENT_KEYS if not record.get(name)]
    if missing:
        yield f"{file} does not say {', '.join(missing)}."
    for name in ("given_on", "review_by"):
        if record.get(name) and not isinstance(record[name], date):
            yield f"{file}: {name} is to be a day, such as 2026-11-20."
    review_by = record.get("review_by")
    if isinstance(review_by, date) and review_by < today:
        yield f"The day on which the author is to be asked again is past: ask, and write a new review_by into {file}."
