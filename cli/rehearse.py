"""`karta rehearse`: a road map run ahead of time, without a service, a database or mail."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.app import ROAD_MAP, AsJson, RoadMapFile, declare, month_of
from cli.console import WRONG_INPUT, Failure, put_json, say, table

SCENARIO_HELP = (
    "Как работают люди: on-time, late:ДНЕЙ, owner-ill:КТО:С-ПО "
    "(owner-ill:social:2026-10-05–2026-10-23), random:ЧИСЛО."
)


@declare(
    "Прожить дорожную карту заранее: когда что откроется, кому и когда придут письма.",
    "karta rehearse моя.yaml --scenario late:5 --html репетиция.html",
)
def rehearse(
    file: RoadMapFile = ROAD_MAP,
    scenario: Annotated[str, typer.Option(metavar="СЦЕНАРИЙ", help=SCENARIO_HELP)] = "on-time",
    from_month: Annotated[
        str | None,
        typer.Option("--from", metavar="ГГГГ-ММ", help="Перенести все сроки на этот месяц."),
    ] = None,
    as_json: AsJson = False,
    html: Annotated[
        Path | None, typer.Option(metavar="ФАЙЛ", help="Записать отчёт страницей HTML.")
    ] = None,
) -> None:
    import roadmap.rehearsal
    from roadmap.loader import load_file
    from roadmap.scenarios import scenario_from
    from services.plan.rehearsal_page import rehearsal_html

    if as_json and html is not None:
        raise Failure("Назовите что-нибудь одно: --json или --html", WRONG_INPUT)
    plan, start = _from_month(load_file(file, str(file)).require(), from_month)
    chosen = scenario_from(scenario, plan)
    found = roadmap.rehearsal.rehearse(plan, chosen, start)
    if as_json:
        put_json(rehearsal_json(plan, found))
    elif html is not None:
        if html.exists() and file.exists() and html.samefile(file):
            raise Failure(f"{html} – сама дорожная карта; назовите другой файл", WRONG_INPUT)
        _write(html, rehearsal_html(plan, found, chosen))
        say(f"Отчёт записан: {html}")
    else:
        print_rehearsal(plan, found, chosen)


def _from_month(plan: Any, from_month: str | None) -> tuple[Any, date]:
    """The plan moved as `karta start` would move it, and the day it starts."""
    from roadmap.rehearsal import first_day
    from roadmap.shifting import months_to_begin_in, shifted

    if from_month is None:
        return plan, first_day(plan)
    year, month = month_of(from_month)
    if plan.first_month() is None:  # nothing to move: it only needs a day to start on
        return plan, plan.school_calendar.move_off_day_off(date(year, month, 1), "after")
    moved = shifted(plan, months_to_begin_in(plan, year, month))
    return moved, first_day(moved)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Failure(
            f"Отчёт не записан в {path}: {reason}; назовите другой файл", WRONG_INPUT
        ) from None


def rehearsal_json(plan: Any, found: Any) -> dict[str, Any]:
    """Stages, letters, late steps and the end; dates ISO, null where there is none."""

    def iso(day: date | None) -> str | None:
        return day.isoformat() if day else None

    return {
        "stages": [
            {"id": stage.code, "opened": iso(stage.opened), "closed": iso(stage.closed)}
            for stage in found.stages
        ],
        "letters": [
            {
                "date": iso(letter.on),
                "to": plan.people[letter.to].email,
                "kind": letter.kind.value,
                "steps": list(letter.steps),
            }
            for letter in found.letters
        ],
        "late": [
            {
                "step": run.code,
                "due": iso(run.due),
                "finished": iso(run.finished),
                "days": run.days_late,
            }
            for run in found.late
        ],
        "end": iso(found.end),
    }


def print_rehearsal(plan: Any, found: Any, scenario: Any) -> None:
    """The same for a terminal: stages, lateness, letters for each person."""
    from services.plan.rehearsal_page import rehearsal_page
    from services.plan.rehearsal_words import letter_words

    page = rehearsal_page(plan, found, scenario)
    say(f"Репетиция: {page.title}")
    say(f"{page.organisation} – {page.scenario}")
    for sentence in page.outcome:
        say(sentence)
    say()
    say("Этапы:")
    table([(f"  {row.code}", row.words, row.title) for row in page.stages], (5, 34))
    if page.late:
        say()
        say("С опозданием:")
        table(
            [
                (f"  {row.code}", f"на {row.days}", f"срок {row.due}", row.finished, row.title)
                for row in page.late
            ],
            (7, 12, 15, 12, 60),
        )
    say()
    say("Письма:")
    table(
        [
            (f"  {person.display or key}", letter_words(found, key))
            for key, person in plan.people.items()
        ],
        (42,),
    )
