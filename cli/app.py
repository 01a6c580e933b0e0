"""The commands, each thin over one use case. Heavy imports wait until a command needs them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import plan as planning
from cli import reviewing
from cli.console import OK, REFUSED, WRONG_INPUT, Failure, put_json, say
from cli.rehearse import rehearse
from cli.usage import Command, Group

app = typer.Typer(
    name="karta",
    cls=Group,
    help="Карта – дорожная карта школы, доведённая до конца.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
people_app = typer.Typer(
    cls=Group,
    help="Люди: добавить, показать.\n\nПример:  karta person list",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(people_app, name="person")

AsJson = Annotated[bool, typer.Option("--json", help="Только JSON.")]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="КЛЮЧ", help="Кто действует: ключ из people или адрес."),
]
Which = Annotated[
    str | None, typer.Option("--programme", metavar="ID", help="Какая программа (начало её id).")
]
Reason = Annotated[
    str, typer.Option("--reason", metavar="ТЕКСТ", help="Причина; её сохранит журнал.")
]


def declare(
    what: str, example: str = "", *, name: str | None = None, group: typer.Typer = app
) -> Any:
    """Declares a command with its Russian help."""
    text = f"{what}\n\nПример:  {example}" if example else what
    return group.command(name, cls=Command, help=text)


@declare(
    "Запустить всё на этом компьютере.",
    "karta up --port 8080",
)
def up(
    port: Annotated[int | None, typer.Option(help="Порт доски (KARTA_PORT), 8000.")] = None,
    prefect_port: Annotated[
        int | None, typer.Option(help="Порт Prefect (KARTA_PREFECT_PORT), 4200.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Адрес, на котором слушать (KARTA_HOST), 127.0.0.1.")
    ] = None,
    roadmap: Annotated[
        Path | None, typer.Option(help="С какой дорожной карты начать при первом запуске.")
    ] = None,
) -> None:
    import asyncio

    from cli.running.preparing import prepare

    asyncio.run(prepare(_settings(port=port, prefect_port=prefect_port, host=host), roadmap))


def _settings(**given: Any) -> Any:
    from services.settings import Settings

    return Settings(**{key: value for key, value in given.items() if value is not None})


@declare(
    "Проверить дорожную карту.",
    "karta check моя.yaml",
)
def check(
    file: Annotated[Path, typer.Argument(metavar="[ФАЙЛ]")] = Path("roadmap.yaml"),
    as_json: AsJson = False,
    accept: Annotated[
        str, typer.Option(metavar="КОД", help="Принять замечание: запишет его в файл с причиной.")
    ] = "",
    at: planning.At = "",
    reason: planning.Why = "",
) -> None:
    from cli.check import checked_json, print_checked
    from roadmap.loader import load_file

    if accept or at or reason:
        planning.accept_in_file(file, accept, at, reason)
        return
    loaded = load_file(file, str(file))
    if as_json:
        put_json(checked_json(loaded))
    else:
        print_checked(loaded)
    raise typer.Exit(2 if loaded.errors else 1 if loaded.warnings else 0)


declare(
    "Прожить дорожную карту заранее: когда что откроется, кому и когда придут письма.",
    "karta rehearse моя.yaml --scenario late:5 --html репетиция.html",
)(rehearse)


@declare(
    "Начать дорожную карту.",
    "karta start roadmap.yaml --from 2026-09",
)
def start(
    file: Annotated[Path, typer.Argument(metavar="ФАЙЛ")],
    from_month: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="ГГГГ-ММ", help="Перенести все сроки: начать с этого месяца."
        ),
    ] = None,
    months: Annotated[
        int | None, typer.Option(help="Перенести все сроки на столько месяцев.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    from cli.session import act
    from roadmap.loader import load_file
    from services.plan.starting import start_programme

    loaded = load_file(file, str(file))
    plan = loaded.require()
    shift = _shift(plan, from_month, months)
    started = act(lambda karta: start_programme(karta, loaded, months=shift))
    if as_json:
        put_json({"id": str(started.programme_id), "title": started.title, "months": shift})
        return
    say(f"Дорожная карта начата: {started.title}, {started.organisation}.")
    if shift:
        say(f"Все сроки перенесены на {shift} мес.")
    say(f"Её id: {started.programme_id}")
    if started.same_running:
        say(
            "Такая же дорожная карта в этой школе уже идёт; теперь их две. Команды действуют в "
            "новой; другую назовите: --programme, а список покажет karta status --all"
        )


def _shift(plan: Any, from_month: str | None, months: int | None) -> int:
    from cli.months import month_of
    from roadmap.shifting import months_to_begin_in

    if from_month is None:
        return months or 0
    if months is not None:
        raise Failure("Назовите что-нибудь одно: --from или --months", WRONG_INPUT)
    return months_to_begin_in(plan, *month_of(from_month))


@declare(
    "Показать этапы и мероприятия.",
    "karta status --json",
)
def status(
    as_json: AsJson = False,
    everything: Annotated[bool, typer.Option("--all", help="Все программы, по строке.")] = False,
    which: Which = None,
) -> None:
    from cli.programmes import print_programmes, print_status, status_json
    from cli.session import act
    from models.repository import programmes_of
    from services.programme.finding import the_programme
    from services.programme.view import programme_view

    async def every(karta: Any) -> Any:
        async with karta.transaction() as session:
            return await programmes_of(session, None)

    async def one(karta: Any) -> Any:
        async with karta.transaction() as session:
            return programme_view(await the_programme(session, which), karta.clock.now())

    if everything:
        print_programmes(act(every), as_json)
        return
    view = act(one)
    if as_json:
        put_json(status_json(view))
    else:
        print_status(view)


def _on_steps(
    codes: list[str],
    which: str | None,
    who: str | None,
    work: Any,
    said: str,
    role: str = "curator",
) -> None:
    """Runs `work(karta, target, actor)` for each step; every refusal is told."""
    from cli.console import as_sentence, complain
    from cli.session import act
    from roadmap.errors import InputWrong, KartaError, NotFound

    # «1.2,1.3» is as good as «1.2 1.3».
    numbers = [each for given in codes for each in given.replace(",", " ").split()]
    if not numbers:
        raise Failure("Назовите номера мероприятий, например: karta done 1.1 1.2", WRONG_INPUT)

    async def run(karta: Any) -> int:
        from cli.acting import acting, name_programme
        from services.programme.finding import the_programme
        from services.steps.change import Target

        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            actor = await acting(session, rows, who, role)
            await name_programme(session, rows, which)
        code = OK
        for number in numbers:
            try:
                await work(karta, Target(rows.step(number).id), actor)
                say(f"{number}: {said}")
            except KartaError as error:
                complain(as_sentence(str(error)))
                wrong = isinstance(error, InputWrong | NotFound)
                code = max(code, WRONG_INPUT if wrong else REFUSED)
        return code

    raise typer.Exit(act(run))


Steps = Annotated[list[str], typer.Argument(metavar="НОМЕР…")]
StepCode = Annotated[str, typer.Argument(metavar="НОМЕР")]


@declare(
    "Отметить мероприятия выполненными.",
    "karta done 1.1 1.2",
)
def done(steps: Steps, reason: Reason = "", who: As = None, which: Which = None) -> None:
    from services.steps.moves import finish_step

    _on_steps(
        steps, which, who, lambda k, t, by: finish_step(k, t, by=by, reason=reason), "выполнено"
    )


@declare(
    "Сообщить о выполнении.",
    "karta report 2.1 --note 'собрано 17 анкет' --file анкеты.pdf",
)
def report(
    step: StepCode,
    note: Annotated[str, typer.Option(metavar="ТЕКСТ", help="Что сделано.")] = "",
    file: Annotated[list[Path] | None, typer.Option(help="Файл; можно несколько раз.")] = None,
    link: Annotated[list[str] | None, typer.Option(help="Ссылка; можно несколько раз.")] = None,
    who: As = None,
    which: Which = None,
) -> None:
    from roadmap.errors import reason_of
    from services.steps.evidence import FileAttachment, LinkAttachment
    from services.steps.moves import report_step

    attachments: list[Any] = [LinkAttachment(url) for url in link or ()]
    for path in file or ():
        try:
            attachments.append(FileAttachment(path.name, path.read_bytes()))
        except OSError as error:
            raise Failure(f"Файл {path} не читается: {reason_of(error)}", WRONG_INPUT) from None
    _on_steps(
        [step],
        which,
        who,
        lambda k, t, by: report_step(k, t, by=by, note=note, attachments=attachments),
        "на проверке",
        role="owner",
    )


@declare(
    "Вернуть на доработку.",
    "karta return 2.1 --reason 'нет подписи'",
    name="return",
)
def return_(step: StepCode, reason: Reason = "", who: As = None, which: Which = None) -> None:
    from services.steps.moves import return_step

    _on_steps(
        [step], which, who, lambda k, t, by: return_step(k, t, by=by, reason=reason), "на доработке"
    )


@declare(
    "Отметить «не требуется».",
    "karta skip 3.1 --reason 'формы уже выбраны'",
)
def skip(step: StepCode, reason: Reason = "", who: As = None, which: Which = None) -> None:
    from services.steps.moves import skip_step

    _on_steps(
        [step], which, who, lambda k, t, by: skip_step(k, t, by=by, reason=reason), "не требуется"
    )


@declare(
    "Вернуть «не требуется» в план.",
    "karta restore 3.1 --reason 'нужно'",
)
def restore(step: StepCode, reason: Reason = "", who: As = None, which: Which = None) -> None:
    from services.steps.moves import restore_step

    _on_steps(
        [step],
        which,
        who,
        lambda k, t, by: restore_step(k, t, by=by, reason=reason),
        "снова в плане",
    )


@declare(
    "Открыть этап раньше срока.",
    "karta open-stage 3 --reason 'каникулы короче'",
    name="open-stage",
)
def open_stage(
    stage: Annotated[str, typer.Argument(metavar="ЭТАП")],
    reason: Reason = "",
    who: As = None,
    which: Which = None,
) -> None:
    from cli.session import act
    from services.programme.early_opening import open_stage_early

    async def run(karta: Any) -> None:
        from cli.acting import acting
        from services.programme.finding import the_programme

        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            actor = await acting(session, rows, who, "director")
        await open_stage_early(karta, rows.programme.id, stage, by=actor, reason=reason)

    act(run)
    say(f"Этап {stage} открыт.")


@declare(
    "Остановить дорожную карту навсегда.",
    "karta stop-programme --reason 'школа закрывается'",
    name="stop-programme",
)
def stop(reason: Reason = "", who: As = None, which: Which = None) -> None:
    from cli.session import act
    from services.programme.stopping import stop_programme

    async def run(karta: Any) -> None:
        from cli.acting import acting
        from services.programme.finding import the_programme

        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            actor = await acting(session, rows, who, "director")
        await stop_programme(karta, rows.programme.id, by=actor, reason=reason)

    act(run)
    say("Дорожная карта остановлена.")


@declare(
    "Показать, что изменит новая редакция файла, и применить её.",
    "karta revise roadmap.yaml",
)
def revise(
    file: Annotated[Path, typer.Argument(metavar="[ФАЙЛ]")] = Path("roadmap.yaml"),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Применить не спрашивая.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Даже если пропадёт или откроется завершённое.")
    ] = False,
    reason: Reason = "",
    who: As = None,
    which: Which = None,
) -> None:
    import sys

    from cli.session import act
    from roadmap.loader import load_file
    from services.plan.revision import apply_revision, revision_difference

    loaded = load_file(file, str(file))
    loaded.require()

    async def look(karta: Any) -> Any:
        from cli.acting import acting
        from services.programme.finding import the_programme

        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            actor = await acting(session, rows, who, "curator")
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


@declare(
    "Показать письма.",
    "karta letters --json",
)
def letters(as_json: AsJson = False, which: Which = None) -> None:
    from cli.programmes import letters_of, print_letters
    from cli.session import act

    print_letters(*act(lambda karta: letters_of(karta, which)), as_json)


reviewing.register(app)


@declare(
    "Только работник: письма и Prefect (для нескольких машин).",
    "KARTA_DATABASE_URL=postgresql://… KARTA_PREFECT_API_URL=http://…/api karta worker",
)
def worker() -> None:
    _run_module("flows.worker")


@declare(
    "Только доска (для нескольких машин).",
    "KARTA_DATABASE_URL=postgresql://… karta web",
)
def web() -> None:
    _run_module("web")


def _run_module(name: str) -> None:
    import os
    import subprocess
    import sys

    from cli.session import database_url
    from services.settings import Settings

    settings = Settings()
    os.environ["KARTA_DATABASE_URL"] = database_url(settings)
    os.environ["KARTA_HOME"] = str(settings.home)
    command = [sys.executable, "-m", name]
    if sys.platform == "win32":
        raise typer.Exit(subprocess.call(command))
    os.execv(command[0], command)


@declare(
    "Версия.",
    "karta version --json",
)
def version(as_json: AsJson = False) -> None:
    from importlib.metadata import version as installed

    if as_json:
        put_json({"version": installed("karta")})
    else:
        say(f"Карта {installed('karta')}")


planning.add_to(app)
