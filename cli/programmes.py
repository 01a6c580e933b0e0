"""How programmes, letters and people look in a terminal and as JSON."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from cli.console import put_json, say, table
from models.tables import Letter, Organisation, Person, Programme
from roadmap.states import PROGRAMME_STATE_WORDS
from services.karta import Karta
from services.people.words import ROLE_WORDS
from services.programme.finding import the_programme
from services.programme.view import ProgrammeView, StepView
from templates.russian import plural

LETTER_STATE_WORDS = {
    "queued": "в очереди",
    "sending": "отправляется",
    "sent": "отправлено",
    "undeliverable": "не доставлено",
    "unclear": "неясно",
    "settled": "разобрано",
}


def status_json(view: ProgrammeView) -> dict[str, Any]:
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


def print_status(view: ProgrammeView) -> None:
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


def _state(step: StepView) -> str:
    if step.late_days:
        return f"просрочено на {plural(step.late_days, 'день', 'дня', 'дней')}"
    return step.state_words


def print_programmes(programmes: list[Programme], as_json: bool) -> None:
    """A line for each programme, newest first."""
    if as_json:
        put_json([{"id": str(p.id), "title": p.title, "state": p.state.value} for p in programmes])
        return
    table([(str(p.id)[:8], PROGRAMME_STATE_WORDS[p.state], p.title) for p in programmes], (8, 12))


async def letters_of(
    karta: Karta, which: str | None
) -> tuple[list[tuple[Letter, Person]], ZoneInfo]:
    """The letters of a programme, newest first, and the school's time zone."""
    async with karta.transaction() as session:
        rows = await the_programme(session, which)
        found = await session.exec(
            select(Letter, Person)
            .join(Person, col(Person.id) == col(Letter.person_id))
            .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
            .where(Letter.programme_id == rows.programme.id)
            .order_by(col(Letter.created_at).desc())
        )
        return list(found.all()), ZoneInfo(rows.organisation.zone)


def print_letters(letters: list[tuple[Letter, Person]], zone: ZoneInfo, as_json: bool) -> None:
    """A line for each letter, times as at the school."""
    if as_json:
        put_json(
            [
                {
                    "id": str(letter.id),
                    "at": letter.created_at.isoformat(),
                    "to": letter.to_address,
                    "subject": letter.subject,
                    "state": letter.state.value,
                    "attempts": letter.attempts,
                    "error": letter.last_error,
                }
                for letter, _ in letters
            ]
        )
        return
    if not letters:
        say("Писем ещё не было.")
    table(
        [
            (
                f"{letter.created_at.astimezone(zone):%d.%m.%Y %H:%M}",
                LETTER_STATE_WORDS[letter.state.value],
                letter.to_address,
                letter.subject + (f" ({letter.last_error})" if letter.last_error else ""),
            )
            for letter, _ in letters
        ],
        (16, 14, 28),
    )


def print_people(people: list[Person], as_json: bool) -> None:
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
