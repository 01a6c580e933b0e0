"""The commands about people: `karta person list | add | away | back | rhythm`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.app import As, AsJson, Reason, Which, declare, declare_group
from cli.console import WRONG_INPUT, Failure, as_sentence, put_json, say, table
from cli.session import act, rows_and_actor

if TYPE_CHECKING:
    from models.tables import Person

commands = declare_group("person", "Люди: добавить, показать.", "karta person list")
Key = Annotated[str, typer.Argument(metavar="КЛЮЧ", help="Ключ из people или адрес.")]


@declare("Показать людей.", "karta person list", name="list", group=commands)
def person_list(as_json: AsJson = False, which: Which = None) -> None:
    from services.people.finding import people_of
    from services.programme.finding import the_programme

    async def run(karta: Any) -> Any:
        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            return await people_of(session, rows.organisation.id)

    print_people(act(run), as_json)


def print_people(people: "list[Person]", as_json: bool) -> None:
    """A line for each person."""
    if as_json:
        put_json(
            [
                {
                    "key": person.key,
                    "name": person.name,
                    "post": person.post,
                    "email": person.email,
                    "roles": person.roles,
                    "active": person.active,
                }
                for person in people
            ]
        )
        return
    from services.people.words import ROLE_WORDS

    table(
        [
            (
                person.key,
                person.display,
                person.email,
                ", ".join(ROLE_WORDS[role] for role in person.roles)
                + ("" if person.active else " (не работает)"),
            )
            for person in people
        ],
        (14, 40, 30),
    )


@declare(
    "Добавить сотрудника.",
    "karta person add --name 'Иванова И.И.' --post учитель --email i@school.example",
    name="add",
    group=commands,
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
    from services.people.cards import add_person

    async def run(karta: Any) -> Any:
        _, actor = await rows_and_actor(karta, which, who, "director")
        return await add_person(
            karta, by=actor, email=email, name=name, post=post, roles=role or ["owner"], key=key
        )

    person = act(run)
    say(f"Добавлено: {person.display} – ключ {person.key}.")


async def _people(karta: Any, which: str | None, who: str | None, *keys: str) -> Any:
    """The one who acts, and the people of these keys, in the organisation of the programme."""
    from services.people.finding import person_by

    rows, actor = await rows_and_actor(karta, which, who, "director")
    async with karta.transaction() as session:
        return actor, [await person_by(session, key, rows.organisation.id) for key in keys]


@declare(
    "Назначить замещение на время отсутствия.",
    "karta person away social --from 01.12.2026 --to 14.12.2026 --deputy curator",
    name="away",
    group=commands,
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
    group=commands,
)
def back(key: Key, who: As = None, which: Which = None) -> None:
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
    group=commands,
)
def rhythm(
    key: Key,
    wanted: Annotated[str, typer.Argument(metavar="daily|at-once")],
    who: As = None,
    which: Which = None,
) -> None:
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
