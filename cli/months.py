"""A month as it is typed after --from."""

import re

from cli.console import WRONG_INPUT, Failure


def month_of(text: str) -> tuple[int, int]:
    """(year, month) of «2026-09»; raises `Failure`."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
        raise Failure(f"--from {text}: нужен месяц вида 2026-09", WRONG_INPUT)
    return int(found[1]), int(found[2])
