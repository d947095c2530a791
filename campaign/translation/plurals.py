"""The plural rule of a language as a `Plural-Forms` header, from CLDR's rules; the one that Babel writes is wrong for some.

CLDR's categories come in its order: zero, one, two, few, many, other. Those that no whole number takes are left out: Russian
has a form for "1.5 signatures", which nobody counts here.
"""

import re
from collections.abc import Iterator

from babel import Locale

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
# CLDR's rules for whole numbers are told apart within these
WHOLE_NUMBERS = (*range(1001), *(10**power for power in range(4, 8)))
RELATION = re.compile(r"(\w)(?: mod (\d+))? (not )?in ([\d.,]+)")


def categories(locale: str) -> list[str]:
    """The plural categories of whole numbers in a language, in the order of a catalogue's plural forms."""
    form = Locale.parse(locale).plural_form
    used = {form(number) for number in WHOLE_NUMBERS}
    return [category for category in CATEGORIES if category in used]


def plural_forms_header(locale: str) -> str:
    """The value of `Plural-Forms`: `nplurals=2; plural=(n==1 ? 0 : 1);`."""
    *named, _ = used = categories(locale)
    rules = Locale.parse(locale).plural_form.rules
    choices = "".join(f"{gettext_condition(rules[category])} ? {place} : " for place, category in enumerate(named))
    return f"nplurals={len(used)}; plural=({choices}{len(named)});"


def gettext_condition(rule: str) -> str:
    """One CLDR rule (UTS 35, part 3, 5) for a whole number `n`, as gettext writes it."""
    return " || ".join(filter(None, map(_all_of, rule.split(" or ")))) or "0"


def _all_of(rule: str) -> str:
    """The conditions joined by `and`; nothing where they hold for no whole number."""
    found = [_relation(*part.groups()) for part in RELATION.finditer(rule)]
    return "" if "0" in found else " && ".join(part for part in found if part != "1") or "1"


def _relation(operand: str, modulus: str | None, negated: str | None, ranges: str) -> str:
    if operand not in "ni":  # digits behind a point, and exponents: a whole number has none
        return str(int(("0" in re.split(r"\D+", ranges)) != bool(negated)))
    value = f"n%{modulus}" if modulus else "n"
    parts = list(_ranges(value, ranges))
    if negated:
        return f"!({' || '.join(parts)})" if len(parts) > 1 or "&&" in parts[0] else parts[0].replace("==", "!=")
    return f"({' || '.join(parts)})" if len(parts) > 1 else parts[0]


def _ranges(value: str, ranges: str) -> Iterator[str]:
    for one in ranges.split(","):
        first, _, last = one.partition("..")
        yield f"{value}>={first} && {value}<={last}" if last else f"{value}=={first}"
