"""What all commands of `karta` have in common, whichever module declares them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from cli.app import ORDER
from cli.main import declared

KARTA = typer.main.get_command(declared())


def commands(group: Any = KARTA, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


def test_every_command_has_its_place_in_the_help() -> None:
    assert KARTA.list_commands(typer.Context(KARTA)) == list(ORDER)
    assert set(KARTA.commands) == set(ORDER)


@pytest.mark.parametrize(("words", "command"), list(commands()))
def test_every_command_says_what_it_does_and_how_it_is_typed(words: str, command: Any) -> None:
    what, _, example = command.help.rpartition("\n\nПример:  ")

    assert what.endswith(".")
    assert f"karta {words}" in example


def test_an_option_that_commands_share_means_the_same_in_each() -> None:
    said = defaultdict(set)
    for _, command in commands():
        for option in command.params:
            for name in option.opts:
                said[name].add(option.help)

    assert {name for name in ("--as", "--at", "--json", "--programme") if len(said[name]) != 1} == (
        set()
    )
