"""YAML → `RoadMap`: the one place that reads the file, every problem with its line, all at once."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from roadmap.acceptance import Acceptance, acceptance_problems
from roadmap.calendar import DueOnDayOff
from roadmap.calendar_problems import calendar_problems, span_of_node, terms_of
from roadmap.contradictions import Places, contradictions
from roadmap.due_problems import due_problems, due_problems_of_tree
from roadmap.dues import Period
from roadmap.errors import RoadMapInvalid, reason_of
from roadmap.kinds import Kind
from roadmap.places import due_lines, id_of, item_lines, lines_of, stage_lines
from roadmap.problems import Problem, problem
from roadmap.references import reference_problems
from roadmap.spec import RoadMap
from roadmap.terms import TERMS_IN_YEAR
from roadmap.yaml_tree import Mapping, Node, Sequence, Unreadable, decode, read_tree

Path_ = tuple[str | int, ...]

_ABOUT = {
    "title": "название",
    "organisation": "школа: name и zone",
    "people": "люди: ключ и карточка каждого",
    "stages": "этапы",
    "steps": "мероприятия этапа",
    "id": "номер",
    "due": "срок, например «Сентябрь 2026»",
    "owner": "ответственный: ключ из people",
    "email": "адрес электронной почты",
    "name": "название школы",
    "start": "первый день",
    "end": "последний день",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was understood and everything that is wrong; `roadmap` is None if an error forbids it.

    `lines` tells where each stage ("2"), step ("2.1") and person ("@social") is declared.
    """

    file: str
    text: str
    roadmap: RoadMap | None
    problems: tuple[Problem, ...]
    lines: dict[str, int]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "warning")

    def require(self) -> RoadMap:
        """The road map; raises `RoadMapInvalid` with every problem when there is an error."""
        if self.roadmap is None or self.errors:
            raise RoadMapInvalid(self.problems)
        return self.roadmap


def load_file(path: Path, shown_as: str | None = None) -> Loaded:
    """Reads and checks a road map file. Never raises for what the file holds."""
    file = shown_as or path.name
    try:
        if path.stat().st_size > 64 * 1024 * 1024:  # far over any limit: do not even read it
            size = path.stat().st_size // 1024
            return _unreadable(file, [problem("too-large", file, 1, kb=size, limit=256)])
        content = path.read_bytes()
    except FileNotFoundError:
        return _unreadable(file, [problem("no-file", file, 1)])
    except OSError as error:
        detail = reason_of(error)
        return _unreadable(file, [problem("not-readable", file, 1, detail=detail)])
    return load_bytes(content, file)


def load_bytes(content: bytes, file: str) -> Loaded:
    """Checks the bytes of a road map file; `file` is only the name problems are shown with."""
    try:
        return load_text(decode(content, file), file)
    except Unreadable as error:
        return _unreadable(file, error.problems)


def load_text(text: str, file: str = "roadmap.yaml") -> Loaded:
    """Checks the text of a road map."""
    try:
        tree, problems = read_tree(text, file)
    except Unreadable as error:
        return _unreadable(file, error.problems, text)
    if not isinstance(tree, Mapping):
        got, got_ru = _got(tree)
        return _unreadable(
            file,
            [
                problem(
                    "not-a-mapping",
                    file,
                    tree.line,
                    where="top level",
                    where_ru="начало файла",
                    got=got,
                    got_ru=got_ru,
                )
            ],
            text,
        )
    roadmap, shape = _validated(tree, file)
    problems = [*problems, *shape]
    if roadmap is None:
        problems += _references_of_tree(tree, file)
    else:
        problems += due_problems(roadmap, tree, file)
        problems += reference_problems(tree, file)
    if any(p.severity == "error" for p in problems):
        roadmap = None
    if roadmap is not None:
        problems = _accepted_and_contradictions(roadmap, tree, file, problems)
    unique = sorted(dict.fromkeys(problems), key=lambda p: (p.line, p.code, p.message))
    return Loaded(file, text, roadmap, tuple(unique), lines_of(tree))


def _accepted_and_contradictions(
    roadmap: RoadMap, tree: Mapping, file: str, known: list[Problem]
) -> list[Problem]:
    """What is left of the problems known, and the plan's contradictions, after what is accepted."""
    acceptance = Acceptance(roadmap)
    left = [found for found in known if not acceptance.accepts(found.code, found.at)]
    places = Places(
        stages=stage_lines(tree),
        steps=due_lines(tree),
        people={key[1:]: line for key, line in lines_of(tree).items() if key.startswith("@")},
        period=tree.key_lines.get("period", 1),
        calendar=tree.key_lines.get("calendar"),
    )
    left += contradictions(roadmap, places, file, acceptance)
    return left + acceptance_problems(acceptance, item_lines(tree, "accepted"), file)


def _unreadable(file: str, problems: Iterable[Problem], text: str = "") -> Loaded:
    return Loaded(file, text, None, tuple(problems), {})


