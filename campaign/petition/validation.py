"""What people type, made clean: names in any script, e-mail addresses, and the slips of the finger in them.

A cleaner returns the clean text or raises ValidationError with one sentence in the reader's language.
"""

import difflib
import functools
import operator
import unicodedata
from contextlib import suppress

import regex
from flask_babel import gettext, ngettext
from wtforms.validators import ValidationError

from campaign.config import PACKAGE
from campaign.languages import number
from campaign.outbox.address import EmailAddress, NotAnAddress, mend_address, parse_address
from campaign.outbox.mail_providers import PROVIDERS

MAX_GRAPHEMES, MAX_BYTES, MAX_MARKS = 100, 400, 5  # graphemes; bytes of UTF-8; combining marks on one letter

# Characters that are not seen and can reorder or forge what stands beside them. ZWNJ and ZWJ (U+200C, U+200D) stay:
# Persian, Kurdish and Indic names need them.
INVISIBLE = regex.compile(
    r"[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F"
    r"\uFEFF\uFFA0\uFFF9-\uFFFB\U000E0000-\U000E0FFF]"
)
CONTROL = regex.compile(r"[\p{Cc}\p{Cs}\p{Cn}\p{Co}\u2028\u2029\uFFFD]")
SPACES = regex.compile(r"\s+")
JOINERS = "\u200c\u200d"  # they join nothing at the beginning, and do not break a link
TOO_MANY_MARKS = regex.compile(rf"\p{{M}}{{{MAX_MARKS + 1},}}")
LETTER = regex.compile(r"[\p{L}\p{N}--ـ]", regex.V1)
# Providers of their own whose names are like those of larger ones: nobody there is asked whether they meant another.
SIMILAR_PROVIDERS = ("mail.com", "email.com", "ymail.com")
WITHOUT_ENDING = {provider.partition(".")[0]: provider for provider in reversed(PROVIDERS)}
SIMILAR, MOST_OTHER_LETTERS = 0.87, 4  # as difflib measures it; letters that only one of two similar domains has
COMMAS = regex.compile("[,;،؛]")
# A formula of a spreadsheet. A sign before letters alone is a name: =Khomani, where a typewriter has no ǂ.
FORMULA = regex.compile(r"([=+\-@\uFF1D\uFF0B\uFF0D\uFF20])(?!\p{L}[\p{L}\p{M}'’ .-]*$)")
TOP_LEVEL_DOMAINS = (PACKAGE / "petition" / "link_endings.txt").read_text("utf-8").split("\n\n", 1)[1].split()
LABEL, DOT, ENDING = r"[\p{L}\p{N}-]", "[.。．｡]", f"(?i:{'|'.join(TOP_LEVEL_DOMAINS)})"
# M.De Silva, J.de Vries and DR.DE LUCA are people: an initial or a title before the dot, or a capital after it, makes a link only
# with a slash behind it.
TITLES = "(?i:dr|drs|fr|ing|ir|mr|mrs|ms|prof|sr|sra|st|sta|ste)"
LINK_IN_NAME = regex.compile(
    rf"://|(?i:\bwww[.。])|(?<={LABEL}){DOT}{ENDING}/"
    rf"|(?<={LABEL}{{2}})(?<!\b{TITLES}){DOT}(?!\p{{Lu}}\p{{Ll}}){ENDING}(?![\p{{L}}\p{{N}}])"
)
EMAIL_IN_NAME = regex.compile(rf"[\p{{L}}\p{{N}}]\s?@\s?{LABEL}+\s?{DOT}\s?\p{{L}}")
# Digits stand for letters in names as people type them (3abdelra7man), so only a row of them is a number to call.
PHONE_IN_NAME = regex.compile(r"(?:\p{Nd}[\s\p{P}\p{M}+]{0,3}){7}")


