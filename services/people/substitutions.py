"""Substitutions: who stands in for whom, from when to when, and what follows from it at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import load_programme, lock_organisation
from models.situation import Situation
from models.tables import Organisation, Person, Programme, Substitution
from roadmap.calendar import school_day
from roadmap.errors import InputWrong, MoveRefused, NotFound
from roadmap.russian import day_month_year, plural
from roadmap.states import ProgrammeState
from services.actor import Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.programme.advance import advance
from services.typed import cleaned

LONGEST_DAYS = 400
"""Longer than a school year: beyond it the step should get another owner."""


@dataclass(frozen=True, slots=True)
class SubstitutionView:
    """A substitution to be shown. reason: "" for readers whom it does not concern."""

    id: UUID
    person: str
    deputy: str
    first_day: date
    last_day: date
    is_now: bool
    reason: str
    can_end: bool

    @property
    def days(self) -> str:
        """«с 1 декабря 2026 по 14 декабря 2026», «до 14 декабря 2026» of one under way."""
        if self.is_now:
            return f"до {day_month_year(self.last_day)}"
        if self.first_day == self.last_day:
            return day_month_year(self.first_day)
        return f"с {day_month_year(self.first_day)} по {day_month_year(self.last_day)}"


async def add_substitution(
    karta: Karta,
    *,
    by: Actor,
    person_id: UUID,
    deputy_id: UUID,
    first_day: date,
    last_day: date,
    reason: str = "",
) -> UUID:
    """Somebody is away and a deputy stands in; from its first day letters and rights follow.

    A person may do it for themselves, curators for anybody. The same form sent twice is one.
    Raises `InputWrong`, `MoveRefused`.
    """
    now = karta.clock.now()
    reason = cleaned(reason, "причину", required=False)
    by = _for_oneself_or_curator(by, person_id, "Указать, кто замещает другого сотрудника,")
    async with karta.transaction() as session:
        organisation = await _locked(session, by.organisation_id)
        today = school_day(now, organisation.zone)
        person = await _active(session, person_id, organisation)
        deputy = await _active(session, deputy_id, organisation)
        _check_days(person, deputy, first_day, last_day, today)
        if by.acts_for is not None and deputy.id == by.person_id:
            raise MoveRefused(
                "права, полученные на время замещения, нельзя продлить себе самому; попросите "
                "директора или того, кого замещаете"
            )
        known = await _known(session, organisation)
        for other in known:
            if (other.person_id, other.deputy_id, other.first_day, other.last_day) == (
                person.id, deputy.id, first_day, last_day,
            ):  # fmt: skip
                return other.id
        _check_others(known, person, deputy, first_day, last_day)
        made = Substitution(
            organisation_id=organisation.id,
            person_id=person.id,
            deputy_id=deputy.id,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
            created_at=now,
            created_by=by.person_id,
        )
        session.add(made)
        record(
            session, EventKind.SUBSTITUTION_ADDED,
            f"{person.short}: замещает {deputy.short}, с {first_day:%d.%m.%Y} по "
            f"{last_day:%d.%m.%Y}",
            at=now, by=by, substitution=str(made.id),
        )  # fmt: skip
        await session.flush()
        if first_day <= today:
            await _advance_all(karta, session, organisation, now)
        return made.id


async def end_substitution(karta: Karta, substitution_id: UUID, *, by: Actor) -> None:
    """The person is back: the deputy has the rights no more; one not begun is cancelled.

    Raises `NotFound`, `MoveRefused`. Ended twice it is ended once.
    """
    now = karta.clock.now()
    async with karta.transaction() as session:
        organisation = await _locked(session, by.organisation_id)
        found = await session.get(Substitution, substitution_id)
        if found is None or found.organisation_id != organisation.id:
            raise NotFound("такого замещения нет")
        by = _for_oneself_or_curator(by, found.person_id, "Закончить чужое замещение")
        today = school_day(now, organisation.zone)
        if found.cancelled_at is not None or found.last_day < today:
            return
        person = await session.get_one(Person, found.person_id)
        if found.first_day < today:
            found.last_day = today - timedelta(days=1)
            words = f"{person.short} на месте, замещение закончено"
        else:
            found.cancelled_at = now
            words = f"{person.short}: замещение отменено"
        session.add(found)
        record(
            session, EventKind.SUBSTITUTION_ENDED, words, at=now, by=by, substitution=str(found.id)
        )
        await session.flush()
        if found.first_day <= today:
            await _advance_all(karta, session, organisation, now)


async def substitutions_for(
    session: AsyncSession, actor: Actor, now: datetime
) -> tuple[SubstitutionView, ...]:
    """The organisation's substitutions of today and to come, in order of their days."""
    organisation = await session.get_one(Organisation, actor.organisation_id)
    today = school_day(now, organisation.zone)
    people = {
        p.id: p
        for p in await session.exec(select(Person).where(Person.organisation_id == organisation.id))
    }
    known = [s for s in await _known(session, organisation) if s.last_day >= today]
    return tuple(
        SubstitutionView(
            id=s.id,
            person=people[s.person_id].short,
            deputy=people[s.deputy_id].short,
            first_day=s.first_day,
            last_day=s.last_day,
            is_now=s.first_day <= today,
            reason=s.reason if _concerns(s, actor) else "",
            can_end=actor.is_curator or s.person_id == actor.person_id,
        )
        for s in sorted(known, key=lambda s: (s.first_day, s.last_day, str(s.id)))
    )


