"""The one way to declare a command, and the options that several commands share."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from typer._click import Context  # as in cli.usage

from cli.console import WRONG_INPUT, Failure
from cli.usage import Command, Group

Function = TypeVar("Function", bound=Callable[..., None])

# One line of help for each; a command that has no place here would come last.
ORDER = (
    *("up", "check", "rehearse", "start", "status"),
    *("done", "report", "return", "skip", "restore", "open-stage", "stop-programme"),
    *("revise", "letters", "changes", "forecast"),
    *("worker", "web", "version", "next-year", "person", "plan"),
)


class _Karta(Group):
    """`karta` itself: help lists its commands as one needs them, not module by module."""

    def list_commands(self, ctx: Context) -> list[str]:
        placed = [name for name in ORDER if name in self.commands]
        return placed + [name for name in self.commands if name not in ORDER]


app = typer.Typer(
    name="karta",
    cls=_Karta,
    help="Карта – дорожная карта школы, доведённая до конца.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def declare(
    what: str, example: str, *, name: str | None = None, group: typer.Typer = app
) -> Callable[[Function], Function]:
    """Makes the function a command: its Russian help, how it is typed, its group.

    The name is the function's unless another is given.
    """
    return group.command(name, cls=Command, help=_help(what, example))


def declare_group(name: str, what: str, example: str = "") -> typer.Typer:
    """A word before commands, as `person` in `karta person list`."""
    group = typer.Typer(
        cls=Group, help=_help(what, example), no_args_is_help=True, rich_markup_mode=None
    )
    app.add_typer(group, name=name)
    return group


def _help(what: str, example: str) -> str:
    return f"{what}\n\nПример:  {example}" if example else what


AsJson = Annotated[bool, typer.Option("--json", help="Только JSON.")]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="КЛЮЧ", help="Кто действует: ключ из people или адрес."),
]
Which = Annotated[
    str | None, typer.Option("--programme", metavar="ID", help="Какая программа (начало её id).")
]
Reason = Annotated[
    str, typer.Option("--reason", metavar="ТЕКСТ", help="Причина; её сохранит журнал.")
]
ReasonInFile = Annotated[
    str, typer.Option("--reason", metavar="ТЕКСТ", help="Причина; останется в файле.")
]
At = Annotated[
    str, typer.Option("--at", metavar="НОМЕРА", help="Этапы и мероприятия: 5 или 5.1,5.2.")
]
RoadMapFile = Annotated[Path, typer.Argument(metavar="[ФАЙЛ]")]

ROAD_MAP = Path("roadmap.yaml")
"""The file that a command means when none is named."""


def month_of(text: str) -> tuple[int, int]:
    """(year, month) of «2026-09», as it is typed after --from; raises `Failure`."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})", text.strip())
    if not found or not 1 <= int(found[2]) <= 12 or not 1900 <= int(found[1]) <= 2200:
        raise Failure(f"--from {text}: нужен месяц вида 2026-09", WRONG_INPUT)
    return int(found[1]), int(found[2])
