"""What a school may set from outside, read once at the edge from KARTA_… variables."""

import os
import sys
from functools import cached_property
from pathlib import Path
from typing import Self

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.address import MailServer, parse_mail_url
from services.near import near_url


def default_home() -> Path:
    """The data folder: a system folder for root, else the user's own data folder.

    Embedded PostgreSQL runs as a user of its own under root and opens every parent folder of its
    data for reading, so for root the folder must not lie below /root.
    """
    if sys.platform.startswith("linux") and hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/karta")
    return Path(platformdirs.user_data_dir("karta", appauthor=False))


class Settings(BaseSettings):
    """Settings of one installation.

    database_url: our own PostgreSQL; None means the embedded one in `home`.
    public_url: how people reach the board, for links in letters; by default host and port.
    link_days: how long a letter's link opens its step.
    """

    model_config = SettingsConfigDict(env_prefix="KARTA_", extra="ignore")

    home: Path = Field(default_factory=default_home)
    database_url: str | None = None
    prefect_database_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "Карта <karta@localhost>"
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    prefect_port: int = Field(4200, ge=1, le=65535)
    prefect_api_url: str | None = None
    secret: str | None = None
    link_days: int = Field(200, ge=1)
    session_days: int = Field(30, ge=1)

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("smtp_url", "database_url", "prefect_database_url", "public_url", mode="after")
    @classmethod
    def _empty_is_unset(cls, value: str | None) -> str | None:
        return value.strip() or None if value else None

    @cached_property
    def mail_server(self) -> MailServer | None:
        """The SMTP server, None for the built-in mailbox; raises `InputWrong` for a bad URL."""
        return parse_mail_url(self.smtp_url) if self.smtp_url else None

    @property
    def base_url(self) -> str:
        """Address of the board without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return near_url(self.host, self.port)

    def changed(self, **values: object) -> Self:
        """The same settings with some values replaced (validated)."""
        return type(self).model_validate(self.model_dump() | values)
