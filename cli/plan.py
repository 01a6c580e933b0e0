"""The plan and its file: `karta plan shift | accept`, `next-year | revise | changes | forecast`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import (
    ROAD_MAP,
    As,
    AsJson,
    At,
    Reason,
    ReasonInFile,
    RoadMapFile,
    Which,
    declare,
    declare_group,
)
from cli.console import REFUSED, Failure, put_json, say
from cli.session import act, database_url, now, rows_and_actor

if TYPE_CHECKING:
    from services.plan.files import PlanFile
    from services.plan.lessons import Taught

commands = declare_group("plan", "Файл дорожной карты: перенести этапы, принять замечание.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Только показать, что изменится в файле.")]


@declare(
    "Перенести сроки этапов (5, 5-7 или 5,7) на целые месяцы.",
    "karta plan shift 5-7 --months 12 --reason 'опечатка в годе'",
    group=commands,
)
def shift(
    stages: Annotated[str, typer.Argument(metavar="ЭТАПЫ")],
    file: RoadMapFile = ROAD_MAP,
    months: Annotated[
        int, typer.Option(metavar="ЧИСЛО", help="На сколько месяцев; назад – с минусом.")
    ] = ...,  # type: ignore[assignment] # Typer's mark of an option that must be given
    reason: ReasonInFile = "",
    dry_run: DryRun = False,
) -> None:
    from services.plan.file_edits import shift_in_file

    for sentence in shift_in_file(file, stages, months, reason, now(), dry_run=dry_run):
        say(sentence)
    if not dry_run:
        say(f"Программу, которая уже идёт, изменит karta revise {file}.")


@declare(
    "Принять замечание проверки: больше о нём не говорить.",
    "karta plan accept stage-before-gate --at 5 --reason 'так в документе'",
    group=commands,
)
def accept(
    code: Annotated[str, typer.Argument(metavar="КОД")],
    file: RoadMapFile = ROAD_MAP,
    at: At = "",
    reason: ReasonInFile = "",
    dry_run: DryRun = False,
) -> None:
    from services.plan.file_edits import accept_in_file

    for sentence in accept_in_file(file, code, at, reason, now(), dry_run=dry_run):
        say(sentence)


@declare(
    "Составить план следующего года.\n\n"
    "Без ФАЙЛА – из программы, которая идёт: с уроками этого года.",
    "karta next-year -o roadmap-2027.yaml",
)
def next_year(
    file: Annotated[Path | None, typer.Argument(metavar="[ФАЙЛ]")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="ФАЙЛ", help="Куда записать.")
    ] = None,
    months: Annotated[
        int, typer.Option(metavar="ЧИСЛО", help="На сколько месяцев перенести.")
    ] = 12,
    force: Annotated[bool, typer.Option("--force", help="Заменить файл, если он есть.")] = False,
    which: Which = None,
) -> None:
    from roadmap.next_year import next_year as planned
    from services.plan.file_edits import school_day_of
    from services.plan.files import read_plan, write_new

    plan = read_plan(file) if file is not None else None
    taught = _taught(plan, which)
    if plan is not None:
        text, name, folder = plan.text, plan.shown_as, plan.path.parent
    else:
        assert taught is not None  # without a file it is the programme that teaches
        text, name, folder = taught.source, taught.file_name, Path()
    year = planned(
        text,
        name,
        months,
        taught.lessons if taught else (),
        taught.today if taught else school_day_of(text, now()),
        already=taught.shift_months if taught else 0,
    )
    stem = re.sub(r"-\d{4}$", "", Path(name).stem) or "roadmap"
    target = output or folder / f"{stem}-{year.first_year or 'next'}.yaml"
    write_new(target, year.text, force=force)
    say(f"План следующего года записан: {target}.")
    if taught is None:
        say("Уроков в нём нет: программа по этому файлу не найдена или Карта не запущена.")
    else:
        say(f"Мероприятий с уроками этого года: {year.lessons}.")
    if year.look_at:
        say("Посмотрите сами:")
        for words in year.look_at:
            say(f"  {words}")
    say(f"Проверить: karta check {target}")


def _taught(plan: "PlanFile | None", which: str | None) -> "Taught | None":
    """What the programme under way taught; with a file, only if it runs by that file."""
    from services.plan.lessons import taught_by_plan, taught_by_programme
    from services.settings import Settings

    try:
        database_url(Settings())
    except Failure as stopped:
        if plan is None or which is not None:
            hint = "Без неё назовите файл: karta next-year roadmap.yaml"
            raise Failure(f"{stopped}. {hint}", REFUSED) from None
        return None
    if plan is None or which is not None:
        return act(lambda karta: taught_by_programme(karta, which))
    from roadmap.loader import load_text

    roadmap = load_text(plan.text, plan.shown_as).require()

    async def of_this_plan(karta: Any) -> "Taught | None":
        return await taught_by_plan(karta, roadmap.title, roadmap.organisation.name)

    return act(of_this_plan)


@declare(
    "Показать, что изменит новая редакция файла, и применить её.",
    "karta revise roadmap.yaml",
)
def revise(
    file: RoadMapFile = ROAD_MAP,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Применить не спрашивая.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Даже если пропадёт или откроется завершённое.")
    ] = False,
    reason: Reason = "",
    who: As = None,
    which: Which = None,
) -> None:
    import sys

    from roadmap.loader import load_file
    from services.plan.revision import apply_revision, revision_difference

    loaded = load_file(file, str(file))
    loaded.require()

    async def look(karta: Any) -> Any:
        rows, actor = await rows_and_actor(karta, which, who, "curator")
        return actor, rows, await revision_difference(karta, rows.programme.id, loaded)

    actor, rows, found = act(look)
    if not found:
        say("Файл ничего не меняет: программа уже идёт по нему.")
        return
    say(f"Что изменится в программе «{rows.programme.title}»:")
    for difference in found:
        say(f"  {'!' if difference.costly else '·'} {difference.words}")
    if not yes:
        if not sys.stdin.isatty():
            say("Ничего не изменено. Применить: добавьте --yes.")
            return
        if not typer.confirm("Применить?", default=False):
            say("Ничего не изменено.")
            return
    act(
        lambda karta: apply_revision(
            karta, rows.programme.id, loaded, by=actor, force=force, reason=reason
        )
    )
    say("Применено.")


@declare("Показать, что изменилось в плане.", "karta changes --since 01.11.2026")
def changes(
    since: Annotated[
        str,
        typer.Option(metavar="ДАТА", help="С какого дня; не указано – за последние 30 дней."),
    ] = "",
    as_json: AsJson = False,
    which: Which = None,
) -> None:
    from datetime import timedelta

    from roadmap.calendar import school_day
    from roadmap.russian import day_month_year
    from services.plan.changes import changes_since, day_since
    from services.programme.finding import the_programme

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


@declare("Показать, когда завершится дорожная карта и почему.", "karta forecast --json")
def forecast(as_json: AsJson = False, which: Which = None) -> None:
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
