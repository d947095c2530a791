"""Check `messages.po`, compile it to `messages.mo`, and make the plural rule of a language. Nothing but Babel is needed.

Refused is a catalogue that does not parse, an entry that is fuzzy or has some of its plural forms empty, and a
translation whose placeholders (`%(name)s`) are not those of its message. A plural form that stands for one number
only may leave placeholders out: Arabic has three of them, and "two signatures" is one word there. An entry that is
not translated yet is built; it shows its English.

The `Plural-Forms` header is made from CLDR's rules; the one that Babel writes is wrong for some languages. CLDR's categories
come in its order: zero, one, two, few, many, other. Those that no whole number takes are left out: Russian has a form for
"1.5 signatures", which nobody counts here.
"""

import gettext
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

PO_LINE = re.compile(r'\s*(#.*|((msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?)\s*)?"([^"\\]|\\.)*"\s*)?')
PLACEHOLDER = re.compile(r"%\(\w*\)[#0\- +]?[a-zA-Z]?")
NUMBERS_TRIED = 1000  # CLDR's plural rules repeat within it
CATEGORIES = ("zero", "one", "two", "few", "many", "other")
# CLDR's rules for whole numbers are told apart within these
WHOLE_NUMBERS = (*range(1001), *(10**power for power in range(4, 8)))
RELATION = re.compile(r"(\w)(?: mod (\d+))? (not )?in ([\d.,]+)")
NOT_COMPILED = "These catalogues are not compiled, so headings and buttons would be English: {}. Run `pybabel compile -d {}`."


class BadCatalogue(ValueError):
    """One or more sentences, a line each, that say which entries must be put right: file, line, message id, trouble."""


def require_compiled(translations: Path, codes: Iterable[str]) -> None:
    """Raise BadCatalogue where a language has no messages.mo: its pages would have the headings and buttons of English."""
    files = [translations / code / "LC_MESSAGES" / "messages.mo" for code in codes]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise BadCatalogue(NOT_COMPILED.format(", ".join(missing), translations))


def compile_catalogues(translations: Path) -> list[Path]:
    """Write a messages.mo beside every LANG/LC_MESSAGES/messages.po of a folder; nothing is written if one is bad."""
    sources = sorted(translations.glob("*/LC_MESSAGES/messages.po"))
    problems = [sentence for source in sources for sentence in check_catalogue(source)]
    if problems:
        raise BadCatalogue("\n".join(problems))
    return [compile_catalogue(source) for source in sources]


def check_catalogue(source: Path) -> list[str]:
    """Return sentences that say what is wrong in one catalogue; none when it may be built."""
    name = "/".join(source.parts[-4:])
    try:
        catalogue = read_catalogue(source)
    except PoFileError as error:
        return [f"{name}, line {error.lineno + 1}: {str(error).removesuffix(f' on {error.lineno}')}."]
    except (ValueError, LookupError) as error:
        return [f"{name}: this does not parse: {error}."]
    single = single_forms(catalogue)
    return [
        f'{name}, line {entry.lineno or 1}: "{first_id(entry)}": {problem}.'
        for entry in catalogue
        for problem in entry_errors(entry, single)
    ]


def read_catalogue(source: Path) -> Catalog:
    """Return a catalogue in the language of its folder; PoFileError or ValueError says where it does not parse."""
    content = source.read_bytes()
    for number, line in enumerate(content.decode().split("\n"), start=1):
        if not PO_LINE.fullmatch(line):
            raise ValueError(f"line {number}: {line.strip()}")
    catalog = read_po(BytesIO(content), locale=source.parts[-3], abort_invalid=True)
    gettext.c2py(catalog.plural_expr)
    return catalog


def compile_catalogue(source: Path) -> Path:
    """Compile one catalogue; a site that runs sees the old one or the new one, never half of it."""
    target = source.with_suffix(".mo")
    unfinished = target.with_suffix(f".{os.getpid()}.mo")
    with unfinished.open("wb") as file:
        write_mo(file, read_catalogue(source))
    unfinished.replace(target)
    return target


def single_forms(catalog: Catalog) -> set[int]:
    """Return the plural forms for a single number, by the catalogue's own plural expression."""
    form_of = gettext.c2py(catalog.plural_expr)
    forms = [form_of(number) for number in range(NUMBERS_TRIED)]
    return {form for form in forms if forms.count(form) == 1}


def entry_errors(entry: Message, single: set[int]) -> Iterator[str]:
    """Say what is wrong with one entry, in words to follow its message id; `single` comes from `single_forms`."""
    if entry.fuzzy:
        yield "it is marked fuzzy; check the translation and remove the mark"
    if not entry.id or not any(entry_strings(entry)):
        return
    for form, string in enumerate(entry_strings(entry)):
        where = f"plural form {form}" if entry.pluralizable else "the translation"
        if not string:
            yield f"{where} is empty"
        else:
            yield from placeholder_errors(where, last_id(entry), string, entry.pluralizable and form in single)


def placeholder_errors(where: str, message: str, string: str, may_leave_out: bool) -> Iterator[str]:
    """Name the placeholders that one translated string has too many or too few."""
    ours, theirs = placeholders(message), placeholders(string)
    for extra in sorted(theirs - ours):
        yield f"{where} has {extra}, which the message does not have"
    for missing in sorted(ours - theirs):
        if not may_leave_out:
            yield f"{where} lacks {missing}"
    if fills_in(message) and not fills_in(string) and ours >= theirs:
        yield f"{where} has a % that is no placeholder; write the sign itself as %%"


def placeholders(string: str) -> set[str]:
    """Return the named placeholders of a string as they are written: {'%(count)s'}."""
    return set(PLACEHOLDER.findall(string.replace("%%", "")))


def fills_in(string: str) -> bool:
    """Return whether values can be put in at all: a stray % would break the page that shows the sentence."""
    try:
        string % defaultdict(int)
    except (ValueError, TypeError):
        return False
    return True


def entry_strings(entry: Message) -> list[str]:
    """Return the translated strings of an entry: one, or one for each plural form."""
    return list(entry.string) if isinstance(entry.string, list | tuple) else [entry.string or ""]


def first_id(entry: Message) -> str:
    """Return the message id that a translator searches for; the entry at the top of the file has none."""
    return (entry.id[0] if isinstance(entry.id, list | tuple) else entry.id) or "the header"


def last_id(entry: Message) -> str:
    """Return the message id with every placeholder in it: the plural, where there is one."""
    return entry.id[-1] if isinstance(entry.id, list | tuple) else entry.id


def categories(locale: str) -> list[str]:
    """Return the plural categories of whole numbers in a language, in the order of a catalogue's plural forms."""
    form = Locale.parse(locale).plural_form
    used = {form(number) for number in WHOLE_NUMBERS}
    return [category for category in CATEGORIES if category in used]


def plural_forms_header(locale: str) -> str:
    """Return the value of `Plural-Forms`: `nplurals=2; plural=(n==1 ? 0 : 1);`."""
    *named, _ = used = categories(locale)
    rules = Locale.parse(locale).plural_form.rules
    choices = "".join(f"{gettext_condition(rules[category])} ? {place} : " for place, category in enumerate(named))
    return f"nplurals={len(used)}; plural=({choices}{len(named)});"


def gettext_condition(rule: str) -> str:
    """Return one CLDR rule (UTS 35, part 3, 5) for a whole number `n`, as gettext writes it."""
    return " || ".join(filter(None, map(_all_of, rule.split(" or ")))) or "0"


def _all_of(rule: str) -> str:
    """Return the conditions joined by `and`; nothing where they hold for no whole number."""
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
