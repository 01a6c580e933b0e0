"""The commands about people: `karta person list | add | away | back | rhythm`."""

from typing import Annotated, Any

import typer

from cli.app import As, AsJson, Reason, Which, declare, people_app
from cli.console import WRONG_INPUT, Failure, as_sentence, say

Key = Annotated[str, typer.Argument(metavar="КЛЮЧ", help="Ключ из people или адрес.")]


@declare("Показать людей.", "karta person list", name="list", group=people_app)
def person_list(as_json: AsJson = False, which: Which = None) -> None:
    from cli.programmes import print_people
    from cli.session import act
    from services.people.finding import people_of
    from services.programme.finding import the_programme

    async def run(karta: Any) -> Any:
        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            return await people_of(session, rows.organisation.id)

    print_people(act(run), as_json)


@declare(
    "Добавить сотрудника.",
    "karta person add --name 'Иванова И.И.' --post учитель --email i@school.example",
    name="add",
    group=people_app,
)
def person_add(
    email: Annotated[str, typer.Option(help="Адрес электронной почты.")],
    name: Annotated[str, typer.Option(help="Фамилия и инициалы.")] = "",
    post: Annotated[str, typer.Option(help="Должность.")] = "",
    role: Annotated[
        list[str] | None,
        typer.Option(help="director, curator, owner или observer; можно несколько."),
    ] = None,
    key: Annotated[str, typer.Option(help="Ключ, как в people; по умолчанию из адреса.")] = "",
    who: As = None,
    which: Which = None,
) -> None:
    from cli.session import act
    from services.people.cards import add_person

    async def run(karta: Any) -> Any:
        from cli.acting import acting
        from services.programme.finding import the_programme

        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            actor = await acting(session, rows, who, "director")
        return await add_person(
            karta, by=actor, email=email, name=name, post=post, roles=role or ["owner"], key=key
        )

    person = act(run)
    say(f"Добавлено: {person.display} – ключ {person.key}.")


async def _people(karta: Any, which: str | None, who: str | None, *keys: str) -> Any:
    """The one who acts, and the people of these keys, in the organisation of the programme."""
    from cli.acting import acting
    from services.people.finding import person_by
    from services.programme.finding import the_programme

    async with karta.transaction() as session:
        rows = await the_programme(session, which)
        actor = await acting(session, rows, who, "director")
        return actor, [await person_by(session, key, rows.organisation.id) for key in keys]


@declare(
    "Назначить замещение на время отсутствия.",
    "karta person away social --from 01.12.2026 --to 14.12.2026 --deputy curator",
    name="away",
    group=people_app,
)
def away(
    key: Key,
    first: Annotated[str, typer.Option("--from", metavar="ДЕНЬ", help="Первый день.")],
    last: Annotated[str, typer.Option("--to", metavar="ДЕНЬ", help="Последний день.")],
    deputy: Annotated[str, typer.Option("--deputy", metavar="КЛЮЧ", help="Кто замещает.")],
    reason: Reason = "",
    who: As = None,
    which: Which = None,
) -> None:
    from cli.session import act
    from services.people.substitutions import add_substitution

    first_day, last_day = _day(first, "--from"), _day(last, "--to")

    async def run(karta: Any) -> Any:
        actor, (person, stand_in) = await _people(karta, which, who, key, deputy)
        await add_substitution(
            karta,
            by=actor,
            person_id=person.id,
            deputy_id=stand_in.id,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
        )
        return person, stand_in

    person, stand_in = act(run)
    days = f"с {first_day:%d.%m.%Y} по {last_day:%d.%m.%Y}"
    say(as_sentence(f"{person.short}: {days} замещает {stand_in.short}"))


@declare(
    "Закончить замещение: сотрудник на месте.",
    "karta person back social",
    name="back",
    group=people_app,
)
def back(key: Key, who: As = None, which: Which = None) -> None:
    from cli.session import act
    from services.people.substitutions import end_substitution, present_substitution

    async def run(karta: Any) -> Any:
        actor, (person,) = await _people(karta, which, who, key)
        async with karta.transaction() as session:
            found = await present_substitution(session, person, karta.clock.now())
        await end_substitution(karta, found.id, by=actor)
        return person

    say(f"{act(run).short}: замещение закончено.")


@declare(
    "Когда присылать новые мероприятия: сразу (at-once) или одним письмом утром (daily).",
    "karta person rhythm social daily",
    name="rhythm",
    group=people_app,
)
def rhythm(
    key: Key,
    wanted: Annotated[str, typer.Argument(metavar="daily|at-once")],
    who: As = None,
    which: Which = None,
) -> None:
    from cli.session import act
    from services.people.rhythm import choose_rhythm, rhythm_of
    from services.people.words import RHYTHM_WORDS

    chosen = rhythm_of(wanted)

    async def run(karta: Any) -> Any:
        actor, (person,) = await _people(karta, which, who, key)
        await choose_rhythm(karta, person.id, by=actor, rhythm=chosen)
        return person

    say(f"{act(run).short}: новые мероприятия – {RHYTHM_WORDS[chosen]}.")


def _day(value: str, option: str) -> Any:
    from roadmap.dues import parse_one_date

    day = parse_one_date(value)
    if day is None:
        raise Failure(
            f"{option} {value[:40]}: такой даты нет; пишите, например, 01.12.2026", WRONG_INPUT
        )
    return day
