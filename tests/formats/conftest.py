"""What the tests of formats have in common: the recorded vectors, and keys that are for tests only."""

import json
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from campaign.crypto.keys import Keys

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


@pytest.fixture
def vectors() -> dict[str, Any]:
    """What was recorded of each format, by its name."""
    return VECTORS


@pytest.fixture
def private(vectors: dict[str, Any]) -> PrivateKey:
    """The private key of the recorded campaign."""
    return PrivateKey(bytes.fromhex(vectors["keys"]["seal"]))


@pytest.fixture
def keys(vectors: dict[str, Any], private: PrivateKey) -> Keys:
    """The keys of the recorded campaign."""
    secret = {name: bytes.fromhex(vectors["keys"][name]) for name in ("tag", "mail", "form", "desk")}
    return Keys(public=private.public_key, private=private, **secret)
