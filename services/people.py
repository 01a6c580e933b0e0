"""The organisation's people: adding, changing, letting go."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select

from models.database import AsyncSession
from models.tables import Letter, LetterState, Organisation, Person, Programme, Rhythm, Step
from roadmap.errors import InputWrong, MoveRefused, NotFound
from roadmap.spec import EMAIL, PersonSpec
from roadmap.states import FINISHED, ProgrammeState
from services.access import revoke_all, revoke_sent
from services.actor import CURATING, Actor
from services.journal import record
from services.lost_letters import queue_lost_letters
from services.wiring import Karta

ROLE_WORDS: dict[str, str] = {
    "director": "директор",
    "curator": "куратор",
    "owner": "ответственный",
    "observer": "наблюдатель",
}

RHYTHM_WORDS: dict[Rhythm, str] = {
    Rhythm.AT_ONCE: "сразу",
    Rhythm.DAILY: "одним письмом утром",
}


async def people_of(session: AsyncSession, organisation_id: UUID) -> list[Person]:
    """Everybody of the organisation, those who left last, by name."""
    found = await session.exec(select(Person).where(Person.organisation_id == organisation_id))
    return sorted(found, key=lambda p: (not p.active, p.short.lower()))


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
        _own_right(by)
    async with karta.transaction() as session:
        # One at a time per organisation: keys and addresses are unique in it.
        await session.get_one(Organisation, by.organisation_id, with_for_update=True)
        people = await people_of(session, by.organisation_id)
        _free_address(people, email, None)
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
            session, "person.added", f"В список людей внесён {person.display}", at=now, by=by,
            person=str(person.id),
        )  # fmt: skip
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
        await session.get_one(Organisation, by.organisation_id, with_for_update=True)
        person = await _of_organisation(session, person_id, by)
        people = await people_of(session, by.organisation_id)
        _free_address(people, email, person.id)
        if wanted != person.roles:
            _own_right(by)
        if "director" in person.roles or "director" in wanted:
            _directors_card(by)
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
                session, "person.changed", f"Изменена карточка: {person.display}", at=now, by=by,
                person=str(person.id), changed=changed,
            )  # fmt: skip
        return person


async def apply_cards(
    karta: Karta,
    session: AsyncSession,
    organisation: Organisation,
    cards: Mapping[str, PersonSpec],
    by: Actor,
    now: datetime,
) -> None:
    """Gives people, by their keys, the cards of a revised road map, in the caller's transaction.

    Two may change addresses with each other. Raises `InputWrong` when an address is somebody
    else's, `MoveRefused` when a curator makes or unmakes a director, or no director is left.
    """
    await session.get_one(Organisation, organisation.id, with_for_update=True)
    people = await people_of(session, organisation.id)
    known = {person.key: person for person in people}
    cards = {key: card for key, card in cards.items() if key in known}
    for key, card in cards.items():
        taken = [p for p in people if p.key not in cards and p.email.lower() == card.email.lower()]
        if taken:
            raise InputWrong(
                f"сотрудник {key}: адрес {card.email} уже указан у сотрудника {taken[0].display}"
            )
        if ("director" in card.roles) != ("director" in known[key].roles):
            by.require_director("Назначить или сменить директора")
    directors = [p for p in people if p.active and "director" in _roles_after(p, cards)]
    if not directors and any("director" in p.roles for p in people):
        raise MoveRefused("в школе не останется директора; сначала назначьте другого")
    moved = [known[key] for key, card in cards.items() if known[key].email != card.email]
    for person in moved:
        person.email = f"{person.id}@moved.invalid"  # out of the way of whoever gets the address
        session.add(person)
    await session.flush()
    for key, card in cards.items():
        person = known[key]
        person.name, person.post, person.email = card.name, card.post, card.email
        person.roles = sorted(set(card.roles))
        session.add(person)
    for person in moved:
        await address_changed(karta, session, person, by, now)
    await session.flush()


def _roles_after(person: Person, cards: Mapping[str, PersonSpec]) -> Sequence[str]:
    return cards[person.key].roles if person.key in cards else person.roles


async def address_changed(
    karta: Karta, session: AsyncSession, person: Person, by: Actor, now: datetime
) -> None:
    """Letters queued or lost go to the new address; what was sent to the old one opens nothing."""
    await queue_lost_letters(session, person, by=by, now=now)
    await session.flush()
    queued = await session.exec(
        select(Letter).where(Letter.person_id == person.id, Letter.state == LetterState.QUEUED)
    )
    waiting = set()
    for letter in queued:
        letter.to_address = person.email
        session.add(letter)
        waiting.add(letter.id)
    await revoke_sent(karta, session, person.id, now, waiting)


async def correct_address(karta: Karta, person_id: UUID, *, by: Actor, email: str) -> Person:
    """Puts an address right that does not work: letters that wait or were lost go to the new one.

    Raises `InputWrong`, `MoveRefused`, `NotFound`.
    """
    by = by.require_curator("Исправить адрес")
    now = karta.clock.now()
    email = checked_address(email)
    async with karta.transaction() as session:
        await session.get_one(Organisation, by.organisation_id, with_for_update=True)
        person = await _of_organisation(session, person_id, by)
        before = person.email
        if email == before:
            raise InputWrong(f"{email} – это прежний адрес; впишите тот, на который письма дойдут")
        _free_address(await people_of(session, by.organisation_id), email, person.id)
        if "director" in person.roles:
            _directors_card(by)
        person.email = email
        session.add(person)
        await address_changed(karta, session, person, by, now)
        record(
            session, "person.changed", f"Исправлен адрес: {person.display}", at=now, by=by,
            person=str(person.id), changed={"email": [before, email]},
        )  # fmt: skip
        return person


async def choose_rhythm(karta: Karta, person_id: UUID, *, by: Actor, rhythm: Rhythm) -> None:
    """When new steps are told of: at once, or in the letter of the day. Raises `MoveRefused`.

    Everybody chooses for themselves; a curator for anybody.
    """
    if by.person_id != person_id:
        by = by.require_curator("Выбрать за сотрудника, когда приходят письма,")
    now = karta.clock.now()
    async with karta.transaction() as session:
        person = await _of_organisation(session, person_id, by)
        if person.rhythm is rhythm:
            return
        person.rhythm = rhythm
        session.add(person)
        record(
            session, "person.changed",
            f"{person.display}: новые мероприятия – {RHYTHM_WORDS[rhythm]}", at=now, by=by,
            person=str(person.id),
        )  # fmt: skip


def rhythm_of(value: str) -> Rhythm:
    """The rhythm of this name; raises `InputWrong`."""
    for rhythm in Rhythm:
        if rhythm.value == value.strip().lower():
            return rhythm
    raise InputWrong(f"«{value[:40]}» не подходит; можно: {', '.join(r.value for r in Rhythm)}")


async def _of_organisation(session: AsyncSession, person_id: UUID, by: Actor) -> Person:
    person = await session.get(Person, person_id)
    if person is None or person.organisation_id != by.organisation_id:
        raise NotFound("такого сотрудника нет")
    return person


def _directors_card(by: Actor) -> None:
    """Whoever may change a director's address may sign in as the director, and for ever."""
    if by.require_director("Изменить карточку директора").acts_for is not None:
        raise MoveRefused("карточку директора меняет сам директор, а не тот, кто его замещает")


