"""What became of an attempt to send, and when the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=2)
"""A letter that no server took for this long is undeliverable."""

_PAUSES = (10, 30, 60, 300, 900, 1800, 3600, 7200, 14400)  # seconds; then the last one again
_BUSY_FIRST = timedelta(minutes=15)  # greylisting servers do not like to be asked sooner


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has the letter."""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Nothing was taken: a 4xx answer (`busy`) or no connection. Worth another attempt."""

    reason: str
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A 5xx answer: this letter will never be taken as it is."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """The connection broke after the letter's last byte: the server may have it."""

    reason: str


Outcome = Sent | TryLater | Refused | Unclear


def next_attempt(
    first: datetime, now: datetime, attempts: int, outcome: TryLater
) -> datetime | None:
    """When to try again after `attempts` attempts, the first at `first`; None to give up."""
    pause = timedelta(seconds=_PAUSES[min(attempts, len(_PAUSES)) - 1])
    if outcome.busy:
        pause = max(pause, _BUSY_FIRST)
    if now - first >= GIVE_UP_AFTER:
        return None
    return min(now + pause, first + GIVE_UP_AFTER)
