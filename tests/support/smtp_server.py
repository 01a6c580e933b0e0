"""A real SMTP server for tests: it records letters and does what a script tells it.

    with SmtpServer() as server:
        server.answer("RCPT", "451 4.7.1 come back later", times=2)   # the next two times
        server.answer("DOT", HANG)                                    # takes the letter, is silent
        server.reject("gone@school.example", "550 5.1.1 no such user")
        ... KARTA_SMTP_URL = server.url ...
        (letter,) = server.wait_for(1)
        assert letter.recipient == "curator@school.example"

It runs in a thread of its own, so that synchronous tests, asynchronous tests and other processes
can all talk to it. `stop` and `start` again keep the port: in between connections are refused.
"""

import asyncio
import re
import ssl
import threading
import time
import warnings
from collections import defaultdict, deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any, Literal, Self, cast

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Moment = Literal["CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT", "RSET"]
"""When a scripted answer is given. DATA: before the letter is sent; DOT: after its last dot."""

HANG = "hang"
"""The server says nothing any more."""

CLOSE = "close"
"""The server closes the connection without a word."""


@dataclass(frozen=True)
class Received:
    """A letter whose last dot the server has seen (also when it answered with HANG or CLOSE).

    connection: number of the connection, from 1. at: `time.perf_counter()` of the last dot.
    content: the bytes as sent, dots unstuffed.
    """

    connection: int
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None
    greeting: str
    at: float

    @property
    def recipient(self) -> str:
        (only,) = self.recipients
        return only

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.content, policy=policy.default))

    def header(self, name: str) -> str:
        """A header decoded, unfolded; "" when there is none."""
        raw = message_from_bytes(self.content)[name]
        return str(make_header(decode_header(re.sub(r"\r?\n", "", raw)))) if raw else ""

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """Addresses on lines of their own in the text, in order."""
        return re.findall(r"^https?://\S+$", self.text, re.MULTILINE)

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return body.get_content().replace("\r\n", "\n") if body else ""


@dataclass
class Tls:
    """A certificate of a made-up authority for one host name, and how a client trusts it."""

    host: str = "localhost"
    server: ssl.SSLContext = field(init=False)
    client: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        authority = trustme.CA()
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(self.host).configure_cert(self.server)
        self.client = ssl.create_default_context()
        authority.configure_trust(self.client)