def _own_right(by: Actor) -> None:
    """Rights lent for some days must not give rights for ever."""
    if by.acts_for is not None:
        raise MoveRefused("роли меняет сам куратор или директор, а не тот, кто их замещает")


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


def checked_address(email: str) -> str:
    """A trimmed e-mail address; raises `InputWrong`."""
    trimmed = email.strip()
    if "@" in trimmed and not trimmed.isascii():
        raise InputWrong(
            f"«{trimmed[:80]}»: почта с русскими буквами в адресе доходит не всегда; укажите адрес "
            "латиницей (домен .рф можно записать как xn--…)"
        )
    if not re.match(EMAIL, trimmed) or len(trimmed) > 254:
        raise InputWrong(f"«{trimmed[:80]}» не похоже на адрес электронной почты")
    return trimmed


def _roles(roles: Sequence[str]) -> list[str]:
    unknown = [role for role in roles if role not in ROLE_WORDS]
    if unknown:
        raise InputWrong(f"роли «{unknown[0]}» нет; можно: {', '.join(ROLE_WORDS)}")
    return sorted(set(roles)) or ["owner"]


def _free_address(people: Sequence[Person], email: str, own: UUID | None) -> None:
    for other in people:
        if other.email.lower() == email.lower() and other.id != own:
            raise InputWrong(f"адрес {email} уже указан у сотрудника {other.display}")


def _free_key(email: str, people: Sequence[Person]) -> str:
    base = re.sub(r"[^0-9a-z_-]+", "-", email.partition("@")[0].lower()).strip("-") or "person"
    taken = {p.key for p in people}
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}-{number}"
    return key


async def person_by(session: AsyncSession, wanted: str, organisation_id: UUID) -> Person:
    """The active person with this key or address; raises `NotFound` naming the keys."""
    found = await session.exec(
        select(Person).where(
            Person.organisation_id == organisation_id,
            (Person.key == wanted) | (func.lower(Person.email) == wanted.lower()),
            col(Person.active),
        )
    )
    person = found.first()
    if person is None:
        people = await people_of(session, organisation_id)
        known = ", ".join(p.key for p in people if p.active)
        raise NotFound(f"сотрудника «{wanted}» нет; есть: {known}")
    return person
