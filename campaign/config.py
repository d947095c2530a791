"""Every setting of the campaign: its default and its meaning. The environment overrides them, prefix `CAMPAIGN_`."""

import ipaddress
import os
import re
from difflib import get_close_matches
from email.utils import parseaddr
from io import StringIO
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import idna
from dotenv import dotenv_values
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaign.mail_url import check_mail_url

PREFIX = "CAMPAIGN_"
PACKAGE = Path(__file__).parent


def _beside_code(name: str) -> Path:
    """Return the folder `name`: inside the package in a wheel, at the top of the checkout otherwise."""
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


TEMPLATES = _beside_code("templates")
TRANSLATIONS = _beside_code("translations")
MIGRATIONS = PACKAGE / "migrations"
STATIC = PACKAGE / "static"


class SettingError(Exception):
    """A setting cannot be used; the message says which and how to correct it."""


class Settings(BaseSettings):
    """The settings, read once at the start. `Settings.load()` reads the environment and `.env` beside the data folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    data: Path = Field(Path("instance"), description="The folder of the keys, the SQLite database and the file mailbox.")
    base_url: str = Field(
        "http://localhost:8000",
        description="The address of the site; every link that leaves it is built from this one.",
    )
    database_url: str = Field(
        "", description="`postgresql+psycopg://user:password@host/name`; when empty, SQLite in the data folder."
    )
    mail_url: str = Field(
        "file:",
        description="`file:` writes letters into the data folder's `mail/`; `smtp://user:password@host:587?starttls=required`"
        " (or `off` for a relay on a trusted net) and `smtps://` send them.",
    )
    mail_from: str = Field("", description="The sender of the letters, such as `campaign@example.org`; needed with `smtp`.")
    contact: str = Field("", description="Who answers for the campaign and how to reach them, shown on the privacy page.")
    goal: int | None = Field(None, ge=1, description="A goal of your own; without it the goals climb 100, 250, 500, 1,000, ...")
    shared_url: str = Field(
        "memory://",
        description="Where rate limits are kept; `redis://...` when several machines share them.",
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many reverse proxies of your own stand before the site.")
    count_every: int = Field(60, ge=1, description="Seconds between two published counts.")
    count_batch: int = Field(
        1,
        ge=1,
        description="The published count moves by at least so many; 20 or more hides who signed when from an observer.",
    )
    limits: bool = Field(True, description="`off` only with a loopback address, for measuring: no rate limits at all.")

    @classmethod
    def load(cls) -> Self:
        """Return the settings; raises SettingError with one sentence for each that is wrong."""
        file = env_file()
        _reject_unknown_names(file)
        try:
            return cls(_env_file=file)
        except ValidationError as error:
            raise SettingError("; ".join(_sentence(one) for one in error.errors())) from None

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.absolute()

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        host = canonical_host(parts.netloc)
        is_more = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in {"http", "https"} or not host or is_more:
            raise ValueError("must be a URL without a path, such as https://petition.example.org")
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must start with postgresql+psycopg://, or be empty for SQLite in the data folder")
        return value

    @field_validator("mail_url")
    @classmethod
    def _mail(cls, value: str) -> str:
        check_mail_url(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        if value and "@" not in parseaddr(value)[1]:
            raise ValueError("must be an e-mail address, such as campaign@example.org")
        return value

    @field_validator("shared_url")
    @classmethod
    def _shared(cls, value: str) -> str:
        if not value.startswith(("memory:", "redis://", "rediss://")):
            raise ValueError("must be memory://, or start with redis:// or rediss://")
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if not self.is_loopback and self.mail_url.startswith("file:"):
            raise ValueError(
                f"{PREFIX}MAIL_URL is `file:`, which writes letters to this disk and sends none; with {PREFIX}BASE_URL"
                f" {self.base_url} people wait for them, so set {PREFIX}MAIL_URL to smtp://..."
            )
        if not self.is_loopback and not self.limits:
            raise ValueError(f"{PREFIX}LIMITS can be off only with a loopback {PREFIX}BASE_URL")
        if not self.mail_url.startswith("file:") and not self.mail_from:
            raise ValueError(f"{PREFIX}MAIL_FROM must be set when letters are sent by SMTP")
        return self

    @property
    def host(self) -> str:
        """The host name of the site, without its port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the site under https."""
        return self.base_url.startswith("https:")

    @property
    def is_loopback(self) -> bool:
        """Whether the site's address is of this machine alone."""
        return is_loopback(self.host)

    @property
    def hosts(self) -> list[str]:
        """The host names that requests may carry, as `canonical_host` writes them; loopback names count as one host."""
        return ["localhost", "127.0.0.1", "::1", self.host] if self.is_loopback else [self.host]

    @property
    def sender(self) -> str:
        """The address the e-mails come from."""
        return self.mail_from or "campaign@localhost"


def env_file() -> Path:
    """Return the path of the `.env` beside the data folder."""
    return Path(os.environ.get(PREFIX + "DATA") or "instance").absolute().parent / ".env"


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


def _reject_unknown_names(file: Path) -> None:
    """Raise SettingError for a `.env` that cannot be read and for the name of a setting that does not exist.

    In the environment only a name like one of ours counts as a slip: Kubernetes, for one, puts `CAMPAIGN_PORT` there by itself.
    """
    in_file = {name for name in _names_in(file) if name.startswith(PREFIX)}
    outside = {name.upper() for name in os.environ if name.upper().startswith(PREFIX)}
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    wrong = (in_file | {name for name in outside if _closest_setting(name)}) - known
    if wrong:
        raise SettingError("; ".join(map(_unknown_sentence, sorted(wrong))))


def _names_in(file: Path) -> list[str]:
    """Return the names that a `.env` sets, in upper case; raise SettingError where it is not text in UTF-8."""
    if not file.is_file():
        return []
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    except OSError as error:
        raise SettingError(f"{file} cannot be read: {error.strerror}.") from None
    if "\0" in text:
        raise SettingError(f"{file} is not text in UTF-8: save it again with that encoding.")
    return [name.upper() for name in dotenv_values(stream=StringIO(text))]


def _closest_setting(name: str) -> str:
    """Return the setting that a name resembles; empty where it resembles none."""
    known = [field.upper() for field in Settings.model_fields]
    return "".join(get_close_matches(name.removeprefix(PREFIX), known, n=1, cutoff=0.7))


def _unknown_sentence(name: str) -> str:
    close = _closest_setting(name)
    return f"{name} is not a setting" + (f": did you mean {PREFIX}{close}?" if close else ".")


def _sentence(error: object) -> str:
    """Return one pydantic error as a sentence: the name of the variable and what is wrong with it."""
    assert isinstance(error, dict)
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = PREFIX + str(error["loc"][0]).upper()
    return f"{name} {message}" if message.startswith("must") else f"{name}: {message[0].lower()}{message[1:]}"
