"""A format that is defined is registered; where that is enough is in tests/organizers/test_formats.py."""

import importlib
import pkgutil

from campaign import exports
from campaign.exports.format import Format
from campaign.exports.formats import FORMATS


def test_every_format_that_a_module_defines_is_registered():
    modules = [importlib.import_module(f"campaign.exports.{found.name}") for found in pkgutil.iter_modules(exports.__path__)]

    defined = {one.name: one for module in modules for one in vars(module).values() if isinstance(one, Format)}

    assert defined == FORMATS
