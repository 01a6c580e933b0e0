"""What became of an attempt to send, and when the next one is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GIVE_UP_AFTER = timedelta(days=2)
"""A letter that no server took for this long is undeliverable."""

UNCLEAR_PAUSE = timedelta(minutes=1)
"""How long a server that fell silent over a letter is left alone before it gets it once more."""

_FAULT_PAUSES = (10, 30, 60, 300, 900, 1800)  # seconds; then the last one again
_BUSY_PAUSES = (900, 1800, 3600, 7200, 14400)  # greylisting servers do not like to be asked sooner


@dataclass(frozen=True, slots=True)
class Sent:
    """The server has the letter."""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Nothing was taken. Worth another attempt.

    busy: the server answered «not now» and should be left alone for a while; otherwise there was
    no conversation at all.
    """

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


SendOutcome = Sent | TryLater | Refused | Unclear


def next_attempt(
    first: datetime, now: datetime, attempts: int, outcome: TryLater
) -> datetime | None:
    """When to try again after `attempts` attempts, the letter queued at `first`; None to give up.

    The last attempt is made when `GIVE_UP_AFTER` is over, so that a pause never shortens it.
    """
    last = first + GIVE_UP_AFTER
    if now >= last:
        return None
    pauses = _BUSY_PAUSES if outcome.busy else _FAULT_PAUSES
    return min(now + timedelta(seconds=pauses[min(attempts, len(pauses)) - 1]), last)
