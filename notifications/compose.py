"""A payload and its links → an e-mail message. Pure: the same input gives the same bytes."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from hashlib import sha256
from textwrap import TextWrapper
from uuid import UUID

from notifications.address import Sender
from notifications.payload import Contact, Payload
from templates import render

TEXT_WIDTH = 76

CALENDAR_FILE = "meropriyatiya.ics"
"""Name of a letter's calendar. In Latin letters: old programs spoil others."""

# The library's modern headers (email.policy.SMTP) lose characters of long Cyrillic names and
# subjects, and each Python differently; its older ones do not, and give the same bytes everywhere.
_POLICY = compat32.clone(linesep="\r\n")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Links:
    """What a letter's buttons open.

    steps: step id → address that opens this step for this person without a password.
    sign_in: address of a sign-in letter; code: its six digits.
    board, letters, people: addresses of those pages.
    """

    board: str
    letters: str
    people: str
    steps: dict[UUID, str]
    sign_in: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's readable parts. Text lines end in \\n and are at most 76 wide, links excepted."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar that goes with a letter; `method` is the one that its content names."""

    method: str
    content: bytes


def render_letter(letter: Payload, links: Links) -> Rendered:
    """The letter's subject, text and HTML."""
    values = {"letter": letter, "links": links}
    text = render(f"mail/{letter.template}.txt.j2", **values)
    html = render(f"mail/{letter.template}.html.j2", **values)
    return Rendered(one_line(letter.subject), wrapped(text), html.strip() + "\n")


def compose(
    rendered: Rendered,
    *,
    sender: Sender,
    to_name: str,
    to_address: str,
    message_id: str,
    at: datetime,
    reply_to: Contact | None = None,
    calendar: CalendarPart | None = None,
) -> bytes:
    """The message as it goes over the wire, CRLF: text and HTML, marked as sent by a machine.

    to_address, message_id: ASCII, checked when they were made. reply_to: whom an answer reaches.
    calendar: attached to it when given.
    """
    mark = sha256(message_id.encode()).hexdigest()[:24]
    body = _multipart("alternative", f"karta-{mark}")
    # Base64: the shortest form of Cyrillic, and no line that a server could want to break or stuff.
    for kind, part in (("plain", rendered.text), ("html", rendered.html)):
        # Text inside base64 has CRLF too (RFC 2046 4.1.1).
        body.attach(MIMEText(part.replace("\n", "\r\n"), kind, "utf-8", policy=_POLICY))
    message = body
    if calendar is not None:
        del body["MIME-Version"]  # belongs to the whole message only
        message = _multipart("mixed", f"karta-all-{mark}")
        message.attach(body)
        message.attach(_attached(calendar))
    message["From"] = _mailbox("From", sender.name, sender.address)
    message["To"] = _mailbox("To", to_name, to_address)
    if reply_to is not None:
        message["Reply-To"] = _mailbox("Reply-To", reply_to.who, reply_to.email)
    message["Subject"] = _encoded("Subject", rendered.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Content-Language"] = "ru"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    return message.as_bytes()


def _multipart(kind: str, boundary: str) -> MIMEMultipart:
    # The library's own boundary would differ every time.
    return MIMEMultipart(kind, boundary=boundary, policy=_POLICY)


def _attached(calendar: CalendarPart) -> MIMEBase:
    """The calendar as a file; its type names the method, as RFC 6047 2.4 wants it."""
    part = MIMEBase("text", "calendar", policy=_POLICY)
    del part["MIME-Version"]
    part.set_param("method", calendar.method, requote=False)
    part.set_param("charset", "utf-8", requote=False)
    part.set_param("name", CALENDAR_FILE)
    part.set_payload(calendar.content)
    encode_base64(part)
    part["Content-Disposition"] = f'attachment; filename="{CALENDAR_FILE}"'
    return part


def _mailbox(header: str, name: str, address: str) -> str:
    name = one_line(name)[:_LONGEST_NAME]
    # An encoded word needs no quotes; a plain ASCII name gets them from the library.
    return formataddr((name if name.isascii() else _encoded(header, name), address))


def _encoded(header: str, text: str) -> str:
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name=header).encode()


def one_line(text: str) -> str:
    """Text fit for a header: no line breaks of any script, no control characters."""
    spaced = " ".join(text.split())  # also U+0085, U+2028 and their kin
    return "".join(c for c in spaced if c.isprintable())


_LINK = re.compile(r"https?://\S+")
_WRAPPER = TextWrapper(TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)


def wrapped(text: str) -> str:
    """Plain text with long lines broken; a list item's lines hang under its first word.

    Lines with a link stay whole, so that programs make all of it clickable.
    """
    lines: list[str] = []
    for line in text.strip("\n").splitlines():
        line = line.rstrip()
        if len(line) <= TEXT_WIDTH or _LINK.search(line):
            lines.append(line)
            continue
        indent = re.match(r"\s*(?:[–•] )?", line)
        _WRAPPER.subsequent_indent = " " * len(indent[0]) if indent else ""
        lines += _WRAPPER.wrap(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def message_id_of(key: str, domain: str) -> str:
    """The fixed Message-ID of a letter's unique key; `domain` in ASCII."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"