def clean_name(text: str, *, is_required: bool = True) -> str:
    """Return a name in NFC, without invisible characters, with single spaces; at most 100 graphemes and 400 bytes."""
    text = text.replace("\t", " ")  # what a name copied from a table brings along
    if CONTROL.search(text.strip(" \r\n")):
        raise ValidationError(gettext("The name contains characters that cannot be shown. Type it again."))
    seen = unicodedata.normalize("NFC", INVISIBLE.sub("", text))
    name = SPACES.sub(" ", seen).strip().lstrip(f"{JOINERS} ")
    if not name.strip("ـ "):
        if is_required:
            raise ValidationError(gettext("Enter a name."))
        return ""
    _check_name(name)
    return name


def _check_name(name: str) -> None:
    length = len(regex.findall(r"\X", name))
    if length > MAX_GRAPHEMES or len(name.encode()) > MAX_BYTES:
        raise ValidationError(
            ngettext(
                "The name must be %(count)s character or fewer.",
                "The name must be %(count)s characters or fewer.",
                MAX_GRAPHEMES,
                count=number(MAX_GRAPHEMES),
            )
        )
    _check_no_contact(unicodedata.normalize("NFKC", name.translate(dict.fromkeys(map(ord, JOINERS)))))
    if FORMULA.match(name):
        raise ValidationError(gettext("The name cannot begin with the sign %(sign)s.", sign=name[0]))
    if "<" in name or ">" in name:
        raise ValidationError(gettext("The name cannot contain the signs < and >."))
    if TOO_MANY_MARKS.search(unicodedata.normalize("NFD", name)) or not LETTER.search(name):
        raise ValidationError(gettext("Write the name with letters."))


def _check_no_contact(name: str) -> None:
    """Refuse what leads to a person or a site: an e-mail address, a phone number, a link."""
    if EMAIL_IN_NAME.search(name):
        raise ValidationError(gettext("The name cannot contain an e-mail address."))
    if PHONE_IN_NAME.search(name):
        raise ValidationError(gettext("The name cannot contain a phone number."))
    if LINK_IN_NAME.search(name):
        raise ValidationError(gettext("The name cannot contain a link."))


def clean_email(text: str) -> EmailAddress:
    """Parse the address that somebody typed, without what a phone or a clipboard added to it."""
    typed = mend_address(text)
    if not typed:
        raise ValidationError(gettext("Enter an e-mail address."))
    try:
        return parse_address(typed)
    except NotAnAddress:
        raise ValidationError(
            gettext("Enter an e-mail address in the correct format, like %(example)s.", example="name@example.com")
        ) from None


def is_address(text: str) -> bool:
    """Return whether the input is an address that e-mail can go to."""
    with suppress(ValidationError):
        return bool(clean_email(text))
    return False


def suggest_address(text: str) -> str | None:
    """Return the address that somebody may have meant: with a dot for a comma, a dot that is missing, a slip of the finger."""
    local, _, domain = mend_address(text).rpartition("@")
    dotted = COMMAS.sub(".", domain)
    meant = suggest_domain(dotted) or dotted
    if meant == domain:
        return None
    try:
        return parse_address(f"{local}@{meant}").text
    except NotAnAddress:
        return None


def suggest_domain(domain: str) -> str | None:
    """Return the provider that may have been meant when a domain differs from its own by its ending or a slip of the finger."""
    domain = domain.lower()
    if not domain or domain in PROVIDERS or domain in SIMILAR_PROVIDERS:
        return None
    near = difflib.get_close_matches(domain, find_candidates(domain), n=1, cutoff=SIMILAR)
    return WITHOUT_ENDING.get(domain) or (near[0] if near else None)


def find_candidates(domain: str) -> list[str]:
    """Return the providers that a domain can be similar to: few, as comparing it with one takes longer than all of this.

    Two similar domains have at most 36 letters together, and at most four of those have no counterpart in the other one.
    """
    letters = letters_of(domain)
    return [provider for provider, theirs in PROVIDER_LETTERS.items() if (letters ^ theirs).bit_count() <= MOST_OTHER_LETTERS]


def letters_of(domain: str) -> int:
    """Return a number with a bit for each letter that occurs; rare ones share a bit, so that a difference is at most missed."""
    return functools.reduce(operator.or_, (1 << ord(letter) % 64 for letter in domain), 0)


PROVIDER_LETTERS = {provider: letters_of(provider) for provider in PROVIDERS}
