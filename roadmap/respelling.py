"""A YAML scalar given another value in its own spelling: quotes, escapes and folds stay."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_ESCAPE = re.compile(
    r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(\r?\n)[ \t]*|(.))", re.DOTALL
)
_FOLD = re.compile(r"[ \t]*\r?\n((?:[ \t]*\r?\n)*)[ \t]*")
_NAMED = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f",
    "r": "\r", "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0",
    "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class _Sign(NamedTuple):
    """One character of a value, and where in the spelling it stands."""

    sign: str
    start: int
    end: int


def respelled(raw: str, value: str, new: str) -> str:
    """The spelling of a scalar, `raw` with its quotation marks, when `value` becomes `new`.

    In double quotes only what differs is written anew. Another spelling that holds the value as it
    is keeps its quotation marks; else the new value stands in double quotes.
    """
    if raw.startswith('"'):
        signs = _signs(raw)
        if signs is not None and "".join(each.sign for each in signs) == value:
            return _rewritten(raw, signs, value, new)
    elif value in raw:
        return raw.replace(value, new)
    tail = raw[len(raw.rstrip()) :]
    return f'"{_escaped(new)}"{tail}'


def _rewritten(raw: str, signs: list[_Sign], value: str, new: str) -> str:
    places = [each.start for each in signs] + [len(raw.rstrip()) - 1]
    parts: list[str] = []
    at = 0
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, value, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        end = signs[i2 - 1].end if i2 > i1 else places[i1]
        parts += [raw[at : places[i1]], _escaped(new[j1:j2])]
        at = end
    return "".join(parts) + raw[at:]


def _signs(raw: str) -> list[_Sign] | None:
    """What stands between double quotes, character by character; None when it is not understood."""
    found: list[_Sign] = []
    at, end = 1, len(raw.rstrip()) - 1
    while at < end:
        if match := _ESCAPE.match(raw, at):
            figures = match[1] or match[2] or match[3]
            if figures:
                found.append(_Sign(chr(int(figures, 16)), at, match.end()))
            elif match[4] is None:
                if match[5] not in _NAMED:
                    return None
                found.append(_Sign(_NAMED[match[5]], at, match.end()))
            at = match.end()
        elif match := _FOLD.match(raw, at):
            # One line end is a space, each further one a line of its own.
            signs = "\n" * match[1].count("\n") or " "
            found += [_Sign(sign, at, match.end()) for sign in signs]
            at = match.end()
        else:
            found.append(_Sign(raw[at], at, at + 1))
            at += 1
    return found


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("\n", "\\n")
