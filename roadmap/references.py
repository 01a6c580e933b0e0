"""References inside a road map: owners, stages waited for, steps needed; no gaps, no circles."""

import difflib
from collections.abc import Iterator
from typing import get_args

from roadmap.problems import Problem, problem
from roadmap.spec import Role
from roadmap.yaml_tree import Mapping, Node, Scalar, Sequence


def reference_problems(tree: Mapping, file: str) -> list[Problem]:
    """Everything that points to what is not there, twice, to itself or in a circle.

    Works on the tree rather than on the parsed road map, so that a wrong value elsewhere does not
    hide a wrong reference.
    """
    found = [*_people(tree, file), *_numbers(tree, file)]
    # What is not written as it should be may hold what is pointed to: then nothing is said of it.
    if isinstance(tree.items.get("people"), Mapping):
        found += _owners(tree, file)
    if _is_list_of_mappings(tree.items.get("stages")):
        found += _afters(tree, file)
        if all(_is_list_of_mappings(stage.items.get("steps")) for stage in _stages(tree)):
            found += _needs(tree, file)
            found += _circles(tree, file)
    return found


def _is_list_of_mappings(node: Node | None) -> bool:
    return isinstance(node, Sequence) and all(isinstance(item, Mapping) for item in node.items)


_NO = frozenset({"false", "no", "off", "0", "n", "f"})  # what pydantic reads as false


def _text(node: Mapping, key: str) -> str:
    value = node.items.get(key)
    return value.value if isinstance(value, Scalar) else ""


def _texts(node: Mapping, key: str) -> list[Scalar]:
    value = node.items.get(key)
    items = value.items if isinstance(value, Sequence) else ()
    return [item for item in items if isinstance(item, Scalar)]


def _stages(tree: Mapping) -> list[Mapping]:
    value = tree.items.get("stages")
    items = value.items if isinstance(value, Sequence) else ()
    return [item for item in items if isinstance(item, Mapping)]


def _steps(tree: Mapping) -> Iterator[tuple[Mapping, Mapping]]:
    for stage in _stages(tree):
        value = stage.items.get("steps")
        for item in value.items if isinstance(value, Sequence) else ():
            if isinstance(item, Mapping):
                yield stage, item


def _id_line(node: Mapping) -> int:
    return node.key_lines.get("id", node.line)


def _people_of(tree: Mapping) -> Mapping:
    value = tree.items.get("people")
    return value if isinstance(value, Mapping) else Mapping(1)


def _people(tree: Mapping, file: str) -> Iterator[Problem]:
    people = _people_of(tree)
    first: dict[str, str] = {}
    roles: set[str] = set()
    for key, card in people.items.items():
        if not isinstance(card, Mapping):
            continue
        names = {"where": f'person "{key}"', "where_ru": f"сотрудник {key}"}
        if not _text(card, "name").strip() and not _text(card, "post").strip():
            yield problem("no-name", file, people.key_lines[key], **names)
        email = _text(card, "email").strip().lower()
        if email and email in first:
            line = card.key_lines["email"]
            other = first[email]
            yield problem("duplicate-email", file, line, value=email, other=other, **names)
        elif email:
            first[email] = key
        roles |= {item.value for item in _texts(card, "roles")}
    if people.items and roles <= set(get_args(Role)):  # else one of the wrong ones may be meant
        if "director" not in roles:
            yield problem("no-director", file, people.line)
        if "curator" not in roles:
            yield problem("no-curator", file, people.line)


