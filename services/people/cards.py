"""People's cards: added and changed by a curator."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from models.database import AsyncSession
from models.repository import lock_organisation
from models.tables import Person, Programme, Rhythm, Step
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import FINISHED, ProgrammeState
from services.access.links import revoke_all
from services.actor import CURATING, Actor
from services.journal.kinds import EventKind
from services.journal.record import record
from services.karta import Karta
from services.people.addresses import address_changed, checked_address, require_free_address
from services.people.finding import people_of, person_of_organisation
from services.people.rights import require_directors_right, require_own_right
from services.people.words import ROLE_WORDS


async def add_person(
    karta: Karta,
    *,
    by: Actor,
    email: str,
    name: str = "",
    post: str = "",
    roles: Sequence[str] = ("owner",),
    key: str = "",
) -> Person:
    """Adds somebody to the actor's organisation. Raises `InputWrong`, `MoveRefused`."""
    by = by.require_curator("Добавить сотрудника")
    now = karta.clock.now()
    name, post, email = _checked(name, post, email)
    wanted = _roles(roles)
    if "director" in wanted:
        by = by.require_director("Назначить директора")
    if set(wanted) & CURATING:
        require_own_right(by)
    async with karta.transaction() as session:
        # One at a time per organisation: keys and addresses are unique in it.
        await lock_organisation(session, by.organisation_id)
        people = await people_of(session, by.organisation_id)
        require_free_address(people, email, None)
        key = key.strip() or _free_key(email, people)
        if not re.fullmatch(r"[0-9A-Za-zА-Яа-яЁё_-]{1,40}", key):
            raise InputWrong(f"ключ «{key}»: можно только буквы, цифры, дефис и подчёркивание")
        if any(p.key == key for p in people):
            raise InputWrong(f"ключ «{key}» уже занят; выберите другой")
        person = Person(
            organisation_id=by.organisation_id,
            key=key,
            name=name,
            post=post,
            email=email,
            roles=wanted,
        )
        session.add(person)
        await session.flush()
        record(
            session,
            EventKind.PERSON_ADDED,
            f"В список людей внесён {person.display}",
            at=now,
            by=by,
            person=str(person.id),
        )
        return person


async def change_person(
    karta: Karta,
    person_id: UUID,
    *,
    by: Actor,
    email: str,
    name: str,
    post: str,
    roles: Sequence[str],
    active: bool = True,
    rhythm: Rhythm | None = None,
) -> Person:
    """Changes a person's card; letters still queued, and those lost, go to the new address.

    Somebody who leaves must not answer for unfinished steps; their links and sessions end.
    Raises `InputWrong`, `MoveRefused`, `NotFound`.
    """
    by = by.require_curator("Изменить карточку сотрудника")
    now = karta.clock.now()
    name, post, email = _checked(name, post, email)
    wanted = _roles(roles)
    async with karta.transaction() as session:
        await lock_organisation(session, by.organisation_id)
        person = await person_of_organisation(session, person_id, by)
        people = await people_of(session, by.organisation_id)
        require_free_address(people, email, person.id)
        if wanted != person.roles:
            require_own_right(by)
        if "director" in person.roles or "director" in wanted:
            require_directors_right(by)
        if "director" in person.roles and ("director" not in wanted or not active):
            others = [p for p in people if p.active and "director" in p.roles and p.id != person.id]
            if not others:
                raise MoveRefused("это единственный директор; сначала назначьте другого")
        if not active and person.active:
            await _no_unfinished_steps(session, person)
            await revoke_all(session, person.id, now)
        rhythm = rhythm or person.rhythm
        before = {"name": person.name, "post": person.post, "email": person.email,
                  "roles": list(person.roles), "active": person.active,
                  "rhythm": person.rhythm.value}  # fmt: skip
        moves = email != person.email
        person.name, person.post, person.email = name, post, email
        person.roles, person.active, person.rhythm = wanted, active, rhythm
        session.add(person)
        if moves:
            await address_changed(karta, session, person, by, now)
        after = {"name": name, "post": post, "email": email, "roles": wanted, "active": active,
                 "rhythm": rhythm.value}  # fmt: skip
        changed = {k: [before[k], after[k]] for k in after if before[k] != after[k]}
        if changed:
            record(
                session,
                EventKind.PERSON_CHANGED,
                f"Изменена карточка: {person.display}",
                at=now,
                by=by,
                person=str(person.id),
                changed=changed,
            )
        return person


async def _no_unfinished_steps(session: AsyncSession, person: Person) -> None:
    found = await session.exec(
        select(Step.code)
        .join(Programme, col(Programme.id) == col(Step.programme_id))
        .where(
            Step.owner_id == person.id,
            col(Step.state).not_in(FINISHED),
            Programme.state == ProgrammeState.RUNNING,
        )
        .order_by(col(Step.position))
    )
    codes = list(found)
    if codes:
        listed = ", ".join(codes[:8]) + (" и другие" if len(codes) > 8 else "")
        raise MoveRefused(
            f"{person.short} отвечает за незавершённые мероприятия: {listed}; сначала смените "
            "ответственного"
        )


def _checked(name: str, post: str, email: str) -> tuple[str, str, str]:
    name, post, email = " ".join(name.split()), " ".join(post.split()), email.strip()
    if not name and not post:
        raise InputWrong("укажите имя или должность")
    if len(name) > 200 or len(post) > 200:
        raise InputWrong("имя и должность – не длиннее 200 знаков")
    return name, post, checked_address(email)


def _roles(roles: Sequence[str]) -> list[str]:
    unknown = [role for role in roles if role not in ROLE_WORDS]
    if unknown:
        raise InputWrong(f"роли «{unknown[0]}» нет; можно: {', '.join(ROLE_WORDS)}")
    return sorted(set(roles)) or ["owner"]


def _free_key(email: str, people: Sequence[Person]) -> str:
    base = re.sub(r"[^0-9a-z_-]+", "-", email.partition("@")[0].lower()).strip("-") or "person"
    taken = {p.key for p in people}
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key
