"""Addresses: the SMTP server's URL, the sender, and the names we give ourselves on the wire."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

from roadmap.errors import InputWrong
from roadmap.spec import EMAIL

UNUSABLE = "адрес написан неверно: нужны латинские буквы, одна «@» и точка после неё"

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ADVICE = "пишите, например, smtp+starttls://имя:пароль@mail.school.example:587"


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

    def __repr__(self) -> str:
        # Never the password: a repr ends up in logs and tracebacks.
        return f"MailServer({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who letters come from: a name, may be empty, and an ASCII address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def parse_mail_url(url: str) -> MailServer:
    """`smtp://`, `smtp+starttls://` or `smtps://`, with user:password@ if needed.

    A `/`, `?`, `#`, `@` or `%` in the user or password is written percent-encoded.
    Raises `InputWrong` without repeating the password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise InputWrong(
            f"KARTA_SMTP_URL не разобрать; {_ADVICE}; знаки «/», «?», «#», «@», «%» в пароле "
            "пишутся как %2F, %3F, %23, %40, %25"
        ) from None
    if parts.scheme not in _PORTS:
        raise InputWrong(
            f"KARTA_SMTP_URL начинается с «{parts.scheme or '?'}://», а можно smtp://, "
            f"smtp+starttls:// или smtps://; {_ADVICE}"
        )
    if not parts.hostname:
        raise InputWrong(f"в KARTA_SMTP_URL не назван сервер; {_ADVICE}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InputWrong(
            "в KARTA_SMTP_URL после адреса сервера что-то лишнее; если «/», «?» или «#» – часть "
            f"пароля, пишите %2F, %3F, %23; {_ADVICE}"
        )
    try:
        host = ascii_host(parts.hostname)
    except ValueError:
        raise InputWrong(f"имя сервера в KARTA_SMTP_URL написано неверно; {_ADVICE}") from None
    security: Literal["clear", "starttls", "tls"] = "clear"
    if parts.scheme == "smtp+starttls":
        security = "starttls"
    elif parts.scheme == "smtps":
        security = "tls"
    return MailServer(
        host,
        port or _PORTS[parts.scheme],
        security,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def parse_sender(text: str) -> Sender:
    """«Школа <karta@school.example>» or only the address. Raises `InputWrong`."""
    name, address = parseaddr(text)
    # parseaddr mends what it is given; an address must stand there as it is.
    if address not in text or not is_usable(address):
        raise InputWrong(
            "KARTA_MAIL_FROM – не адрес; пишите, например, «Карта <karta@school.example>», "
            "латиницей после знака «<»"
        )
    return Sender(" ".join(name.split()), address)


def is_usable(address: str) -> bool:
    """Whether mail can be sent to or from this address: ASCII, one @, nothing to inject with.

    A sender on this very machine (karta@localhost) is allowed.
    """
    return len(address) <= 254 and bool(
        re.fullmatch(EMAIL, address) or re.fullmatch(r"[A-Za-z0-9._+-]+@localhost", address)
    )


def ascii_host(host: str) -> str:
    """A host name as it stands on the wire: `школа.рф` → `xn--80atdl2c.xn--p1ai`.

    Raises ValueError for what is no host name.
    """
    if ":" in host or re.fullmatch(r"[A-Za-z0-9._-]+", host):
        return host.lower()
    name = host.encode("idna").decode("ascii")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        raise ValueError(host)
    return name


def own_name(public_host: str | None) -> str:
    """How we greet an SMTP server: our public host name, or an address literal without one.

    The machine's own name is not asked for: looking it up may take seconds, and a school's
    computer is often called in Cyrillic.
    """
    if public_host and "." in public_host and not re.fullmatch(r"[0-9.]+", public_host):
        try:
            return ascii_host(public_host)
        except ValueError:
            pass
    return "[127.0.0.1]"
