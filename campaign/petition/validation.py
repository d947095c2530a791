"""What people type, made clean: names in any script, e-mail addresses, and the slips of the finger in them.

A cleaner returns the clean text or raises ValidationError with one sentence in the reader's language.
"""

import difflib
import unicodedata

import regex
from flask_babel import gettext, ngettext
from wtforms.validators import ValidationError

from campaign.languages import number
from campaign.outbox.address import EmailAddress, NotAnAddress, parse_address
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
FORMULA_SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TOP_LEVEL_DOMAINS = (
    "com net org info biz edu gov int io me co tv cc app dev xyz top site online shop club live news link click page space"
    " ru su cn uk us eu de fr nl it es se no tr sy iq ir il jo lb sa ae eg ly in id jp kr br ca au ch at be pl cz ua tk ml ga"
    " cf gq ws ly gl gd onion سوريا شبكة موقع"
).split()
LABEL, DOT, ENDING = r"[\p{L}\p{N}-]", "[.。．｡]", f"(?i:{'|'.join(TOP_LEVEL_DOMAINS)})"
# M.De Silva and J.de Vries are people: an initial or a capital after the dot makes a link only with a slash behind it.
LINK_IN_NAME = regex.compile(
    rf"://|(?i:\bwww[.。])|(?<={LABEL}){DOT}{ENDING}/|(?<={LABEL}{{2}}){DOT}(?!\p{{Lu}}\p{{Ll}}){ENDING}(?![\p{{L}}\p{{N}}])"
)


def clean_name(text: str, *, is_required: bool = True) -> str:
    """A name as it was typed: NFC, without invisible characters, single spaces. At most 100 graphemes and 400 bytes."""
    if CONTROL.search(text.strip(" \t\r\n")):
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
    if LINK_IN_NAME.search(unicodedata.normalize("NFKC", name.translate(dict.fromkeys(map(ord, JOINERS))))):
        raise ValidationError(gettext("The name cannot contain a link."))
    if name.startswith(FORMULA_SIGNS):
        raise ValidationError(gettext("The name cannot begin with the sign %(sign)s.", sign=name[0]))
    if "<" in name or ">" in name:
        raise ValidationError(gettext("The name cannot contain the signs < and >."))
    if TOO_MANY_MARKS.search(unicodedata.normalize("NFD", name)) or not LETTER.search(name):
        raise ValidationError(gettext("Write the name with letters."))


def clean_email(text: str) -> EmailAddress:
    """Parse the address that somebody typed."""
    typed = text.strip()
    if not typed:
        raise ValidationError(gettext("Enter an e-mail address."))
    try:
        return parse_address(typed)
    except NotAnAddress:
        raise ValidationError(
            gettext("Enter an e-mail address in the correct format, like %(example)s.", example="name@example.com")
        ) from None


def suggest_domain(email: str) -> str | None:
    """The provider somebody may have meant when the domain differs from it by a slip of the finger."""
    domain = email.rpartition("@")[2].lower()
    if not domain or domain in PROVIDERS or domain in SIMILAR_PROVIDERS:
        return None
    near = difflib.get_close_matches(domain, PROVIDERS, n=1, cutoff=0.87)
    return near[0] if near else None
