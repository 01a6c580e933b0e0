"""What `karta check` says of a road map."""

from textwrap import indent
from typing import Any

from cli.console import say, table
from roadmap.loader import Loaded
from templates.russian import plural

SEVERITY_WORDS = {"error": "Ошибка", "warning": "Замечание"}


def checked_json(loaded: Loaded) -> dict[str, Any]:
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


def print_checked(loaded: Loaded) -> None:
    """Problems first, each with its explanation; then what was understood."""
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