def _references_of_tree(tree: Mapping, file: str) -> list[Problem]:
    """References are checked even when a value elsewhere is wrong: all errors in one run."""
    return [*reference_problems(tree, file), *due_problems_of_tree(tree, file, _period_of(tree))]


# -- shape ------------------------------------------------------------------------------------


def _plain(node: Node, *, is_person: bool = False) -> Any:
    if isinstance(node, Mapping):
        plain = {
            key: {k: _plain(v, is_person=True) for k, v in value.items.items()}
            if key == "people" and isinstance(value, Mapping)
            else _plain(value)
            for key, value in node.items.items()
        }
        # A key without a value means the default, where there is one.
        needed = _ABOUT.keys() - {"name"} if is_person else _ABOUT.keys()
        return {key: value for key, value in plain.items() if value is not None or key in needed}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    if node.plain and node.value in ("", "~", "null", "Null", "NULL"):
        return None
    return node.value


def _period_of(tree: Mapping) -> Period | None:
    node = tree.items.get("period")
    if not isinstance(node, Mapping):
        return None
    start, end = span_of_node(node)
    return Period(start, end) if start and end and start <= end else None


def _validated(tree: Mapping, file: str) -> tuple[RoadMap | None, list[Problem]]:
    plain = _plain(tree)
    problems: list[Problem] = []
    try:
        context = {"period": _period_of(tree), "terms": terms_of(tree)}
        return RoadMap.model_validate(plain, context=context), _period_problems(tree, file)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            if item["type"] == "too_short" and item.get("input"):
                continue  # a list of which not one entry is right: each has its own problem
            problems.append(_shape_problem(item, tree, file))
    return None, problems + _period_problems(tree, file)


def _period_problems(tree: Mapping, file: str) -> list[Problem]:
    node = tree.items.get("period")
    found = calendar_problems(tree, file)
    if not isinstance(node, Mapping):
        return found
    first, last = span_of_node(node)
    if first and last and last < first:
        start, end = (_plain(node.items[key]) for key in ("start", "end"))
        names = {"where": "period", "where_ru": "период", "start": start, "end": end}
        found.append(problem("period-reversed", file, node.items["end"].line, **names))
    return found


def _shape_problem(item: ErrorDetails, tree: Mapping, file: str) -> Problem:
    path: Path_ = tuple(item["loc"])
    kind = item["type"]
    parent_path, key = path[:-1], str(path[-1]) if path else ""
    where, where_ru = _place(tree, path)
    names = {"where": where, "where_ru": where_ru, "key": key}
    value = item.get("input")
    line = _line(tree, path)
    if kind == "missing":
        line = _line(tree, parent_path)
        if key == "email":
            return problem("no-email", file, line, **names)
        return problem("missing-key", file, line, about=_ABOUT.get(key, "см. образец"), **names)
    if kind == "extra_forbidden":
        line = _key_line(tree, path)
        hint, hint_ru = _nearest(key, _known_keys(path))
        return problem("unknown-key", file, line, hint=hint, hint_ru=hint_ru, **names)
    if value is None or value == "" or value == [] or value == {}:
        if key == "email":
            return problem("no-email", file, line, **names)
        return problem("empty-value", file, line, **names)
    got, got_ru = _got(_node(tree, path))
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return problem("not-a-mapping", file, line, got=got, got_ru=got_ru, **names)
    if kind in ("tuple_type", "list_type"):
        names |= {"where": f"{where}, {key}", "where_ru": f"{where_ru}, поле {key}"}
        return problem("not-a-list", file, line, got=got, got_ru=got_ru, **names)
    if kind == "string_type":
        names |= {"where": f"{where}, {key}", "where_ru": f"{where_ru}, поле {key}"}
        return problem("not-text", file, line, got=got, got_ru=got_ru, **names)
    if kind in ("enum", "literal_error"):
        known = _choices(key, path)
        near = difflib.get_close_matches(str(value), known, 1)
        listed = ", ".join(known)
        did = f'did you mean "{near[0]}"? ' if near else ""
        did_ru = f"может быть, «{near[0]}»? " if near else ""
        names["key"] = str(next(p for p in reversed(path) if isinstance(p, str)))
        hint, hint_ru = f"{did}use one of: {listed}", f"{did_ru}можно: {listed}"
        return problem("bad-choice", file, line, value=value, hint=hint, hint_ru=hint_ru, **names)
    if kind.startswith("int_") or kind in ("greater_than_equal", "less_than_equal"):
        low, high = (0, 365) if "remind_days_before" in path else (1, 365)
        high = {"late_every_working_days": 60, "most_due_in_week": 100, "number": 4}.get(key, high)
        names["key"] = str(next(p for p in reversed(path) if isinstance(p, str)))
        return problem("bad-number", file, line, value=value, low=low, high=high, **names)
    if kind.startswith("bool_"):
        return problem("bad-flag", file, line, value=value, **names)
    if kind == "string_pattern_mismatch":
        code = "bad-email" if key == "email" else "bad-code"
        return problem(code, file, line, value=value, **names)
    reason = str(item.get("ctx", {}).get("error", ""))
    if reason == "unknown-zone":
        hint, hint_ru = _zone_hint(str(value))
        return problem("unknown-zone", file, line, value=value, hint=hint, hint_ru=hint_ru, **names)
    if reason == "bad-date":
        return problem("bad-date", file, line, value=value, **names)
    names |= {"where": f"{where}, {key}", "where_ru": f"{where_ru}, поле {key}"}
    return problem("not-text", file, line, got=got, got_ru=got_ru, **names)


