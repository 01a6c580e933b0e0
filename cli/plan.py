"""Commands that change a road map's file: `karta plan shift`, `karta plan accept`, `next-year`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import REFUSED, WRONG_INPUT, Failure, say
from cli.usage import Command, Group

if TYPE_CHECKING:
    from datetime import date

    from roadmap.plan_edits import Change
    from services.plan.files import PlanFile
    from services.plan.lessons import Taught

plan_app = typer.Typer(
    cls=Group,
    help="Файл дорожной карты: перенести этапы, принять замечание.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

At = Annotated[
    str, typer.Option("--at", metavar="НОМЕРА", help="Этапы и мероприятия: 5 или 5.1,5.2.")
]
Why = Annotated[str, typer.Option("--reason", metavar="ТЕКСТ", help="Причина; останется в файле.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Только показать, что изменится в файле.")]
File = Annotated[Path, typer.Argument(metavar="[ФАЙЛ]")]


def add_to(app: typer.Typer) -> None:
    """Puts these commands beside the others."""
    app.add_typer(plan_app, name="plan")
    text = (
        "Составить план следующего года.\n\n"
        "Без ФАЙЛА – из программы, которая идёт: с уроками этого года.\n\n"
        "Пример:  karta next-year -o roadmap-2027.yaml"
    )
    app.command("next-year", cls=Command, help=text)(next_year)


@plan_app.command(
    "shift",
    cls=Command,
    help="Перенести сроки этапов (5, 5-7 или 5,7) на целые месяцы.\n\n"
    "Пример:  karta plan shift 5-7 --months 12 --reason 'опечатка в годе'",
)
def shift(
    stages: Annotated[str, typer.Argument(metavar="ЭТАПЫ")],
    file: File = Path("roadmap.yaml"),
    months: Annotated[
        int, typer.Option(metavar="ЧИСЛО", help="На сколько месяцев; назад – с минусом.")
    ] = ...,
    reason: Why = "",
    dry_run: DryRun = False,
) -> None:
    from roadmap.loader import load_text
    from roadmap.plan_edits import shift_stages, stages_named
    from services.plan.files import read_plan

    plan = read_plan(file)
    named = stages_named(stages, load_text(plan.text, plan.shown_as).require())
    change = shift_stages(plan.text, plan.shown_as, named, months, reason, _today(plan.text))
    _put(plan, change, dry_run)
    if not dry_run:
        say(f"Программу, которая уже идёт, изменит karta revise {plan.shown_as}.")


@plan_app.command(
    "accept",
    cls=Command,
    help="Принять замечание проверки: больше о нём не говорить.\n\n"
    "Пример:  karta plan accept stage-before-gate --at 5 --reason 'так в документе'",
)
def accept(
    code: Annotated[str, typer.Argument(metavar="КОД")],
    file: File = Path("roadmap.yaml"),
    at: At = "",
    reason: Why = "",
    dry_run: DryRun = False,
) -> None:
    accept_in_file(file, code, at, reason, dry_run)


def accept_in_file(file: Path, code: str, at: str, reason: str, dry_run: bool = False) -> None:
    """Also `karta check --accept`."""
    from roadmap.plan_edits import accept_warning
    from services.plan.files import read_plan

    if not code:
        raise Failure("Что принять, скажет --accept КОД: код замечания", WRONG_INPUT)
    plan = read_plan(file)
    places = tuple(dict.fromkeys(re.findall(r"[^\s,;]+", at)))
    change = accept_warning(plan.text, plan.shown_as, code, places, reason, _today(plan.text))
    _put(plan, change, dry_run)


def _put(plan: "PlanFile", change: "Change", dry_run: bool) -> None:
    """Writes the change, or only shows it, and says what was done."""
    from services.plan.files import difference, write_plan

    if dry_run:
        say(difference(plan.text, change.text, plan.shown_as))
    else:
        write_plan(plan, change.text)
        for words in change.done:
            say(words)
    if change.left:
        say("Осталось как было или изменилось само – посмотрите:")
        for words in change.left:
            say(f"  {words}")
    if dry_run:
        say("Файл не изменён: это только просмотр (--dry-run).")
        return
    say(f"Записано в {plan.shown_as}.")


def _today(text: str) -> "date":
    """Today at the school whose plan this is."""
    from roadmap.loader import load_text
    from services.clock import SystemClock

    return load_text(text).require().school_calendar.today(SystemClock().now())


def next_year(
    file: Annotated[Path | None, typer.Argument(metavar="[ФАЙЛ]")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="ФАЙЛ", help="Куда записать.")
    ] = None,
    months: Annotated[
        int, typer.Option(metavar="ЧИСЛО", help="На сколько месяцев перенести.")
    ] = 12,
    force: Annotated[bool, typer.Option("--force", help="Заменить файл, если он есть.")] = False,
    which: Annotated[
        str | None,
        typer.Option("--programme", metavar="ID", help="Какая программа (начало её id)."),
    ] = None,
) -> None:
    from roadmap.next_year import next_year as planned
    from services.plan.files import read_plan, write_new

    plan = read_plan(file) if file is not None else None
    taught = _taught(plan, which)
    if plan is not None:
        text, name, folder = plan.text, plan.shown_as, plan.path.parent
    else:
        text, name, folder = taught.source, taught.file_name, Path()
    year = planned(
        text,
        name,
        months,
        taught.lessons if taught else (),
        taught.today if taught else _today(text),
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
    from cli.session import act, database_url
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
