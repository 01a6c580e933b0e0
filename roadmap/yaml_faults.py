"""What is wrong with YAML that cannot be read, in words that help to mend it."""

import yaml

from roadmap.problems import Problem, problem

_MEANT = {
    "mapping values are not allowed in this context": (
        "лишнее двоеточие или неверный отступ; текст с двоеточием возьмите в кавычки"
    ),
    "found unexpected end of stream": "открытая здесь кавычка нигде не закрыта",
    "did not find expected ',' or ']'": "открытая здесь скобка [ не закрыта",
    "did not find expected ',' or '}'": "открытая здесь скобка { не закрыта",
    "did not find expected '-' indicator": "в списке строка без «- » или с другим отступом",
    "did not find expected key": "лишнее после кавычки или неверный отступ",
    "could not find expected ':'": "не хватает двоеточия после названия поля",
    "found character that cannot start any token": (
        "текст начинается с особого знака; возьмите его в кавычки"
    ),
    "found unknown escape character": (
        "в двойных кавычках после \\ стоит не тот знак; возьмите одинарные кавычки"
    ),
    "control characters are not allowed": "здесь стоит невидимый управляющий знак; удалите его",
}
"""The parser's words → what to do."""

_OPENED = ("found unexpected end of stream", "did not find expected ',' or")
"""Faults that are mended where what is not closed begins, not where the parser noticed."""


def broken(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """The one problem of a text that the YAML parser gives up on, at the line to mend."""
    said = getattr(error, "problem", None) or str(getattr(error, "reason", "")) or "syntax"
    mark = getattr(error, "problem_mark", None)
    opened = getattr(error, "context_mark", None)
    if opened is not None and said.startswith(_OPENED):
        mark = opened
    line = mark.line + 1 if mark else 1
    if mark is None and isinstance(error, yaml.reader.ReaderError):
        before = text.encode()[: error.position]
        line = before.count(b"\n") + 1
    if mark is not None and _character(text, mark) == "\t":
        return problem("tab", file, line)
    meant = _MEANT.get(said, "проверьте отступы, двоеточия и кавычки здесь и строкой выше")
    return problem("broken-yaml", file, line, detail=said, meant=meant)


def _character(text: str, mark: yaml.Mark) -> str:
    lines = text.split("\n")
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column : mark.column + 1]
