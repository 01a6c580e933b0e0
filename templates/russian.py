"""Russian words for dates and numbers."""

from datetime import date

_GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

_WEEKDAYS = (
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
)  # fmt: skip


def weekday(day: date) -> str:
    """«среда»."""
    return _WEEKDAYS[day.weekday()]


def day_month(day: date) -> str:
    """«30 ноября»."""
    return f"{day.day} {_GENITIVE[day.month - 1]}"


def day_month_year(day: date) -> str:
    """«30 ноября 2026»."""
    return f"{day_month(day)} {day.year}"


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 день», «3 дня», «11 дней»: the number with the right form of the noun."""
    tail, last = abs(number) % 100, abs(number) % 10
    if last == 1 and tail != 11:
        form = one
    elif 2 <= last <= 4 and not 12 <= tail <= 14:
        form = few
    else:
        form = many
    return f"{number} {form}"
