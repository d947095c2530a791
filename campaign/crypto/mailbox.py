"""The canonical forms of an address that mailbox tags are made of: one for each version of the tag, and that of one spelling.

Version 2 joins the spellings that `mailbox_rules.toml` names. Version 1 is for older rows.
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import idna

RULES = Path(__file__).parent / "mailbox_rules.toml"
SAME_MAILBOX = {"googlemail.com": "gmail.com"}
DOTS_DO_NOT_COUNT = {"gmail.com"}


@dataclass(frozen=True)
class ProviderRule:
    """How one provider delivers: under which first domain, without which signs, and whether a subdomain names the mailbox."""

    domain: str
    ignored: str
    subdomains: bool


def spelling(email: str) -> str:
    """Return one spelling of an address: NFC, lower case, the domain in IDNA (UTS 46)."""
    return "@".join(_parts(email))


def first_mailbox(email: str) -> str:
    """Return version 1: without `+tag`, and at Gmail without dots."""
    local, domain = _parts(email)
    domain = SAME_MAILBOX.get(domain, domain)
    local = local.split("+", 1)[0] or local
    if domain in DOTS_DO_NOT_COUNT:
        local = local.replace(".", "")
    return f"{local}@{domain}"


def mailbox(email: str) -> str:
    """Return version 2: without `+tag`, and as the rule of the provider says."""
    local, domain = _parts(email)
    name, _, parent = domain.partition(".")
    if (rule := provider_rules().get(parent)) and rule.subdomains:
        local, domain = name, parent
    local = local.split("+", 1)[0] or local
    rule = provider_rules().get(domain)
    if rule is None:
        return f"{local}@{domain}"
    return f"{local.translate(dict.fromkeys(map(ord, rule.ignored))) or local}@{rule.domain}"


@cache
def provider_rules() -> dict[str, ProviderRule]:
    """Return the rule of each domain that has one."""
    providers = tomllib.loads(RULES.read_text("utf-8"))["provider"]
    return {
        domain: ProviderRule(one["joined"][0], one.get("ignored", ""), one.get("subdomains", False))
        for one in providers
        for domain in one["joined"]
    }


def _parts(email: str) -> tuple[str, str]:
    local, _, domain = unicodedata.normalize("NFC", email).lower().rpartition("@")
    return local, _ascii_domain(domain)


@lru_cache(maxsize=1024)  # encoding takes longer than all else, and most people have one of a few domains
def _ascii_domain(domain: str) -> str:
    return idna.encode(domain, uts46=True).decode().rstrip(".") if domain else ""
