"""What the grammar guarantees and types cannot say."""

from typing import TypeVar

T = TypeVar("T")


def certain(value: T | None) -> T:
    """The value, of which the code around has made sure that it is there."""
    assert value is not None
    return value
