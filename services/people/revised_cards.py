"""Cards of people as a new revision of the road map has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from models.database import AsyncSession
from models.repository import lock_organisation
from models.tables import Organisation, Person
from roadmap.errors import InputWrong, MoveRefused
from roadmap.spec import PersonSpec
from services.actor import Actor
from services.karta import Karta
from services.people.addresses import address_changed
from services.people.finding import people_of


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
    await lock_organisation(session, organisation.id)
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