def _numbers(tree: Mapping, file: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for stage in _stages(tree):
        code, line = _text(stage, "id"), _id_line(stage)
        if code and code in seen:
            yield problem("duplicate-stage", file, line, value=code, first=seen[code])
        elif code:
            seen[code] = line
    seen = {}
    for _, step in _steps(tree):
        code, line = _text(step, "id"), _id_line(step)
        if code and code in seen:
            yield problem("duplicate-step", file, line, value=code, first=seen[code])
        elif code:
            seen[code] = line


def _owners(tree: Mapping, file: str) -> Iterator[Problem]:
    known = list(_people_of(tree).items)
    for _, step in _steps(tree):
        owner = _text(step, "owner")
        if owner and owner not in known:
            code = _text(step, "id") or "?"
            yield problem(
                "unknown-owner",
                file,
                step.key_lines["owner"],
                where=f"step {code}",
                where_ru=f"мероприятие {code}",
                value=owner,
                known=", ".join(known),
            )


def _afters(tree: Mapping, file: str) -> Iterator[Problem]:
    known = [code for stage in _stages(tree) if (code := _text(stage, "id"))]
    for stage in _stages(tree):
        code = _text(stage, "id")
        names = {"where": f"stage {code}", "where_ru": f"этап {code}"}
        for item in _texts(stage, "after"):
            if item.value == code:
                yield problem("self-reference", file, item.line, **names)
            elif item.value not in known:
                listed = ", ".join(known)
                yield problem(
                    "unknown-stage", file, item.line, value=item.value, known=listed, **names
                )


def _needs(tree: Mapping, file: str) -> Iterator[Problem]:
    known = [code for _, step in _steps(tree) if (code := _text(step, "id"))]
    for _, step in _steps(tree):
        code = _text(step, "id")
        names = {"where": f"step {code}", "where_ru": f"мероприятие {code}"}
        for item in _texts(step, "needs"):
            if item.value == code:
                yield problem("self-reference", file, item.line, **names)
            elif item.value not in known:
                near = difflib.get_close_matches(item.value, known, 1)
                hint = f', did you mean "{near[0]}"?' if near else ""
                hint_ru = f"; может быть, {near[0]}?" if near else ""
                yield problem(
                    "unknown-step",
                    file,
                    item.line,
                    value=item.value,
                    hint=hint,
                    hint_ru=hint_ru,
                    **names,
                )


def _circles(tree: Mapping, file: str) -> Iterator[Problem]:
    """One problem for each circle, stages and steps together.

    A step waits for its needs and for its stage to open; a stage waits to open for every step of
    the stages it comes after. So a step that needs one of a later stage waits in a circle too.
    """
    waits: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    before: str | None = None
    stage_steps: dict[str, list[str]] = {}
    for stage, step in _steps(tree):
        if _text(step, "mandatory").lower() not in _NO:  # a gate does not wait for the others
            stage_steps.setdefault(_text(stage, "id"), []).append(_text(step, "id"))
    for stage in _stages(tree):
        code = _text(stage, "id")
        key = f"этап {code}"
        if key in waits:
            continue  # the number is taken: told elsewhere
        if "after" in stage.items and isinstance(stage.items["after"], Sequence):
            after = [item.value for item in _texts(stage, "after") if item.value != code]
        else:
            after = [before] if before else []
        waits[key] = [f"этап {a}" for a in after] + [
            s for a in after for s in stage_steps.get(a, [])
        ]
        lines[key] = stage.key_lines.get("after", stage.line)
        before = code
    for stage, step in _steps(tree):
        code = _text(step, "id")
        needs = [item.value for item in _texts(step, "needs") if item.value != code]
        waits[code] = [f"этап {_text(stage, 'id')}", *needs]
        lines[code] = step.key_lines.get("needs", step.line)
    for circle in _find_circles(waits):
        head = min(circle, key=lambda name: lines.get(name, 1))
        at = circle.index(head)
        ordered = [*circle[at:], *circle[:at], head]
        path_ru = " → ".join(ordered)
        path = path_ru.replace("этап ", "stage ")
        where = head.replace("этап ", "stage ") if head.startswith("этап ") else f"step {head}"
        where_ru = head if head.startswith("этап ") else f"мероприятие {head}"
        yield _circle_problem(file, lines.get(head, 1), where, where_ru, path, path_ru)


def _circle_problem(
    file: str, line: int, where: str, where_ru: str, path: str, path_ru: str
) -> Problem:
    english = problem("cycle", file, line, where=where, where_ru=where_ru, path=path)
    russian = problem("cycle", file, line, where=where, where_ru=where_ru, path=path_ru)
    return Problem(file, line, english.severity, english.code, english.message, russian.explanation)


def _find_circles(waits: dict[str, list[str]]) -> list[list[str]]:
    """Disjoint circles of the graph, found by depth-first search without recursion."""
    state: dict[str, int] = {}  # 1 on the current path, 2 finished
    circles: list[list[str]] = []
    for start in waits:
        if start in state:
            continue
        path = [start]
        pending = [iter(waits[start])]
        state[start] = 1
        while pending:
            nxt = next((n for n in pending[-1] if n in waits and state.get(n) != 2), None)
            if nxt is None:
                state[path.pop()] = 2
                pending.pop()
            elif state.get(nxt) == 1:
                circle = path[path.index(nxt) :]
                if not any(set(circle) & set(other) for other in circles):
                    circles.append(circle)
            else:
                state[nxt] = 1
                path.append(nxt)
                pending.append(iter(waits[nxt]))
    return circles
