"""`karta check`: what is understood of a road map and what is wrong with it."""

from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import ROAD_MAP, AsJson, At, ReasonInFile, RoadMapFile, declare
from cli.console import put_json, say, table
from cli.session import now

if TYPE_CHECKING:
    from roadmap.dues import Occurrence
    from roadmap.loader import Loaded

# More turns than a person reads through; the --json has them all.
_MOST_TURNS = 8
_DUE_WIDTH = 24

SEVERITY_WORDS = {"error": "Ошибка", "warning": "Замечание"}


@declare("Проверить дорожную карту.", "karta check моя.yaml")
def check(
    file: RoadMapFile = ROAD_MAP,
    as_json: AsJson = False,
    accept: Annotated[
        str, typer.Option(metavar="КОД", help="Принять замечание: запишет его в файл с причиной.")
    ] = "",
    at: At = "",
    reason: ReasonInFile = "",
) -> None:
    if accept or at or reason:
        from services.plan.file_edits import accept_in_file

        for sentence in accept_in_file(file, accept, at, reason, now()):
            say(sentence)
        return
    from roadmap.loader import load_file

    loaded = load_file(file, str(file))
    if as_json:
        put_json(checked_json(loaded))
    else:
        print_checked(loaded)
    raise typer.Exit(2 if loaded.errors else 1 if loaded.warnings else 0)


def checked_json(loaded: "Loaded") -> dict[str, Any]:
    """The understood stages and steps, and the problems."""
    from roadmap.turns import understood

    stages = []
    turns = understood(loaded.roadmap) if loaded.roadmap else {}
    people = loaded.roadmap.people if loaded.roadmap else {}
    for stage in loaded.roadmap.stages if loaded.roadmap else ():
        steps = [
            {
                "id": step.id,
                "title": step.title,
                "kind": step.kind.value,
                "due": {
                    "text": step.due.text,
                    "start": step.due.start.isoformat() if step.due.start else None,
                    "end": step.due.end.isoformat() if step.due.end else None,
                    "turns": [
                        {
                            "start": turn.start.isoformat() if turn.start else None,
                            "end": turn.end.isoformat(),
                        }
                        for turn in turns[step.id]
                    ],
                },
                "owner": {
                    "id": step.owner,
                    "name": people[step.owner].name,
                    "post": people[step.owner].post,
                },
            }
            for step in stage.steps
        ]
        stages.append({"id": stage.id, "title": stage.title, "steps": steps})
    problems = [
        {
            "file": problem.file,
            "line": problem.line,
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
        }
        for problem in loaded.problems
    ]
    return {"stages": stages, "problems": problems}


def _dates(turns: "tuple[Occurrence, ...]") -> str:
    """The dates understood, for a column: one turn as it is, several as their number and span."""
    from roadmap.dues import UNDATED, print_day, print_span
    from roadmap.russian import plural

    if not turns:
        return UNDATED
    if len(turns) == 1:
        return print_span(*turns[0])
    return f"{plural(len(turns), 'срок', 'срока', 'сроков')}, до {print_day(turns[-1].end)}"


def _turn_by_turn(step: str, words: str, turns: "tuple[Occurrence, ...]") -> str:
    """«5.1 «Май 2026, 2027»: май 2026; май 2027» – all of a few, the first and last of many."""
    from roadmap.dues import UNDATED, print_span

    shown = [print_span(*turn) for turn in turns] or [UNDATED]
    if len(shown) > _MOST_TURNS:
        shown = [*shown[: _MOST_TURNS - 1], f"… {shown[-1]}"]
    return f"{step} «{words}»: {'; '.join(shown)}"


def print_checked(loaded: "Loaded") -> None:
    """Problems first, each with its explanation; then what was understood."""
    from roadmap.russian import plural
    from roadmap.turns import understood

    for problem in loaded.problems:
        say(str(problem))
        explained = f"{SEVERITY_WORDS[problem.severity]}: {problem.explanation}"
        say(indent(explained, "    "))
    roadmap = loaded.roadmap
    if roadmap is not None:
        if loaded.problems:
            say()
        say(roadmap.title)
        say(f"{roadmap.organisation.name}, часовой пояс {roadmap.organisation.zone}")
        afters = roadmap.afters()
        turns = understood(roadmap)
        for stage in roadmap.stages:
            say()
            after = ", ".join(afters[stage.id])
            say(f"{stage.id}. {stage.title}" + (f"  (после этапа {after})" if after else ""))
            table(
                [
                    (
                        f"  {step.id}",
                        step.title,
                        " ".join(step.due.text.split()),
                        _dates(turns[step.id]),
                        roadmap.people[step.owner].display,
                    )
                    for step in stage.steps
                ],
                (6, 44, _DUE_WIDTH, 24),
            )
            for step in stage.steps:
                words = " ".join(step.due.text.split())
                if len(turns[step.id]) > 1 or len(words) > _DUE_WIDTH:
                    say(indent(_turn_by_turn(step.id, words, turns[step.id]), "    "))
        say()
    errors, warnings = len(loaded.errors), len(loaded.warnings)
    if errors:
        found = plural(errors, "ошибка", "ошибки", "ошибок")
        if warnings:
            found += f" и {plural(warnings, 'замечание', 'замечания', 'замечаний')}"
        say(f"Найдено: {found}. Исправьте ошибки в файле.")
        return
    stages = len(roadmap.stages) if roadmap else 0
    steps = len(roadmap.steps) if roadmap else 0
    counted = (
        f"{plural(stages, 'этап', 'этапа', 'этапов')}, "
        f"{plural(steps, 'мероприятие', 'мероприятия', 'мероприятий')}"
    )
    doubts = plural(warnings, "замечание", "замечания", "замечаний")
    say(f"Ошибок нет{f', {doubts}' if warnings else ''}: {counted}.")
