"""A payload and its links → an e-mail message. Pure: the same input gives the same bytes."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from uuid import UUID

from notifications.letters import Payload
from templates import render


@dataclass(frozen=True, slots=True)
class Links:
    """What a letter's buttons open.

    steps: step id → address that opens this step for this person without a password.
    sign_in: address of a sign-in letter; code: its six digits.
    board: address of the board.
    """

    board: str
    steps: dict[UUID, str]
    sign_in: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's readable parts."""

    subject: str
    text: str
    html: str


def render_letter(letter: Payload, links: Links) -> Rendered:
    """The letter's subject, text and HTML."""
    values = {"letter": letter, "links": links}
    text = render(f"mail/{letter.template}.txt.j2", **values)
    html = render(f"mail/{letter.template}.html.j2", **values)
    return Rendered(letter.subject, text.strip() + "\n", html)


def compose(
    rendered: Rendered,
    *,
    sender: str,
    to_name: str,
    to_address: str,
    message_id: str,
    at: datetime,
) -> EmailMessage:
    """The message: text and HTML alternatives, marked as sent by a machine."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(*parseaddr(sender))
    message["To"] = _address(to_name, to_address)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    boundary = sha256(message_id.encode()).hexdigest()[:24]
    message.set_boundary(f"karta-{boundary}")  # the library's own would differ every time
    return message


def _address(name: str, address: str) -> Address:
    return Address(display_name=name.replace("\r", " ").replace("\n", " "), addr_spec=address)


def message_id_of(key: str, domain: str) -> str:
    """The fixed Message-ID of a letter's unique key."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"
