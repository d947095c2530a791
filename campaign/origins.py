"""The addresses of the site: how they are written in the settings, and how hosts are compared."""

import ipaddress
import re
from urllib.parse import urlsplit

import idna

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}  # they count as one host


def parse_origins(value: str) -> str:
    """Return one or more URLs in the form in which they are compared, with a space between them; raise ValueError."""
    written = value.split() or [""]
    origins = [_origin(one, f"number {number} " if written[1:] else "") for number, one in enumerate(written, 1)]
    hosts = ["localhost" if host_of(one) in LOOPBACK_HOSTS else host_of(one) for one in origins]
    for host in hosts:
        if hosts.count(host) > 1:
            raise ValueError(f"must name each host once: {host} is there twice")
    return " ".join(origins)


def _origin(value: str, which: str) -> str:
    """Return one URL as `scheme://host` or `scheme://host:port`; an error does not repeat it, as it can hold a password."""
    parts = urlsplit(value)
    host = canonical_host(parts.netloc)
    is_more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"{which}must begin with https:// or http://, such as https://petition.example.org")
    if not host or is_more:
        raise ValueError(f"{which}must be a URL without a path, such as https://petition.example.org")
    if host.endswith(".onion") and not re.fullmatch(r"([a-z0-9-]+\.)*[a-z2-7]{56}\.onion", host):
        raise ValueError(f"{which}must have 56 letters and digits before .onion")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def host_of(origin: str) -> str:
    """Return the host name of an address."""
    return urlsplit(origin).hostname or ""


def port_of(origin: str) -> int | None:
    """Return the port of an address; None for those that browsers leave out."""
    port = urlsplit(origin).port
    return None if port in (80, 443) else port


def is_https(origin: str) -> bool:
    """Return whether browsers reach an address under https."""
    return origin.startswith("https:")


def is_onion(origin: str) -> bool:
    """Return whether an address is in the Tor network, which encrypts by itself."""
    return host_of(origin).endswith(".onion")


def canonical_host(address: str) -> str:
    """Return the host of `host` or `host:port` as hosts are compared; empty where it is no host (RFC 3986 3.2.2, RFC 5891).

    It is in lower case, in ASCII, without a final dot; an IPv6 address is in its shortest form, without brackets.
    """
    try:
        parts = urlsplit(f"//{address}")
        host = (parts.hostname or "").removesuffix(".")
        if parts.netloc != address or "@" in address or parts.port == 0:
            return ""
        if ":" in host:
            return str(ipaddress.IPv6Address(host))
        ascii_host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except ValueError:
        return ""
    return ascii_host if re.fullmatch(r"[a-z0-9._-]+", ascii_host) else ""


def is_loopback(host: str) -> bool:
    """Return whether `host` names this machine alone: localhost, 127.0.0.0/8 or ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
