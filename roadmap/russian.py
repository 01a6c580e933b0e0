"""Russian words for months, weekdays and counted things; the one place that knows them."""

from datetime import date

# The tables of months begin with an empty word: a month's number is its place.
NOMINATIVE = (
    "", "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
GENITIVE = (
    "", "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
SHORT = ("", "янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
# What people also shorten a month to, and its number.
LONGER_SHORT = {"февр": 2, "сент": 9, "нояб": 11}

WEEKDAYS = (
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье",
)  # fmt: skip
# After «по»: on which days of the week something is done.
WEEKDAYS_DATIVE = (
    "понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам", "воскресеньям",
)  # fmt: skip


def month_cases(number: int) -> tuple[str, str, str, str, str]:
    """A month's forms: nominative, genitive, dative, instrumental, prepositional."""
    nominative, genitive = NOMINATIVE[number], GENITIVE[number]
    stem, soft = genitive[:-1], nominative.endswith(("ь", "й"))
    dative, instrumental, prepositional = ("ю", "ем", "е") if soft else ("у", "ом", "е")
    return nominative, genitive, stem + dative, stem + instrumental, stem + prepositional


def weekday(day: date) -> str:
    """«среда»."""
    return WEEKDAYS[day.weekday()]


def day_month(day: date) -> str:
    """«30 ноября»."""
    return f"{day.day} {GENITIVE[day.month]}"


def day_month_year(day: date) -> str:
    """«30 ноября 2026»."""
    return f"{day_month(day)} {day.year}"


def counted(number: int, one: str, few: str, many: str) -> str:
    """The form of a noun after a number: 1 день, 2 дня, 5 дней, 11 дней, 21 день."""
    tail, last = abs(number) % 100, abs(number) % 10
    if 11 <= tail <= 14:
        return many
    return one if last == 1 else few if last in (2, 3, 4) else many


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 день», «3 дня», «11 дней»: the number with the right form of the noun."""
    return f"{number} {counted(number, one, few, many)}"
