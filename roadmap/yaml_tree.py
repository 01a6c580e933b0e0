"""YAML text → a tree of nodes with line numbers, refusing what a road map must not contain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from roadmap.problems import Problem, problem
from roadmap.yaml_faults import broken

MAX_BYTES = 256 * 1024
MAX_NESTING = 20

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""What no text of a plan holds, and a terminal or a database may choke on."""


@dataclass(slots=True)
class Scalar:
    """Text as written. `plain` is true without quotes: only then may it mean true, 3 or null."""

    line: int
    value: str
    plain: bool


@dataclass(slots=True)
class Sequence:
    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """Keys in file order; `key_lines` says where each key stands."""

    line: int
    items: dict[str, "Node"] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class Unreadable(Exception):
    """The text cannot be read any further; `problems` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(problems)


def decode(content: bytes, file: str) -> str:
    """The file's text; a BOM and CRLF are fine. Raises `Unreadable` for size or encoding."""
    if len(content) > MAX_BYTES:
        raise Unreadable(
            [problem("too-large", file, 1, kb=(len(content) + 1023) // 1024, limit=256)]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable([problem("not-utf8", file, line)]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_tree(text: str, file: str) -> tuple[Node, list[Problem]]:
    """The document's root node and the problems that do not prevent reading on.

    Raises `Unreadable` for broken syntax, anchors and aliases (never expanded), too deep nesting
    and an empty file. Duplicate keys are collected: the first value stays.
    """
    tabs = [
        problem("tab", file, number)
        for number, line in enumerate(text.split("\n"), 1)
        if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    if tabs:
        raise Unreadable(tabs)
    found: list[Problem] = []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = yaml.parse(text, Loader=loader)
    try:
        root = _document(events, file, found)
        extra = [e for e in events if isinstance(e, yaml.DocumentStartEvent)]
    except yaml.YAMLError as error:
        raise Unreadable([*found, broken(error, text, file)]) from None
    if root is None or (isinstance(root, Scalar) and not root.value.strip()):
        raise Unreadable([problem("empty", file, 1)])
    if extra:
        mark = extra[0].start_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable([problem("many-documents", file, line)])
    return root, found


def _document(events: Iterator[yaml.Event], file: str, found: list[Problem]) -> Node | None:
    """Builds the first document's tree from events, without recursion."""
    root: Node | None = None
    stack: list[tuple[Sequence | Mapping, list[Scalar]]] = []  # (container, its pending key)
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None):
            code = "alias" if isinstance(event, yaml.AliasEvent) else "anchor"
            raise Unreadable([*found, problem(code, file, line, name=getattr(event, "anchor", ""))])
        if isinstance(event, yaml.DocumentEndEvent):
            return root
        if isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            stack.pop()
            continue
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            plain = not event.style and event.tag is None  # the C parser says "" for no style
            node = Scalar(line, event.value, plain)
            if _CONTROL.search(event.value):
                found.append(problem("control-character", file, line))
                node.value = _CONTROL.sub("", event.value)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Sequence(line)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Mapping(line)
        else:
            continue
        if getattr(event, "tag", None) not in (None, "!"):
            raise Unreadable([*found, problem("tag", file, line, name=getattr(event, "tag", ""))])
        if not stack:
            root = node
        else:
            _attach(stack[-1], node, file, found)
        if not isinstance(node, Scalar):
            stack.append((node, []))
            if len(stack) > MAX_NESTING:
                raise Unreadable([*found, problem("too-deep", file, line, limit=MAX_NESTING)])
    return root


def _attach(
    top: tuple[Sequence | Mapping, list[Scalar]], node: Node, file: str, found: list[Problem]
) -> None:
    container, pending = top
    if isinstance(container, Sequence):
        container.items.append(node)
        return
    if not pending:
        if not isinstance(node, Scalar):
            raise Unreadable([*found, problem("key-not-text", file, node.line)])
        pending.append(node)
        return
    key = pending.pop()
    if key.value in container.items:
        first = container.key_lines[key.value]
        found.append(problem("duplicate-key", file, key.line, key=key.value, first=first))
        return
    container.items[key.value] = node
    container.key_lines[key.value] = key.line
