"""The wire: one kept SMTP connection, one recipient per message; and a recording fake."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

import aiosmtplib
from aiosmtplib import errors

from notifications.address import MailServer
from notifications.outcome import Outcome, Refused, Sent, TryLater, Unclear


class Mailer(Protocol):
    """Hands one message to one recipient; never raises for what the other side does."""

    transport: str

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome: ...

    async def close(self) -> None: ...


class SmtpMailer:
    """An SMTP server over one connection that is kept between letters.

    Certificates are verified. With `starttls` a server that does not offer it is a fault, never a
    reason to send in clear.
    """

    transport = "smtp"

    def __init__(
        self,
        server: MailServer,
        *,
        timeout_seconds: float = 30,
        tls: ssl.SSLContext | None = None,
        hostname: str | None = None,
    ) -> None:
        self._server = server
        self._timeout = timeout_seconds
        self._tls = tls
        self._hostname = hostname
        self._client: aiosmtplib.SMTP | None = None
        self._lock = asyncio.Lock()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        async with self._lock:
            outcome = await self._attempt(message, sender, recipient)
            if not isinstance(outcome, Sent | Refused):
                await self._drop()
            return outcome

    async def _attempt(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        try:
            client = await self._connected()
            await client.mail(sender, encoding="utf-8")
            await client.rcpt(recipient, encoding="utf-8")
        except errors.SMTPResponseException as error:
            await self._forget_envelope()
            return _by_code(error.code, error.message)
        except (errors.SMTPException, OSError, TimeoutError) as error:
            return TryLater(_said(error))
        try:
            await client.data(message.as_bytes())
        except errors.SMTPDataError as error:
            return _by_code(error.code, error.message)
        except (errors.SMTPException, OSError, TimeoutError) as error:
            return Unclear(_said(error))
        return Sent()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            try:
                await self._client.rset()
                return self._client
            except (errors.SMTPException, OSError, TimeoutError):
                await self._drop()  # the server let the idle connection go: make a new one
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=(self._tls or ssl.create_default_context())
            if server.security != "clear"
            else None,
            local_hostname=self._hostname,
        )
        await client.connect()
        self._client = client
        if server.user is not None:
            await client.login(server.user, server.password or "")
        return client

    async def _forget_envelope(self) -> None:
        if self._client is not None:
            with suppress(errors.SMTPException, OSError, TimeoutError):
                await self._client.rset()

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):
                client.close()

    async def close(self) -> None:
        """Says goodbye to the server."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            with suppress(errors.SMTPException, OSError, TimeoutError):
                await client.quit()


def _by_code(code: int, text: str) -> Outcome:
    said = " ".join(f"{code} {text}".split())
    return TryLater(said, busy=True) if 400 <= code < 500 else Refused(said)


def _said(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


class MailboxMailer:
    """No SMTP server is set: the letter stays in the built-in mailbox, which is delivery."""

    transport = "mailbox"

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        return Sent()

    async def close(self) -> None:
        pass


@dataclass
class RecordingMailer:
    """A fake for tests: keeps what was sent; answers from `script` first, then `Sent`."""

    transport: str = "smtp"
    sent: list[EmailMessage] = field(default_factory=list)
    script: list[Outcome] = field(default_factory=list)

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        outcome = self.script.pop(0) if self.script else Sent()
        if isinstance(outcome, Sent | Unclear):
            self.sent.append(message)
        return outcome

    async def close(self) -> None:
        pass
