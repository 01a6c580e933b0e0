"""The text of a road map file with the places of its values: edits that touch nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from roadmap.errors import InputWrong


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters from `start` up to `end` become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar as it stands: `raw` with its quotation marks, `value` without."""

    start: int
    end: int
    raw: str
    value: str


class PlanText:
    """A valid road map's text, exactly as in the file, without a byte order mark.

    Places are counted in characters of that text, line ends as they are. The text must have been
    loaded without errors.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root = yaml.compose(text, Loader=loader)
        assert isinstance(root, yaml.MappingNode)  # a road map that has been loaded is a mapping
        self._root = root
        self.stages: dict[str, yaml.MappingNode] = {}
        self.steps: dict[str, yaml.MappingNode] = {}
        for stage in _mappings(_get(self._root, "stages")):
            self.stages[_text(stage, "id")] = stage
            for step in _mappings(_get(stage, "steps")):
                self.steps[_text(step, "id")] = step

    def due(self, step: str) -> Value:
        """The due date of a step."""
        return self._value(_get(self.steps[step], "due"))

    def period(self, key: str) -> Value | None:
        """`start` or `end` of the period; None when there is no period."""
        node = _get(_get(self._root, "period"), key)
        return self._value(node) if node is not None else None

    def dates_of(self, section: str, list_name: str) -> list[Value]:
        """Every scalar of a list in a section: days, or `start` and `end` of its entries."""
        found = []
        for item in _items(_get(_get(self._root, section), list_name)):
            if isinstance(item, yaml.ScalarNode):
                found.append(self._value(item))
            else:
                ends = (_get(item, key) for key in ("start", "end"))
                found += [self._value(node) for node in ends if node is not None]
        return found

    def comment_above(self, node: yaml.Node | None, lines: Iterable[str]) -> Edit:
        """Comment lines above a stage, a step or – with None – the file's first key.

        Where something else stands on the same line, they go to the end of the file.
        """
        at = (node or self._root).start_mark.index
        begin = self.text.rfind("\n", 0, at) + 1
        before = self.text[begin:at]
        if before.strip(" -"):
            return self._at_end([f"# {line}" for line in lines])
        indent = before[: len(before) - len(before.lstrip())]
        told = "".join(f"{indent}# {line}{self.line_end}" for line in lines)
        return Edit(begin, begin, told)

    def new_acceptance(self, code: str, places: tuple[str, ...], reason: str, day: str) -> Edit:
        """One more entry of the `accepted` list, which is begun if need be."""
        at = ", ".join(_quoted(place) for place in places)
        fields = [f"code: {code}", *([f"at: [{at}]"] if places else [])]
        listed = _get(self._root, "accepted")
        if isinstance(listed, yaml.SequenceNode) and listed.flow_style:
            entry = "{" + ", ".join([*fields, f"reason: {_quoted(f'{day}: {reason}')}"]) + "}"
            close = listed.end_mark.index - 1
            trailing = self.text[listed.start_mark.index + 1 : close].rstrip()
            comma = "" if not listed.value or trailing.endswith(",") else ", "
            return Edit(close, close, comma + entry)
        fields.append(f"reason: {_quoted(reason)} # {day}")
        if isinstance(listed, yaml.SequenceNode):
            last = listed.value[-1]
            begin = self.text.rfind("\n", 0, last.start_mark.index) + 1
            dash = self.text[begin : last.start_mark.index].index("-")
            place = self._line_after(_last_leaf(last))
            return Edit(place, place, self._glue(place) + self._entry(fields, dash))
        if listed is not None:  # the key alone, without a list
            key = next(name for name, _ in self._root.value if name.value == "accepted")
            place = self._line_after(key)
            return Edit(place, place, self._glue(place) + self._entry(fields, 2))
        if self._root.flow_style:
            raise InputWrong(
                "файл записан в фигурных скобках, и запись accepted нужно добавить в нём самим"
            )
        return self._at_end(["", "accepted:", self._entry(fields, 2).rstrip()])

    def _entry(self, fields: list[str], indent: int) -> str:
        pad = " " * indent
        first, *rest = fields
        lines = [f"{pad}- {first}", *(f"{pad}  {field}" for field in rest)]
        return "".join(line + self.line_end for line in lines)

    def _glue(self, place: int) -> str:
        """The line end that a file's last line may lack."""
        return "" if place == 0 or self.text[place - 1] == "\n" else self.line_end

    def _line_after(self, node: yaml.Node) -> int:
        """Where the line after a node begins."""
        end = node.end_mark.index
        if end and self.text[end - 1] == "\n":
            return end
        following = self.text.find("\n", end)
        return len(self.text) if following < 0 else following + 1

    def _at_end(self, lines: list[str]) -> Edit:
        """Lines at the end of the document, before the mark that closes it."""
        place = len(self.text)
        closing = self.text.rfind("\n...")
        if closing >= 0 and not self.text[closing + 4 :].strip():
            place = closing + 1
        told = "".join(line + self.line_end for line in lines)
        return Edit(place, place, self._glue(place) + told)

    def _value(self, node: yaml.Node | None) -> Value:
        assert isinstance(node, yaml.ScalarNode)  # a date of a road map that has been loaded
        start, end = node.start_mark.index, node.end_mark.index
        return Value(start, end, self.text[start:end], node.value)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they must not overlap. Those at one place keep their order."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: each.start):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join(parts) + text[at:]


def one_line(text: str) -> str:
    """What a person wrote, fit for a comment: one line of printable characters."""
    line = " ".join(text.split())
    return "".join(sign for sign in line if sign.isprintable())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _get(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _mappings(node: yaml.Node | None) -> list[yaml.MappingNode]:
    return [item for item in _items(node) if isinstance(item, yaml.MappingNode)]


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _text(node: yaml.Node, key: str) -> str:
    value = _get(node, key)
    return value.value if isinstance(value, yaml.ScalarNode) else ""


def _last_leaf(node: yaml.Node) -> yaml.Node:
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node