def _choices(key: str, path: Path_) -> list[str]:
    if "roles" in path:
        return ["director", "curator", "owner", "observer"]
    if key == "due_on_day_off":
        return list(get_args(DueOnDayOff))
    if "terms" in path:
        return list(TERMS_IN_YEAR)
    return ["required", "asked"] if key == "evidence" else [kind.value for kind in Kind]


def _zone_hint(value: str) -> tuple[str, str]:
    from zoneinfo import available_timezones  # reads the zone folder: only when it is needed

    near = difflib.get_close_matches(value, sorted(available_timezones()), 1, 0.6)
    if near:
        return f', did you mean "{near[0]}"?', f"; может быть, {near[0]}?"
    return "; for example Europe/Moscow", "; например, Europe/Moscow или Asia/Magadan"


def _known_keys(path: Path_) -> list[str]:
    """The keys allowed where the unknown one stands."""
    from roadmap import spec

    names = [p for p in path[:-1] if isinstance(p, str)]
    model: type[spec.Declared] = spec.RoadMap
    if names[:1] == ["people"]:
        model = spec.PersonSpec
    elif names[:1] == ["stages"]:
        model = spec.Step if "steps" in names else spec.Stage
    elif names:
        sections: dict[str, type[spec.Declared]] = {
            "organisation": spec.Organisation,
            "period": spec.PeriodSpec,
            "policy": spec.Policy,
            "calendar": spec.CalendarSpec,
            "accepted": spec.Accepted,
        }
        lists: dict[str, type[spec.Declared]] = {
            "terms": spec.TermSpec,
            "vacations": spec.VacationSpec,
        }
        model = lists.get(names[-1], sections[names[0]])
    return list(model.model_fields)


def _nearest(key: str, known: list[str]) -> tuple[str, str]:
    near = difflib.get_close_matches(key.lower(), known, 1, 0.5)
    if near:
        return f', did you mean "{near[0]}"?', f"; может быть, {near[0]}?"
    listed = ", ".join(known)
    return f"; known keys: {listed}", f"; можно: {listed}"


def _got(node: Node | None) -> tuple[str, str]:
    if isinstance(node, Mapping):
        return "keys and values", "поля"
    if isinstance(node, Sequence):
        return "a list", "список"
    value = node.value if node else ""
    short = value if len(value) <= 40 else value[:39] + "…"
    return f'"{short}"', f"«{short}»"


# -- places -----------------------------------------------------------------------------------


def _node(tree: Node, path: Path_) -> Node | None:
    node: Node | None = tree
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str):
            node = node.items.get(part)
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            return None
    return node


def _line(tree: Mapping, path: Path_) -> int:
    for length in range(len(path), -1, -1):
        if length and isinstance(path[length - 1], str):
            parent = _node(tree, path[: length - 1])
            if isinstance(parent, Mapping) and path[length - 1] in parent.key_lines:
                return parent.key_lines[str(path[length - 1])]
        node = _node(tree, path[:length])
        if node is not None:
            return node.line
    return 1


def _key_line(tree: Mapping, path: Path_) -> int:
    parent = _node(tree, path[:-1])
    return parent.key_lines.get(str(path[-1]), parent.line) if isinstance(parent, Mapping) else 1


def _place(tree: Mapping, path: Path_) -> tuple[str, str]:
    """«step 3.2» / «мероприятие 3.2» for a path into the file."""
    if path[:1] == ("people",) and len(path) > 1:
        return f'person "{path[1]}"', f"сотрудник {path[1]}"
    if path[:1] == ("stages",) and len(path) > 1:
        stage = _node(tree, path[:2])
        number = id_of(stage) or f"№ {int(path[1]) + 1}"
        if len(path) > 3 and path[2] == "steps":
            step = id_of(_node(tree, path[:4]))
            if step:
                return f"step {step}", f"мероприятие {step}"
            nth = int(path[3]) + 1
            return f"stage {number}, step № {nth}", f"этап {number}, мероприятие № {nth}"
        return f"stage {number}", f"этап {number}"
    if len(path) > 1:
        return str(path[0]), f"раздел {path[0]}"
    return "top level", "начало файла"
