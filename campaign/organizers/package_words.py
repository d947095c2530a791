"""Who answers and the postal address that a package is to print: encrypted while it waits, then dropped; never in the audit.

A request drops them once it is decided or over, an export goes a day after it was asked for.
"""

import json
from collections.abc import Mapping
from typing import Any

from campaign.crypto.sealing import CannotOpen, decrypt, encrypt
from campaign.exports.format import FILLED_IN

PRINTED = ("person", "postal")


def seal_words(key: bytes, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as a fact of a request or an export; nothing where nothing was."""
    said = {name: typed[name] for name in PRINTED if typed.get(name)}
    return {FILLED_IN: encrypt(key, json.dumps(said, ensure_ascii=False)).hex()} if said else {}


def open_words(key: bytes, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what was typed, by its name; empty where nothing was, or another key closed it."""
    if FILLED_IN not in facts:
        return {}
    try:
        return dict(json.loads(decrypt(key, bytes.fromhex(facts[FILLED_IN]))))
    except (CannotOpen, ValueError):
        return {}
