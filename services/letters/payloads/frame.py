"""What every letter about a programme begins and ends with."""

from models.repository import ProgrammeRows
from models.tables import Person
from notifications.payload import Contact
from services.actor import CURATING


def hello(person: Person) -> str:
    """«Здравствуйте, Москвина Т.Н.!» – or only the greeting when the document names nobody."""
    return f"Здравствуйте, {person.name}!" if person.name else "Здравствуйте!"


def ask_whom(rows: ProgrammeRows, person: Person) -> Contact | None:
    """Whom the person may ask: a curator, else the director; None when that is the person."""
    for role in ("curator", "director"):
        for other in rows.with_role(role):
            if other.id != person.id:
                return contact(other)
    return None


def contact(person: Person) -> Contact:
    return Contact(who=person.display, email=person.email)


def letter_frame(rows: ProgrammeRows, to: Person) -> dict[str, str]:
    """What every letter about a programme begins and ends with."""
    return {
        "school": rows.organisation.name,
        "programme": rows.programme.title,
        "hello": hello(to),
    }


def may_change(person: Person) -> bool:
    """Whether the person moves dates and changes owners without asking anybody."""
    return not CURATING.isdisjoint(person.roles)
