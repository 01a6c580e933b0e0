"""The command line's own words, in Russian: its help's headings and what was typed wrong."""

import re
from typing import Any

from typer._click import Context  # Typer has no public name for them
from typer._click import exceptions as errors
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

_HEADINGS = {
    "Usage:": "Вызов:",
    "Options:": "Параметры:",
    "Commands:": "Команды:",
    "Arguments:": "Что указать:",
    "[OPTIONS] COMMAND [ARGS]...": "КОМАНДА [ПАРАМЕТРЫ]",
    "[OPTIONS]": "[ПАРАМЕТРЫ]",
    "Show this message and exit.": "Эта справка.",
    "  [required]": "  (нужно)",
    "[default: ": "[по умолчанию ",
    " INTEGER ": " ЧИСЛО   ",
    " TEXT ": " ТЕКСТ",
    " PATH ": " ФАЙЛ ",
}


def in_russian(text: str) -> str:
    """Help text with Typer's own words replaced."""
    for english, russian in _HEADINGS.items():
        text = text.replace(english, russian)
    return text


class Command(TyperCommand):
    """A command whose help is all Russian."""

    def get_help(self, ctx: Context) -> str:
        return in_russian(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help is all Russian."""

    def get_help(self, ctx: Context) -> str:
        return in_russian(super().get_help(ctx))


def usage_sentence(error: TyperException) -> str:
    """What is wrong with the command as typed and where to look."""
    help_with = "karta --help"
    if isinstance(error, errors.UsageError) and error.ctx is not None:
        help_with = f"{error.ctx.command_path} --help"
    return f"{_what(error)} Справка: {help_with}"


def _what(error: TyperException) -> str:
    match error:
        case errors.NoSuchOption():
            near = f" Может быть, {error.possibilities[0]}?" if error.possibilities else ""
            return f"Параметра {error.option_name} нет.{near}"
        case errors.MissingParameter():
            return f"Не хватает: {_name(error.param)}."
        case errors.BadParameter():
            number = "valid integer" in error.message
            wanted = "нужно целое число" if number else error.message
            return f"{_name(error.param)}: значение не подходит, {wanted}."
        case errors.BadOptionUsage():
            return f"После {error.option_name} нужно значение."
        case errors.NoArgsIsHelpError():
            return in_russian(error.format_message()) + "\n\n"
        case _:
            return _usage(error.format_message())


def _usage(message: str) -> str:
    quoted = re.findall(r"'([^']*)'", message)
    if "No such command" in message:
        near = f" Может быть, {quoted[1]}?" if len(quoted) > 1 else ""
        return f"Команды {quoted[0] if quoted else ''} нет.{near}"
    if "extra argument" in message:
        return f"Лишние слова в команде: {message.rpartition('(')[2].rstrip(').')}."
    if "Missing command" in message:
        return "Назовите команду."
    return f"Команда записана неверно: {message}"


def _name(parameter: Any) -> str:
    """«--email», or what a plain word of the command is: «НОМЕР…»."""
    options = [name for name in getattr(parameter, "opts", ()) if name.startswith("-")]
    shown = getattr(parameter, "metavar", None) or getattr(parameter, "name", None)
    return options[0] if options else str(shown or "значение")
