"""`karta check`: what is understood of a road map and what is wrong with it."""

from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import ROAD_MAP, AsJson, At, ReasonInFile, RoadMapFile, declare
from cli.console import put_json, say, table
from cli.session import now

if TYPE_CHECKING:
    from roadmap.loader import Loaded

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
    stages = []
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


def print_checked(loaded: "Loaded") -> None:
    """Problems first, each with its explanation; then what was understood."""
    from roadmap.russian import plural

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
        for stage in roadmap.stages:
            say()
            after = ", ".join(afters[stage.id])
            say(f"{stage.id}. {stage.title}" + (f"  (после этапа {after})" if after else ""))
            table(
                [
                    (
                        f"  {step.id}",
                        step.title,
                        step.due.text,
                        roadmap.people[step.owner].display,
                    )
                    for step in stage.steps
                ],
                (6, 56, 20),
            )
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
