"""Every setting of the campaign: its default and its meaning. The environment overrides them, prefix `CAMPAIGN_`."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaign.env_file import PREFIX as PREFIX  # the names that other modules know them by
from campaign.env_file import SettingError as SettingError
from campaign.env_file import env_file as env_file
from campaign.env_file import is_named, read_early, reject_unknown_names
from campaign.mail_url import check_mail_url
from campaign.origins import LOOPBACK_HOSTS, canonical_host, host_of, is_loopback, is_onion, parse_origins

SHORTEST_TOKEN = 16  # letters
PACKAGE = Path(__file__).parent
WRONG_VALUES = {  # by pydantic's name for what is wrong
    "int_parsing": "must be a whole number in digits, such as 500",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "bool_parsing": "must be on or off",
    "literal_error": "must be {expected}",
}
OF_POSTGRESQL = ("postgres://", "postgresql://")  # how the URLs of platforms begin


def _beside_code(name: str) -> Path:
    """Return the folder `name`: inside the package in a wheel, at the top of the checkout otherwise."""
    installed = PACKAGE / name
    return installed if installed.is_dir() else PACKAGE.parent / name


def _texts() -> Path:
    """Return the folder of the texts: the one that the settings name, else the one that comes with the code."""
    named = read_early(f"{PREFIX}TRANSLATIONS", env_file())
    return Path(named).absolute() if named else _beside_code("translations")


TEMPLATES = _beside_code("templates")
TRANSLATIONS = _texts()
MIGRATIONS = PACKAGE / "migrations"
STATIC = PACKAGE / "static"


class Settings(BaseSettings):
    """The settings, read once at the start. `Settings.load()` reads the environment and `.env` beside the data folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    data: Path = Field(Path("instance"), description="The folder of the keys, the SQLite database and the file mailbox.")
    base_url: str = Field(
        "http://localhost:8000",
        description="The address of the site, used in every link. Other addresses at which it answers,"
        " such as a second domain or an onion address, can follow, separated by spaces.",
    )
    database_url: str = Field(
        "", description="`postgresql+psycopg://user:password@host/name`; when empty, SQLite in the data folder."
    )
    mail_url: str = Field(
        "file:",
        description="`file:` writes e-mails into the data folder's `mail/`; `smtp://user:password@host:587?starttls=required`"
        " (or `off` for a relay on a trusted network) and `smtps://` send them; `rate=30/m` (or `/s`, `/h`,"
        " `/d`) sends at most that many in any minute.",
    )
    mail_connections: int = Field(4, ge=1, le=64, description="How many connections to the mail server can be open at once.")
    mail_from: str = Field("", description="The sender of the e-mails, such as `campaign@example.org`; needed with `smtp`.")
    contact: str = Field(
        "",
        description="Who is responsible for the campaign and how to reach them, shown on the privacy page. Only the first value;"
        " later, change it at the desk or with `campaign publish`.",
    )
    goal: int | None = Field(
        None,
        ge=1,
        description="A goal of your own; without it the goals rise: 100, 250, 500, 1,000, ... Only the first value, like"
        " `CAMPAIGN_CONTACT`.",
    )
    shared_url: str = Field(
        "memory://", description="Where rate limits are kept; `redis://...` when several machines share them."
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="How many of your own reverse proxies are in front of the site.")
    count_every: int = Field(60, ge=1, description="Seconds between two published counts.")
    count_batch: int = Field(
        1,
        ge=1,
        description="The published count changes by at least this many; 20 or more hides from an observer who signed when.",
    )
    backup_days: int = Field(
        30, ge=1, le=365, description="How many days you keep a backup; the site forgets what was deleted longer ago."
    )
    translations: Path | None = Field(  # used as TRANSLATIONS, which modules need before the settings are read
        None,
        description="A folder of texts to use instead of `translations/`, for example one that is mounted into a container.",
    )
    log: Literal["text", "json"] = Field(
        "text", description="The format of the log: `text`, or `json` with one object on each line."
    )
    metrics_token: str = Field(
        "",
        repr=False,
        description="A word of 16 characters or more. A monitor that sends it as a bearer token sees `/metrics` and everything"
        " that `/readyz` knows; without it nobody does.",
    )
    limits: bool = Field(True, description="`off` turns off all rate limits, for measuring; only with a loopback address.")

    @classmethod
    def load(cls) -> Self:
        """Return the settings; raises SettingError with one sentence for each that is wrong."""
        file = env_file()
        reject_unknown_names(file, list(cls.model_fields))
        try:
            return cls(_env_file=file)._with_database_of_platform(file)
        except ValidationError as error:
            raise SettingError("; ".join(_sentence(one) for one in error.errors())) from None

    def _with_database_of_platform(self, file: Path) -> Self:
        """Return the same with `DATABASE_URL`, as platforms set it, if no setting names a database and none is here yet."""
        kind, sign, place = os.environ.get("DATABASE_URL", "").partition("://")
        if kind + sign not in OF_POSTGRESQL or is_named(f"{PREFIX}DATABASE_URL", file) or (self.data / "campaign.db").exists():
            return self
        return self.model_copy(update={"database_url": f"postgresql+psycopg://{place}"})

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.absolute()

    @field_validator("base_url")
    @classmethod
    def _origins(cls, value: str) -> str:
        return parse_origins(value)

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("must start with postgresql+psycopg://, or be empty for SQLite in the data folder")
        servers = value.partition("://")[2].partition("/")[0].rpartition("@")[2]
        if "," in servers.partition(":")[2]:  # which libpq reads, and SQLAlchemy does not
            raise ValueError("must name several servers with their ports as ...@/name?host=first:5432&host=second:5432")
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

    @field_validator("metrics_token")
    @classmethod
    def _word(cls, value: str) -> str:
        if value and len(value) < SHORTEST_TOKEN:
            raise ValueError(f"must have {SHORTEST_TOKEN} characters or more")
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if not self.is_loopback and self.mail_url.startswith("file:"):
            raise ValueError(
                f"{PREFIX}MAIL_URL is `file:`, which writes e-mails to this disk and sends none; with {PREFIX}BASE_URL"
                f" {self.origin} people wait for them, so set {PREFIX}MAIL_URL to smtp://..."
            )
        if not self.is_loopback and not self.limits:
            raise ValueError(f"{PREFIX}LIMITS can be off only with a loopback {PREFIX}BASE_URL")
        if not self.mail_url.startswith("file:") and not self.mail_from:
            raise ValueError(f"{PREFIX}MAIL_FROM must be set when e-mails are sent by SMTP")
        return self

    @property
    def origins(self) -> list[str]:
        """Return the addresses of the site, each as `scheme://host` or `scheme://host:port`; the canonical one first."""
        return self.base_url.split()

    @property
    def origin(self) -> str:
        """Return the canonical address: links that leave the site are built from it."""
        return self.origins[0]

    @property
    def host(self) -> str:
        """Return the host name of the canonical address, without its port."""
        return host_of(self.origin)

    @property
    def is_loopback(self) -> bool:
        """Return whether each of the site's addresses is of this machine alone."""
        return all(is_loopback(host_of(one)) for one in self.origins)

    @property
    def onion(self) -> str:
        """Return the first address in the Tor network; empty where there is none."""
        return next(filter(is_onion, self.origins), "")

    def origin_of(self, address: str) -> str:
        """Return the address of ours that `host` or `host:port` is of; empty where it is none. Loopback names are one host."""
        host = canonical_host(address)
        is_here = host in LOOPBACK_HOSTS
        found = (one for one in self.origins if host == host_of(one) or (is_here and is_loopback(host_of(one))))
        return next(found, "") if host else ""

    @property
    def sender(self) -> str:
        """Return the address the e-mails come from."""
        return self.mail_from or "campaign@localhost"


def _sentence(error: object) -> str:
    """Return one pydantic error as a sentence: the name of the variable and what is wrong with it."""
    assert isinstance(error, dict)
    known = WRONG_VALUES.get(str(error["type"]), "").format(**error.get("ctx", {}))
    message = known or str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = PREFIX + str(error["loc"][0]).upper()
    return f"{name} {message}" if message.startswith(("must", "number ")) else f"{name}: {message[0].lower()}{message[1:]}"
