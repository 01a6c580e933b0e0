"""The wire: one kept SMTP connection, one recipient per message; and a recording fake."""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from typing import Protocol

import aiosmtplib
from aiosmtplib import errors

from notifications.address import UNUSABLE, MailServer, is_usable
from notifications.faults import answer_words, fault_words
from notifications.outcome import Refused, SendOutcome, Sent, TryLater, Unclear


class Mailer(Protocol):
    """Hands one message (CRLF bytes) to one recipient; never raises for what the other side does.

    turn: held by whoever claims and sends, so that a claimed letter never waits for another one.
    """

    transport: str
    turn: asyncio.Lock

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a mailer waits, in seconds.

    answer: for one answer, but for the last one, which may use up what is left of `letter`.
    letter: for a whole letter, connecting included; shorter than a claimed letter's lease.
    kept: an idle connection is used again within this time, later a new one is made – a router
    may have dropped the old one without a word.
    """

    answer: float = 25
    letter: float = 50
    kept: float = 60


_PATIENT = Patience()


class _Phase(Enum):
    """How far an attempt came. What fails at the door says nothing about the letter."""

    DOOR = 1
    ENVELOPE = 2
    HANDED_OVER = 3


_FAULTS = (errors.SMTPException, OSError, TimeoutError)


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
        own_name: str = "[127.0.0.1]",
        patience: Patience = _PATIENT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.turn = asyncio.Lock()
        self._server = server
        self._own_name = own_name
        self._patience = patience
        self._tls = tls
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = 0.0
        self._phase = _Phase.DOOR
        self._one_at_a_time = asyncio.Lock()

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        if not (is_usable(sender) and is_usable(recipient)):
            # aiosmtplib would make an address of whatever it can: «a@b.example>…» → a@b.example.
            return Refused(UNUSABLE)
        async with self._one_at_a_time:
            try:
                return await self._attempt(message, sender, recipient)
            except BaseException:
                self._drop()  # cancelled in the middle of a dialogue: it cannot be taken up again
                raise

    async def _attempt(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        self._phase = _Phase.DOOR
        try:
            async with asyncio.timeout(self._patience.letter):
                client = await self._connected()
                self._phase = _Phase.ENVELOPE
                await client.mail(sender)
                await client.rcpt(recipient)
                await self._hand_over(client, message)
        except errors.SMTPResponseException as error:
            return self._answered(error)
        except _FAULTS as error:
            self._drop()
            words = fault_words(error)
            return Unclear(words) if self._phase is _Phase.HANDED_OVER else TryLater(words)
        self._used_at = asyncio.get_running_loop().time()
        return Sent()

    async def _hand_over(self, client: aiosmtplib.SMTP, message: bytes) -> None:
        """DATA in two halves: what fails before the letter's first byte leaves nothing unclear.

        `aiosmtplib.SMTP.data` does both in one call and does not tell which half failed.
        """
        start = await client.execute_command(b"DATA")
        if start.code != 354:
            raise errors.SMTPDataError(start.code, start.message)
        if client.protocol is None:
            raise errors.SMTPServerDisconnected("Connection lost")
        self._phase = _Phase.HANDED_OVER
        client.protocol.write(wire_form(message))
        # Servers look for viruses and spam before this answer: it may take all the time there is.
        response = await client.protocol.read_response()
        if not 200 <= response.code < 300:
            raise errors.SMTPDataError(response.code, response.message)

    def _answered(self, error: errors.SMTPResponseException) -> SendOutcome:
        busy, refused = 400 <= error.code < 500, 500 <= error.code < 600
        if self._phase is _Phase.DOOR:
            # Greeting, TLS, sign-in: even a 5xx is about us or the server, not about this letter,
            # and is put right in the settings. A wrong password must not be tried in a hurry.
            self._drop()
            return TryLater(fault_words(error), busy=True)
        if error.code == 421 or not (busy or refused):
            self._drop()
        self._used_at = asyncio.get_running_loop().time()
        said = answer_words(error.code, error.message)
        if busy:
            return TryLater(said, busy=True)
        if refused:
            return Refused(said)
        return Unclear(said) if self._phase is _Phase.HANDED_OVER else TryLater(said)

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            idle = asyncio.get_running_loop().time() - self._used_at
            if idle <= self._patience.kept:
                try:
                    await self._client.rset()
                    return self._client
                except _FAULTS:
                    pass  # the server let the connection go meanwhile: make a new one
        self._drop()
        client = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            timeout=self._patience.answer,
            use_tls=self._server.security == "tls",
            start_tls=self._server.security == "starttls",
            tls_context=self._tls_context(),
            local_hostname=self._own_name,
        )
        await client.connect()
        self._client = client
        return client

    def _tls_context(self) -> ssl.SSLContext | None:
        if self._server.security == "clear":
            return None
        if self._tls is None:
            self._tls = ssl.create_default_context()  # reads the system's certificates: once
        return self._tls

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def close(self) -> None:
        """Says goodbye to the server."""
        async with self._one_at_a_time:
            client, self._client = self._client, None
            if client is not None and client.is_connected:
                with suppress(*_FAULTS):
                    await client.quit(timeout=2)
                client.close()


def wire_form(message: bytes) -> bytes:
    """The message as DATA sends it: leading dots doubled, ended by a dot alone (RFC 5321 4.5.2)."""
    stuffed = re.sub(rb"(?m)^\.", b"..", message)
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


class MailboxMailer:
    """No SMTP server is set: the letter stays in the built-in mailbox, which is delivery."""

    transport = "mailbox"

    def __init__(self) -> None:
        self.turn = asyncio.Lock()

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        return Sent()

    async def close(self) -> None:
        pass


@dataclass
class RecordingMailer:
    """A fake for tests: keeps what was sent; answers from `script` first, then `Sent`."""

    transport: str = "smtp"
    sent: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    script: list[SendOutcome] = field(default_factory=list)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        outcome = self.script.pop(0) if self.script else Sent()
        if isinstance(outcome, Sent | Unclear):
            parsed = message_from_bytes(message, policy=policy.default)
            self.sent.append(parsed)
            self.recipients.append(recipient)
        return outcome

    async def close(self) -> None:
        pass
