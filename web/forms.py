"""Values of forms, parsed once at the edge."""

from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from roadmap.dues import parse_one_date
from roadmap.errors import InputWrong


def text_of(form: FormData, name: str) -> str:
    """A text field, trimmed; "" when it is missing or a file."""
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def day_of(value: str) -> date:
    """A date as browsers send it or as people write it; raises `InputWrong`."""
    if not value:
        raise InputWrong("выберите дату")
    day = parse_one_date(value)
    if day is None:
        raise InputWrong(f"даты «{value[:40]}» нет в календаре; пишите, например, 30.11.2026")
    return day


def person_of(value: str, what: str) -> UUID:
    """Somebody chosen from a list; raises `InputWrong` asking for `what`."""
    try:
        return UUID(value)
    except ValueError:
        raise InputWrong(f"выберите {what} из списка") from None
