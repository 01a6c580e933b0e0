"""What is doubtful about the deadlines of a road map file, each with its line."""

from typing import Any

from roadmap.calendar_problems import terms_of
from roadmap.dues import Period, parse_due
from roadmap.places import id_of, step_nodes
from roadmap.problems import Problem, problem
from roadmap.spec import RoadMap
from roadmap.yaml_tree import Mapping, Scalar

_DUE_CODES = ("due-no-such-date", "due-end-before-start", "due-no-year", "due-undated")


def due_problems(roadmap: RoadMap, tree: Mapping, file: str) -> list[Problem]:
    """The doubts about the deadlines of a road map that is right otherwise."""
    dues = [step.due for step in roadmap.steps]
    return [
        found
        for node, due in zip(step_nodes(tree), dues, strict=True)
        for found in _doubts(node, due, file)
    ]


def due_problems_of_tree(tree: Mapping, file: str, period: Period | None) -> list[Problem]:
    """The same where something else is wrong: all errors come in one run."""
    terms = terms_of(tree)
    found: list[Problem] = []
    for node in step_nodes(tree):
        value = node.items.get("due")
        if isinstance(value, Scalar) and value.value.strip():
            found += _doubts(node, parse_due(value.value, period=period, terms=terms), file)
    return found


def _doubts(node: Mapping, due: Any, file: str) -> list[Problem]:
    code = id_of(node) or "?"
    line = node.key_lines.get("due", node.line)
    value = " ".join(due.text.split())
    found = []
    for doubt in due.doubts:
        known = doubt.code if doubt.code in _DUE_CODES else "due-doubt"
        found.append(
            problem(
                known,
                file,
                line,
                (code,),
                where=f"step {code}",
                where_ru=f"мероприятие {code}",
                value=value,
                doubt=doubt.message,
            )
        )
    return found
