"""When a letter is tried again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.outcome import GIVE_UP_AFTER, TryLater, next_attempt

QUEUED = datetime(2026, 9, 1, 7, 30, tzinfo=UTC)


def pauses(*, busy: bool) -> list[timedelta]:
    """The pauses between attempts of a letter that nobody takes."""
    now, made = QUEUED, []
    for attempts in range(1, 10_000):
        again = next_attempt(QUEUED, now, attempts, TryLater("", busy))
        if again is None:
            return made
        made.append(again - now)
        now = again
    raise AssertionError("it never gives up")


def test_a_lost_connection_is_tried_soon_and_then_less_often() -> None:
    assert [p.total_seconds() for p in pauses(busy=False)][:7] == [
        10, 30, 60, 300, 900, 1800, 1800,
    ]  # fmt: skip


def test_a_busy_server_is_left_alone_for_a_quarter_of_an_hour_at_least() -> None:
    assert [p.total_seconds() / 60 for p in pauses(busy=True)][:6] == [15, 30, 60, 120, 240, 240]


def test_the_last_attempt_is_made_when_the_two_days_are_over() -> None:
    for busy in (True, False):
        assert sum(pauses(busy=busy), timedelta()) == GIVE_UP_AFTER == timedelta(days=2)


@given(minutes=st.integers(0, 5000), attempts=st.integers(1, 500), busy=st.booleans())
def test_the_next_attempt_is_later_and_never_after_the_end(
    minutes: int, attempts: int, busy: bool
) -> None:
    now = QUEUED + timedelta(minutes=minutes)

    again = next_attempt(QUEUED, now, attempts, TryLater("", busy))

    assert (again is None) == (now >= QUEUED + GIVE_UP_AFTER)
    assert again is None or now < again <= QUEUED + GIVE_UP_AFTER
