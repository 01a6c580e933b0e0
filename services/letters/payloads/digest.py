"""The weekly digest of a programme as a letter: the planner's digest, and what the journal adds."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, or_, select

from models.database import AsyncSession
from models.repository import ProgrammeRows
from models.situation import Situation
from models.tables import Event, Letter, LetterState, Person
from notifications.letters import DigestLetter, DigestLine, DigestPart, DigestSection
from roadmap.digest import Week
from roadmap.planner import Mention
from roadmap.russian import day_month, plural
from services.journal.kinds import CHANGE_KINDS, EventKind
from services.journal.record import who_acted
from services.letters.payloads.daily import daily_letter
from services.letters.payloads.steps import last_day


async def digest_letter(
    session: AsyncSession,
    situation: Situation,
    to: Person,
    mentions: tuple[Mention, ...],
    week: Week,
) -> DigestLetter:
    """The digest for one reader, their own reminders of the day in it."""
    rows, today = situation.rows, situation.today
    daily = daily_letter(situation, to, mentions)
    monday = today - timedelta(days=today.weekday())
    sections = [
        _steps(situation, "Просрочено", week.late, urgent=True),
        _steps(situation, "Срок на этой неделе", week.due),
        _steps(situation, "Отчёты ждут проверки", week.reported),
        DigestSection(title="Адреса, по которым письма не доходят", lines=tuple(
            await _dead_addresses(session, rows)), urgent=True),
        DigestSection(title="Скоро откроются этапы", lines=tuple(_gates(rows, week))),
        DigestSection(title="Что изменилось в плане", lines=tuple(
            await _changes(session, rows, week.since))),
        _done(rows, week.done),
    ]  # fmt: skip
    return DigestLetter(
        **{name: getattr(daily, name) for name in
           ("school", "programme", "hello", "ask_whom", "may_change", "items")},
        week=f"с {day_month(monday)}",
        overdue=len(week.late),
        due=len(week.due),
        digests=(
            DigestPart(
                programme=rows.programme.title,
                sections=tuple(section for section in sections if section.lines),
            ),
        ),
    )  # fmt: skip


def _steps(
    situation: Situation, title: str, codes: Sequence[str], *, urgent: bool = False
) -> DigestSection:
    lines = []
    for code in codes:
        step = situation.rows.step(code)
        late = situation.late_days(step)
        note = [situation.rows.owner(step).display, last_day(situation, step)]
        if late:
            note.append(f"просрочено на {plural(late, 'день', 'дня', 'дней')}")
        lines.append(
            DigestLine(step_id=step.id, text=f"{code} {step.title}", note=" · ".join(note))
        )
    return DigestSection(title=title, lines=tuple(lines), urgent=urgent)


def _done(rows: ProgrammeRows, codes: Sequence[str]) -> DigestSection:
    lines = [DigestLine(text=f"{code} {rows.step(code).title}") for code in codes]
    return DigestSection(title="Завершено за прошлую неделю", lines=tuple(lines))


def _gates(rows: ProgrammeRows, week: Week) -> Iterable[DigestLine]:
    for gate in week.gates:
        stage = rows.stage(gate.stage)
        verb = "будет выполнено" if len(gate.missing) == 1 else "будут выполнены"
        yield DigestLine(
            text=f"{stage.code}. {stage.title}",
            note=f"откроется, когда {verb} {', '.join(gate.missing)}",
        )


async def _changes(session: AsyncSession, rows: ProgrammeRows, since: date) -> Iterable[DigestLine]:
    start = datetime.combine(since, time.min, ZoneInfo(rows.organisation.zone))
    found = await session.exec(
        select(Event)
        .where(
            Event.programme_id == rows.programme.id,
            col(Event.kind).in_(CHANGE_KINDS),
            Event.at >= start,
            # Dates counted as the programme starts are the plan, not its change.
            or_(Event.kind != EventKind.STEP_DUE_FOLLOWED, Event.at != rows.programme.started_at),
        )
        .order_by(col(Event.id))
    )
    lines = []
    for event in found:
        who = who_acted(rows.people, event)
        lines.append(DigestLine(text=event.text, note=": ".join(filter(None, (who, event.reason)))))
    return lines


async def _dead_addresses(session: AsyncSession, rows: ProgrammeRows) -> Iterable[DigestLine]:
    """Asked for again every week until somebody puts them right."""
    found = await session.exec(
        select(Letter.person_id, Letter.to_address)
        .where(
            Letter.state == LetterState.UNDELIVERABLE,
            col(Letter.person_id).in_([p.id for p in rows.people.values() if p.active]),
        )
        .distinct()
    )
    return [
        DigestLine(
            text=f"{rows.people[person_id].display}: {address}",
            note="исправьте адрес на странице «Люди»; письма отправятся сами",
        )
        for person_id, address in found
        if rows.people[person_id].email == address
    ]
