"""The moves of steps: `karta done | report | return | skip | restore`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.app import As, Reason, Which, declare
from cli.console import OK, REFUSED, WRONG_INPUT, Failure, as_sentence, complain, say
from cli.session import act, rows_and_actor

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


def _on_steps(
    codes: list[str],
    which: str | None,
    who: str | None,
    work: Any,
    said: str,
    role: str = "curator",
) -> None:
    """Runs `work(karta, target, actor)` for each step; every refusal is told."""
    from roadmap.errors import InputWrong, KartaError, NotFound

    # «1.2,1.3» is as good as «1.2 1.3».
    numbers = [each for given in codes for each in given.replace(",", " ").split()]
    if not numbers:
        raise Failure("Назовите номера мероприятий, например: karta done 1.1 1.2", WRONG_INPUT)

    async def run(karta: Any) -> int:
        from services.steps.change import Target

        rows, actor = await rows_and_actor(karta, which, who, role, name=True)
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
