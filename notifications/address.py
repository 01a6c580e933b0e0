"""Where letters are handed over: the SMTP server's URL."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from roadmap.errors import InputWrong

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server.

    security: `clear` only when the URL says smtp://; never a fallback.
    """

    host: str
    port: int
    security: Literal["clear", "starttls", "tls"]
    user: str | None = None
    password: str | None = None


def parse_mail_url(url: str) -> MailServer:
    """`smtp://`, `smtp+starttls://` or `smtps://`, with user:password@ if needed.

    Raises `InputWrong` without repeating the password.
    """
    advice = "пишите, например, smtp+starttls://имя:пароль@mail.school.example:587"
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise InputWrong(f"KARTA_SMTP_URL не разобрать; {advice}") from None
    if parts.scheme not in _PORTS:
        raise InputWrong(
            f"KARTA_SMTP_URL начинается с «{parts.scheme or '?'}://», а можно smtp://, "
            f"smtp+starttls:// или smtps://; {advice}"
        )
    if not parts.hostname:
        raise InputWrong(f"в KARTA_SMTP_URL не назван сервер; {advice}")
    security: Literal["clear", "starttls", "tls"] = "clear"
    if parts.scheme == "smtp+starttls":
        security = "starttls"
    elif parts.scheme == "smtps":
        security = "tls"
    return MailServer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        security,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )
