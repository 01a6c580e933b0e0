"""Text as people type it: trimmed, not too long, there when it must be."""

from roadmap.errors import InputWrong

LONGEST_TEXT = 4000
"""Characters of a note or reason."""


def cleaned(words: str, what: str, *, required: bool) -> str:
    """A note or reason as typed, trimmed; raises `InputWrong` when missing or too long."""
    # A browser counts a line break as one character and sends two.
    trimmed = words.replace("\r\n", "\n").strip().replace("\x00", "")
    if required and not trimmed:
        raise InputWrong(f"напишите, {what}: без этого нельзя")
    if len(trimmed) > LONGEST_TEXT:
        raise InputWrong(f"{what}: {len(trimmed)} знаков, можно не больше {LONGEST_TEXT}")
    return trimmed
