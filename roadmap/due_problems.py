"""What is doubtful about the deadlines of a road map file, each with its line."""

from collections.abc import Iterator
from difflib import get_close_matches

from roadmap.calendar_problems import terms_of
from roadmap.dues import Due, Period, parse_due
from roadmap.dues.values import PROGRAMME, STAGE
from roadmap.places import id_of, stage_lines, step_nodes
from roadmap.problems import Problem, problem
from roadmap.spec import RoadMap
from roadmap.yaml_tree import Mapping, Scalar

_DUE_CODES = (
    "due-no-such-date", "due-end-before-start", "due-no-year", "due-undated", "due-two-readings",
)  # fmt: skip


def due_problems(roadmap: RoadMap, tree: Mapping, file: str) -> list[Problem]:
    """The doubts about the deadlines of a road map that is right otherwise."""
    dues = [step.due for step in roadmap.steps]
    events = _Events(tree)
    return [
        found
        for node, due in zip(step_nodes(tree), dues, strict=True)
        for found in (*_doubts(node, due, file), *events.unknown(node, due, file))
    ]


def due_problems_of_tree(tree: Mapping, file: str, period: Period | None) -> list[Problem]:
    """The same where something else is wrong: all errors come in one run."""
    terms = terms_of(tree)
    events = _Events(tree)
    found: list[Problem] = []
    for node in step_nodes(tree):
        value = node.items.get("due")
        if isinstance(value, Scalar) and value.value.strip():
            due = parse_due(value.value, period=period, terms=terms)
            found += [*_doubts(node, due, file), *events.unknown(node, due, file)]
    return found


class _Events:
    """The steps and stages that a due date may follow."""

    def __init__(self, tree: Mapping) -> None:
        self.steps = [code for node in step_nodes(tree) if (code := id_of(node))]
        self.stages = list(stage_lines(tree))

    def unknown(self, node: Mapping, due: Due, file: str) -> Iterator[Problem]:
        """A due date that follows what is not there, and so has no date."""
        if due.relative is None:
            return
        if due.relative.amount == 0 and due.relative.side == "after":
            yield _problem(
                "due-undated", node, due, file,
                doubt=f"«{' '.join(due.text.split())}» называет только первый день; назовите и "
                "последний, например «в течение 5 рабочих дней …»",
            )  # fmt: skip
        name, *rest = due.relative.anchor.split(" ")
        number = next((word for word in rest if word != "end"), None)
        if name == PROGRAMME or (name == STAGE and (number is None or number in self.stages)):
            return
        if name != STAGE and name in self.steps:
            return
        if name == STAGE:
            known = ", ".join(self.stages)
            yield _problem("due-unknown-stage", node, due, file, event=number, known=known)
            return
        near = get_close_matches(name, self.steps, 1)
        hint = f', did you mean "{near[0]}"?' if near else ""
        hint_ru = f" (может быть, {near[0]}?)" if near else ""
        yield _problem("due-unknown-step", node, due, file, event=name, hint=hint, hint_ru=hint_ru)


def _doubts(node: Mapping, due: Due, file: str) -> list[Problem]:
    return [
        _problem(
            doubt.code if doubt.code in _DUE_CODES else "due-doubt",
            node, due, file, doubt=doubt.message,
        )
        for doubt in due.doubts
    ]  # fmt: skip


def _problem(problem_code: str, node: Mapping, due: Due, file: str, **values: object) -> Problem:
    """A problem at the line of a step's due date."""
    code = id_of(node) or "?"
    return problem(
        problem_code,
        file,
        node.key_lines.get("due", node.line),
        (code,),
        where=f"step {code}",
        where_ru=f"мероприятие {code}",
        value=" ".join(due.text.split()),
        **values,
    )
