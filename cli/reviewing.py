"""Commands that look back and ahead: what has changed in the plan, and when it will end."""

from typing import Annotated, Any

import typer

from cli.console import put_json, say
from cli.usage import Command

AsJson = Annotated[bool, typer.Option("--json", help="Только JSON.")]
Which = Annotated[
    str | None, typer.Option("--programme", metavar="ID", help="Какая программа (начало её id).")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to `karta`."""
    for command, what, example in (
        (changes, "Показать, что изменилось в плане.", "karta changes --since 01.11.2026"),
        (forecast, "Показать, когда завершится дорожная карта и почему.", "karta forecast --json"),
    ):
        app.command(cls=Command, help=f"{what}\n\nПример:  {example}")(command)


def changes(
    since: Annotated[
        str,
        typer.Option(metavar="ДАТА", help="С какого дня; не указано – за последние 30 дней."),
    ] = "",
    as_json: AsJson = False,
    which: Which = None,
) -> None:
    from datetime import timedelta

    from cli.session import act
    from roadmap.calendar import school_day
    from services.plan.changes import changes_since, day_since
    from services.programme.finding import the_programme
    from templates.russian import day_month_year

    wanted = day_since(since) if since else None

    async def run(karta: Any) -> Any:
        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            today = school_day(karta.clock.now(), rows.organisation.zone)
            day = wanted or today - timedelta(days=30)
            return day, await changes_since(session, rows, day)

    day, found = act(run)
    if as_json:
        put_json([_change_json(change) for change in found])
        return
    if not found:
        say(f"С {day_month_year(day)} план не менялся.")
        return
    say(f"Что изменилось с {day_month_year(day)}:")
    for change in found:
        about = f" {change.code}" if change.code else ""
        say()
        say(f"{change.at:%d.%m.%Y %H:%M}  {change.who}: {change.what}{about}")
        if change.title:
            say(f"    {change.title}")
        if change.before or change.after:
            say(f"    было: {change.before}; стало: {change.after}")
        for words in change.more:
            say(f"    · {words}")
        if change.reason:
            say(f"    почему: {change.reason}")


def _change_json(change: Any) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "who": change.who,
        "kind": change.kind,
        "code": change.code,
        "before": change.before,
        "after": change.after,
        "before_day": change.before_day.isoformat() if change.before_day else None,
        "after_day": change.after_day.isoformat() if change.after_day else None,
        "reason": change.reason,
        "more": list(change.more),
    }


def forecast(as_json: AsJson = False, which: Which = None) -> None:
    from cli.session import act
    from roadmap.calendar import school_day
    from services.plan.forecast import forecast_of
    from services.programme.finding import the_programme

    async def run(karta: Any) -> Any:
        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            return forecast_of(rows, school_day(karta.clock.now(), rows.organisation.zone))

    told = act(run)
    if as_json:
        put_json(_forecast_json(told))
    else:
        say(told.sentence)


def _forecast_json(told: Any) -> dict[str, Any]:
    found = told.forecast
    return {
        "end": found.end.isoformat(),
        "planned_end": found.planned_end.isoformat() if found.planned_end else None,
        "finished": found.finished,
        "measured": found.measured,
        "pace_working_days": found.pace,
        "added_working_days": found.added,
        "undated": found.undated,
        "stages": [
            {
                "id": stage.code,
                "opens": stage.opens.isoformat(),
                "ends": stage.ends.isoformat(),
                "planned_end": stage.planned_end.isoformat() if stage.planned_end else None,
                "finished": stage.finished,
                "held_by": stage.held_by,
            }
            for stage in found.stages
        ],
        "sentence": told.sentence,
    }