async def present_substitution(
    session: AsyncSession, person: Person, now: datetime
) -> Substitution:
    """The person's substitution of today, else their next one; raises `MoveRefused`."""
    organisation = await session.get_one(Organisation, person.organisation_id)
    today = school_day(now, organisation.zone)
    own = [s for s in await _known(session, organisation)
           if s.person_id == person.id and s.last_day >= today]  # fmt: skip
    if not own:
        raise MoveRefused(f"{person.short}: замещения нет и не назначено")
    return min(own, key=lambda s: s.first_day)


def _concerns(substitution: Substitution, actor: Actor) -> bool:
    return actor.is_curator or actor.person_id in (substitution.person_id, substitution.deputy_id)


def _for_oneself_or_curator(by: Actor, person_id: UUID, what: str) -> Actor:
    return by if by.person_id == person_id else by.require_curator(what)


async def _locked(session: AsyncSession, organisation_id: UUID) -> Organisation:
    """One change of substitutions at a time, so that none can overlap or close a circle.

    Taken before the programmes' locks.
    """
    return await lock_organisation(session, organisation_id)


async def _active(session: AsyncSession, person_id: UUID, organisation: Organisation) -> Person:
    person = await session.get(Person, person_id)
    if person is None or person.organisation_id != organisation.id:
        raise InputWrong("такого сотрудника нет в списке людей")
    if not person.active:
        raise InputWrong(f"{person.short} больше не работает; выберите другого сотрудника")
    return person


async def _known(session: AsyncSession, organisation: Organisation) -> list[Substitution]:
    return list(
        await session.exec(
            select(Substitution)
            .where(
                Substitution.organisation_id == organisation.id,
                col(Substitution.cancelled_at).is_(None),
            )
            .order_by(col(Substitution.created_at))
        )
    )


def _check_days(
    person: Person, deputy: Person, first_day: date, last_day: date, today: date
) -> None:
    if person.id == deputy.id:
        raise InputWrong("сотрудник не может замещать сам себя; выберите другого")
    if last_day < first_day:
        raise InputWrong(
            f"последний день ({day_month_year(last_day)}) раньше первого "
            f"({day_month_year(first_day)}); поменяйте их местами"
        )
    if first_day < today:
        raise InputWrong(
            f"первый день уже прошёл: {day_month_year(first_day)}; замещение начинается не раньше "
            f"сегодняшнего дня, {day_month_year(today)}"
        )
    days = (last_day - first_day).days + 1
    if days > LONGEST_DAYS or last_day.year > 2100:
        raise InputWrong(
            f"{plural(days, 'день', 'дня', 'дней')} – слишком долго, можно не больше "
            f"{LONGEST_DAYS}; смените ответственного у мероприятий"
        )


def _check_others(
    known: Iterable[Substitution], person: Person, deputy: Person, first_day: date, last_day: date
) -> None:
    known = tuple(known)
    for other in known:
        if other.person_id == person.id and _common(other, first_day, last_day):
            raise InputWrong(
                f"{person.short}: замещение уже есть с {day_month_year(other.first_day)} по "
                f"{day_month_year(other.last_day)}; закончите его или выберите другие дни"
            )
    if _leads_back(known, deputy.id, person.id, first_day, last_day):
        raise InputWrong(
            f"получится круг: {person.short} в эти дни сам замещает того, кто замещает его; "
            "выберите другого сотрудника или другие дни"
        )


def _common(other: Substitution, first_day: date, last_day: date) -> tuple[date, date] | None:
    first, last = max(other.first_day, first_day), min(other.last_day, last_day)
    return (first, last) if first <= last else None


def _leads_back(
    known: tuple[Substitution, ...], start: UUID, back_to: UUID, first_day: date, last_day: date
) -> bool:
    """Whether on some day of the span the letters of `start` end with `back_to`."""
    for other in known:
        common = _common(other, first_day, last_day)
        if other.person_id != start or common is None:
            continue
        if other.deputy_id == back_to or _leads_back(known, other.deputy_id, back_to, *common):
            return True
    return False


async def _advance_all(
    karta: Karta, session: AsyncSession, organisation: Organisation, now: datetime
) -> None:
    """Lets letters follow at once in every running programme, locked in the order of their ids."""
    running = await session.exec(
        select(Programme.id)
        .where(
            Programme.organisation_id == organisation.id,
            Programme.state == ProgrammeState.RUNNING,
        )
        .order_by(col(Programme.id))
    )
    for programme_id in running.all():
        rows = await load_programme(session, programme_id, lock=True)
        await advance(karta, session, Situation(rows, now))
