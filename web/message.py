"""A page that only says something."""

from dataclasses import dataclass
from typing import ClassVar

from web.page import Frame


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A heading and what to do."""

    template: ClassVar[str] = "web/shared/message.html.j2"

    frame: Frame
    heading: str
    words: str
    href: str = "/"
    button: str = "На доску"
