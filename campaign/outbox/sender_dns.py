"""Check the DNS records of the sender's domain: large providers go by SPF, DKIM and DMARC.

Sources: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
"""

from dns import resolver
from dns.exception import DNSException
from publicsuffixlist import PublicSuffixList

QUESTION_TIMEOUT = 5.0  # seconds for one question
NOT_ASKED = "The DNS did not answer about {0}, so it is not known whether SPF, DKIM and DMARC are set."
NO_SPF = "The domain {0} has no SPF record. Add the TXT record that your mail provider names, such as `v=spf1 mx -all`."
MANY_SPF = "The domain {0} has several SPF records, so none of them counts. Keep one."
NO_DKIM = "There is no DKIM record below _domainkey.{0}. Turn on DKIM at your mail provider and add the record that it names."
NO_DMARC = "The domain {0} has no DMARC record. Add a TXT record at _dmarc.{0}. Start with `v=DMARC1; p=none`."


def find_missing_records(domain: str) -> list[str]:
    """Return what is missing in the DNS of a domain, a sentence each."""
    try:
        spf = [text for text in _texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
        found = [] if len(spf) == 1 else [MANY_SPF if spf else NO_SPF]
        found += [] if _is_there(f"_domainkey.{domain}") else [NO_DKIM]
        found += [] if any(map(_has_policy, _places_of_policy(domain))) else [NO_DMARC]
    except DNSException:
        found = [NOT_ASKED]
    return [sentence.format(domain) for sentence in found]


def _places_of_policy(domain: str) -> set[str]:
    """Return the domain and its registered domain, whose policy holds if the first has none."""
    return {domain, PublicSuffixList().privatesuffix(domain) or domain}


def _has_policy(domain: str) -> bool:
    return any(text.replace(" ", "").lower().startswith("v=dmarc1") for text in _texts(f"_dmarc.{domain}"))


def _texts(name: str) -> list[str]:
    """Return the TXT records of a name."""
    try:
        records = resolver.resolve(name, "TXT", lifetime=QUESTION_TIMEOUT)
    except (resolver.NXDOMAIN, resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in records]


def _is_there(name: str) -> bool:
    """Return whether a name or one below it exists; we cannot know the names of keys, so we ask for none (RFC 8020)."""
    try:
        resolver.resolve(name, "TXT", lifetime=QUESTION_TIMEOUT, raise_on_no_answer=False)
    except resolver.NXDOMAIN:
        return False
    return True
