"""What the commands print, and how they end."""

import json
import sys
from typing import Any, NoReturn

OK, REFUSED, WRONG_INPUT = 0, 1, 2


class Failure(Exception):
    """Ends the command with a sentence and an exit code."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        self.code = code
        super().__init__(message)


def say(text: str = "") -> None:
    """One line for the person, at once also through a pipe."""
    print(text, flush=True)


def complain(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr, flush=True)


def put_json(value: Any) -> None:
    """JSON and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
    sys.stdout.flush()


def end(code: int) -> NoReturn:
    raise SystemExit(code)


def as_sentence(message: str) -> str:
    """«этап 2 закрыт» → «Этап 2 закрыт.»"""
    text = message.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def table(rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> None:
    """Columns of fixed width, the last one as long as it is."""
    for row in rows:
        cells = [
            cell if len(cell) <= width else cell[: width - 1] + "…"
            for cell, width in zip(row, widths, strict=False)
        ]
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False))
        say("  ".join([line, *row[len(widths) :]]).rstrip())