class SmtpServer:
    """See the module. All methods may be called from any thread.

    tls: with `security` «starttls» or «tls». users: name → password, asked for when given.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        security: Literal["clear", "starttls", "tls"] = "clear",
        tls: Tls | None = None,
        users: dict[str, str] | None = None,
    ) -> None:
        self.port = port
        self.security, self.tls, self.users = security, tls, users
        self.connections = 0
        self.commands: list[str] = []
        self._letters: list[Received] = []
        self._script: dict[str, deque[str]] = defaultdict(deque)
        self._rejected: dict[str, str] = {}
        self._changed = threading.Condition()
        self._open: set[asyncio.BaseTransport] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """For KARTA_SMTP_URL, without user and password."""
        scheme = {"clear": "smtp", "starttls": "smtp+starttls", "tls": "smtps"}[self.security]
        return f"{scheme}://{self.tls.host if self.tls else '127.0.0.1'}:{self.port}"

    @property
    def letters(self) -> list[Received]:
        with self._changed:
            return list(self._letters)

    def answer(self, moment: Moment, reply: str, *, times: int = 1) -> None:
        """The next `times` at this moment it answers so («450 …», HANG, CLOSE); later as usual."""
        with self._changed:
            self._script[moment].extend([reply] * times)

    def reject(self, recipient: str, reply: str) -> None:
        """Every RCPT of this address is answered so; with "" no longer."""
        with self._changed:
            self._rejected[recipient.lower()] = reply

    def wait_for(self, count: int, seconds: float = 10) -> list[Received]:
        """The letters, as soon as there are at least `count`; fails after `seconds`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._letters) >= count, seconds):
                raise AssertionError(f"{len(self._letters)} letters of {count} in {seconds} s")
            return list(self._letters)

    async def arrived(self, count: int, seconds: float = 10) -> list[Received]:
        """`wait_for` without blocking the caller's loop."""
        return await asyncio.to_thread(self.wait_for, count, seconds)

    async def heard(self, command: str, seconds: float = 10) -> None:
        """Waits until a client has given a command that begins so."""

        def was_heard() -> bool:
            return any(c.startswith(command) for c in self.commands)

        def wait() -> bool:
            with self._changed:
                return self._changed.wait_for(was_heard, seconds)

        if not await asyncio.to_thread(wait):
            raise AssertionError(f"no {command} in {seconds} s, only {self.commands}")

    def forget(self) -> None:
        """Forgets letters, commands and connections so far."""
        with self._changed:
            self._letters.clear()
            self.commands.clear()
            self.connections = 0

    def drop_connections(self) -> None:
        """Closes every open connection, as servers do with idle ones."""

        def drop() -> None:
            for transport in list(self._open):
                transport.close()

        self._call(drop)

    def start(self) -> None:
        """Listens; the port stays the same from the first start on."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the SMTP server did not start")

    def stop(self) -> None:
        """Closes every connection and listens no more."""
        if self._thread is not None and self._stop is not None:
            self._call(self._stop.set)
            self._thread.join(10)
            self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _call(self, function: Any) -> None:
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(function)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        implicit = self.tls.server if self.tls and self.security == "tls" else None
        listening = await self._loop.create_server(
            lambda: _Dialogue(self), "127.0.0.1", self.port, ssl=implicit
        )
        self.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        listening.close()
        for transport in list(self._open):
            cast(asyncio.Transport, transport).abort()
        await asyncio.sleep(0)

    def _next(self, moment: str) -> str | None:
        with self._changed:
            script = self._script[moment]
            return script.popleft() if script else None

    def _reject_of(self, address: str) -> str | None:
        with self._changed:
            return self._rejected.get(address.lower()) or None

    def _count(self) -> int:
        with self._changed:
            self.connections += 1
            return self.connections

    def _heard(self, command: str) -> None:
        with self._changed:
            self.commands.append(command)
            self._changed.notify_all()

    def _take(self, letter: Received) -> None:
        with self._changed:
            self._letters.append(letter)
            self._changed.notify_all()


class _Dialogue(SMTP):
    """One connection: aiosmtpd's, with the script's answers put in between."""

    def __init__(self, owner: SmtpServer) -> None:
        offers_tls = owner.security == "starttls"
        with warnings.catch_warnings():
            # It rightly warns about passwords in clear; here that is what a test may ask for.
            warnings.simplefilter("ignore")
            super().__init__(
                self,
                hostname="mail.test",
                ident="ESMTP",
                tls_context=owner.tls.server if owner.tls and offers_tls else None,
                require_starttls=offers_tls,
                auth_required=owner.users is not None,
                auth_require_tls=offers_tls,
                authenticator=self._sign_in if owner.users is not None else None,
                auth_exclude_mechanism=None if owner.users is not None else ("LOGIN", "PLAIN"),
                loop=asyncio.get_running_loop(),
            )
        self._owner = owner
        self._greeted = False
        self._number = 0
        self._user: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._number:
            self._number = self._owner._count()
        self._owner._open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner._open.discard(cast(asyncio.BaseTransport, self.transport))
        super().connection_lost(error)

    async def push(self, status: Any) -> None:
        if not self._greeted:
            self._greeted = True
            if await self._scripted("CONNECT"):
                return
        await super().push(status)

    async def _scripted(self, moment: str, reply: str | None = None) -> bool:
        """Plays the script's answer, if there is one; whether there was."""
        reply = reply or self._owner._next(moment)
        if reply is None:
            return False
        if reply == HANG:
            await asyncio.sleep(3600)
        elif reply == CLOSE:
            cast(asyncio.Transport, self.transport).abort()
        else:
            await super().push(reply)
            if reply.startswith("421") or moment == "CONNECT":
                cast(asyncio.Transport, self.transport).close()
        return True

    async def smtp_EHLO(self, hostname: str) -> None:
        self._owner._heard(f"EHLO {hostname}")
        if not await self._scripted("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        self._owner._heard("STARTTLS")
        if not await self._scripted("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        self._owner._heard("AUTH")
        if not await self._scripted("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        self._owner._heard(f"MAIL {arg}")
        if not await self._scripted("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        self._owner._heard(f"RCPT {arg}")
        address = re.sub(r"^TO:<(.*)>.*$", r"\1", arg or "")
        if not await self._scripted("RCPT", self._owner._reject_of(address)):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:
        self._owner._heard("DATA")
        if not await self._scripted("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:
        self._owner._heard("RSET")
        if not await self._scripted("RSET"):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self._owner._heard("QUIT")
        await super().smtp_QUIT(arg)

    async def handle_DATA(self, _: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self._owner._next("DOT")
        if reply is None or reply.startswith("2") or reply in (HANG, CLOSE):
            self._owner._take(
                Received(
                    connection=self._number,
                    sender=envelope.mail_from or "",
                    recipients=tuple(envelope.rcpt_tos),
                    content=envelope.original_content or b"",
                    encrypted=session.ssl is not None or self._owner.security == "tls",
                    user=self._user,
                    greeting=session.host_name or "",
                    at=time.perf_counter(),
                )
            )
        if reply in (HANG, CLOSE):
            await self._scripted("DOT", reply)
        if reply and reply.startswith("421"):
            asyncio.get_running_loop().call_later(
                0.01, cast(asyncio.Transport, self.transport).close
            )
        return reply or "250 2.0.0 taken"

    def _sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        users = self._owner.users or {}
        name = cast(LoginPassword, data).login.decode()
        right = users.get(name) == cast(LoginPassword, data).password.decode()
        self._user = name if right else None
        return AuthResult(success=right, handled=right)


def closed_port() -> int:
    """A port of this machine where nobody listens."""
    with SmtpServer() as server:
        return server.port
