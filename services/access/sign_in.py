"""Signing in: a letter's link or code becomes a session."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import (
    Access,
    AccessKind,
    Letter,
    Organisation,
    Person,
    SignInCode,
)
from notifications.letters import SignInLetter, kind_of
from roadmap.errors import InputWrong, LinkDead
from services.access.links import live_access
from services.karta import Karta
from services.letters.links import sign_in_code, sign_in_token
from services.letters.outbox import queue_letter
from services.letters.payloads.frame import hello
from services.tokens import code_hash, random_token, token_hash

SIGN_IN_MINUTES = 30


FIRST_LINK_HOURS = 24


CODE_TRIES = 5


REQUESTS_PER_HOUR = 5


async def request_sign_in(karta: Karta, email: str) -> None:
    """Sends a link and a six-digit code to every active person with this address.

    Says nothing about whether there is one; after `REQUESTS_PER_HOUR` letters an hour no more go.
    """
    now = karta.clock.now()
    wanted = email.strip().lower()
    async with karta.transaction() as session:
        people = list(
            await session.exec(
                select(Person).where(func.lower(Person.email) == wanted, col(Person.active))
            )
        )
        for person in people:
            # Requests of one person wait for each other, or a flood would count as one.
            await session.exec(select(Person.id).where(Person.id == person.id).with_for_update())
            recent = await session.exec(
                select(func.count())
                .select_from(Letter)
                .where(
                    Letter.person_id == person.id,
                    Letter.kind == kind_of(SignInLetter),
                    Letter.created_at > now - timedelta(hours=1),
                )
            )
            if recent.one() >= REQUESTS_PER_HOUR:
                continue  # told to nobody: else anybody could ask who is on the list
            organisation = await session.get_one(Organisation, person.organisation_id)
            letter = SignInLetter(
                school=organisation.name, hello=hello(person), minutes=SIGN_IN_MINUTES
            )
            key = f"sign_in:{person.id}:{uuid4()}"
            await queue_letter(karta, session, letter, key=key, to=person, now=now)
            letter_id = (await session.exec(select(Letter.id).where(Letter.key == key))).one()
            expires = now + timedelta(minutes=SIGN_IN_MINUTES)
            session.add(
                Access(
                    kind=AccessKind.SIGN_IN,
                    hash=token_hash(sign_in_token(karta, letter_id)),
                    person_id=person.id,
                    created_at=now,
                    expires_at=expires,
                )
            )
            session.add(
                SignInCode(
                    person_id=person.id,
                    hash=code_hash(karta.secret, person.id, sign_in_code(karta, letter_id)),
                    created_at=now,
                    expires_at=expires,
                )
            )


async def first_link(karta: Karta, person_id: UUID) -> str:
    """A fresh sign-in address for a person, for the one who starts the service."""
    now = karta.clock.now()
    token = random_token()
    async with karta.transaction() as session:
        session.add(
            Access(
                kind=AccessKind.SIGN_IN,
                hash=token_hash(token),
                person_id=person_id,
                created_at=now,
                expires_at=now + timedelta(hours=FIRST_LINK_HOURS),
            )
        )
    return f"{karta.settings.base_url}/enter/{token}"


async def person_of_sign_in_link(karta: Karta, session: AsyncSession, token: str) -> Person:
    """Whom a sign-in link would sign in; changes nothing. Raises `LinkDead`."""
    live = await live_access(session, AccessKind.SIGN_IN, token, karta.clock.now())
    if live is None or live[0].used_at is not None:
        raise LinkDead("ссылка для входа устарела или уже использована; запросите новую")
    return live[1]


async def sign_in_by_link(karta: Karta, token: str) -> tuple[Person, str]:
    """Uses the link up; the person and the token of the new session. Raises `LinkDead`."""
    now = karta.clock.now()
    async with karta.transaction() as session:
        person = await person_of_sign_in_link(karta, session, token)
        access = (
            await session.exec(
                select(Access).where(Access.hash == token_hash(token)).with_for_update()
            )
        ).one()
        if access.used_at is not None:
            raise LinkDead("ссылка для входа уже использована; запросите новую")
        access.used_at = now
        session.add(access)
        return person, _new_session(karta, session, person, now)


async def sign_in_by_code(karta: Karta, email: str, code: str) -> tuple[Person, str]:
    """The person with this address and code, and the token of the new session.

    Raises `InputWrong`; after `CODE_TRIES` wrong codes a new letter is needed.
    """
    now = karta.clock.now()
    typed = "".join(c for c in code if c.isdigit())
    wrong = "код не подошёл; проверьте цифры в последнем письме или запросите новый код"
    async with karta.transaction() as session:
        found = await session.exec(
            select(SignInCode, Person)
            .join(Person, col(Person.id) == col(SignInCode.person_id))
            .where(
                func.lower(Person.email) == email.strip().lower(),
                col(Person.active),
                SignInCode.expires_at > now,
                col(SignInCode.used_at).is_(None),
                SignInCode.tries < CODE_TRIES,
            )
            .with_for_update(of=SignInCode)
        )
        matched: Person | None = None
        for row, person in found:
            if hmac.compare_digest(row.hash, code_hash(karta.secret, person.id, typed)):
                row.used_at, matched = now, person
            else:
                row.tries += 1
            session.add(row)
        if matched is not None:
            return matched, _new_session(karta, session, matched, now)
    raise InputWrong(wrong)


def _new_session(karta: Karta, session: AsyncSession, person: Person, now: datetime) -> str:
    token = random_token()
    session.add(
        Access(
            kind=AccessKind.SESSION,
            hash=token_hash(token),
            person_id=person.id,
            created_at=now,
            expires_at=now + timedelta(days=karta.settings.session_days),
        )
    )
    return token


async def person_of_session(karta: Karta, session: AsyncSession, token: str) -> Person | None:
    """Who is signed in with this session token, None when nobody."""
    live = await live_access(session, AccessKind.SESSION, token, karta.clock.now())
    return live[1] if live else None


async def sign_out(karta: Karta, token: str) -> None:
    """Ends the session."""
    async with karta.transaction() as session:
        live = await live_access(session, AccessKind.SESSION, token, karta.clock.now())
        if live:
            live[0].revoked_at = karta.clock.now()
            session.add(live[0])
