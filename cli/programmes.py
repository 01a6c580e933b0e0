"""A programme's life: `karta start | status | open-stage | stop-programme`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import As, AsJson, Reason, Which, declare, month_of
from cli.console import WRONG_INPUT, Failure, put_json, say, table
from cli.session import act, rows_and_actor

if TYPE_CHECKING:
    from models.tables import Programme
    from services.programme.view import ProgrammeView, StepView


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


def status_json(view: "ProgrammeView") -> dict[str, Any]:
    """The programme in its machine-readable form."""
    return {
        "programme": {"id": str(view.id), "title": view.title, "state": view.state.value},
        "stages": [
            {
                "id": stage.code,
                "title": stage.title,
                "state": stage.state.value,
                "missing": list(stage.missing),
                "steps": [
                    {
                        "id": step.code,
                        "title": step.title,
                        "state": step.state.value,
                        "due": step.deadline.isoformat() if step.deadline else None,
                        "owner": step.owner,
                        "late_days": step.late_days,
                    }
                    for step in stage.steps
                ],
            }
            for stage in view.stages
        ],
    }


def print_status(view: "ProgrammeView") -> None:
    """Stages in order, each with its gate and its steps."""
    say(f"{view.title}")
    late = f", просрочено {view.late}" if view.late else ""
    say(f"{view.organisation} – {view.state_words}: {view.finished} из {view.total}{late}")
    for stage in view.stages:
        say()
        gate = f" – {stage.gate_words}" if stage.gate_words else ""
        say(f"{stage.code}. {stage.title} – {stage.state_words}{gate}")
        table(
            [(f"  {s.code}", _state(s), s.due, s.title) for s in stage.steps],
            (6, 26, 22),
        )


def _state(step: "StepView") -> str:
    if step.late_days:
        from roadmap.russian import plural

        return f"просрочено на {plural(step.late_days, 'день', 'дня', 'дней')}"
    return step.state_words


def print_programmes(programmes: "list[Programme]", as_json: bool) -> None:
    """A line for each programme, newest first."""
    if as_json:
        put_json([{"id": str(p.id), "title": p.title, "state": p.state.value} for p in programmes])
        return
    from roadmap.states import PROGRAMME_STATE_WORDS

    table([(str(p.id)[:8], PROGRAMME_STATE_WORDS[p.state], p.title) for p in programmes], (8, 12))


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
    from services.programme.early_opening import open_stage_early

    async def run(karta: Any) -> None:
        rows, actor = await rows_and_actor(karta, which, who, "director")
        await open_stage_early(karta, rows.programme.id, stage, by=actor, reason=reason)

    act(run)
    say(f"Этап {stage} открыт.")


@declare(
    "Остановить дорожную карту навсегда.",
    "karta stop-programme --reason 'школа закрывается'",
    name="stop-programme",
)
def stop(reason: Reason = "", who: As = None, which: Which = None) -> None:
    from services.programme.stopping import stop_programme

    async def run(karta: Any) -> None:
        rows, actor = await rows_and_actor(karta, which, who, "director")
        await stop_programme(karta, rows.programme.id, by=actor, reason=reason)

    act(run)
    say("Дорожная карта остановлена.")
