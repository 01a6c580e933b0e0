"""Deadlines built by grammar, each with the dates it means known from how it was built.

month, day, year × separators × order × brackets × words × line breaks. Nothing here knows how
deadlines are read: a form and its meaning come out of the same loop.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from roadmap.dues import Period
from roadmap.russian import GENITIVE, NOMINATIVE

PREPOSITIONAL = (
    "", "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре",
    "октябре", "ноябре", "декабре",
)  # fmt: skip
SHORT = ("", "янв.", "февр.", "март", "апр.", "май", "июнь", "июль", "авг.", "сент.", "окт.",
         "нояб.", "дек.")  # fmt: skip
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
SHORT_WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
NBSP = "\u00a0"

SCHOOL_YEAR = Period(date(2021, 9, 1), date(2022, 5, 31))
CALENDAR_YEAR = Period(date(2022, 1, 1), date(2022, 12, 31))
FOUR_YEARS = Period(date(2021, 9, 1), date(2025, 8, 31))

Turn = tuple[date | None, date]


@dataclass(frozen=True, slots=True)
class Form:
    """A text, the turns it means, and – where two readings make sense – the other one's turns."""

    text: str
    turns: tuple[Turn, ...]
    period: Period | None = None
    other: tuple[Turn, ...] = ()


def month(year: int, number: int) -> Turn:
    return date(year, number, 1), last_day(year, number)


def last_day(year: int, number: int) -> date:
    following = date(year + number // 12, number % 12 + 1, 1)
    return following - timedelta(days=1)


def day(year: int, number: int, of_month: int) -> Turn:
    one = date(year, number, of_month)
    return one, one


def until(year: int, number: int, of_month: int) -> Turn:
    return None, date(year, number, of_month)


def span(first: Turn, last: Turn) -> Turn:
    return first[0], last[1]


def every_form() -> tuple[Form, ...]:
    """All forms, each text in each period once. Two meanings for one would be a fault here."""
    found: dict[tuple[str, Period | None], Form] = {}
    for family in FAMILIES:
        for form in family():
            known = found.setdefault((form.text, form.period), form)
            assert known == form, f"{form.text!r}: {known.turns} or {form.turns}"
    return tuple(found.values())


# -- a month or a day with its year ---------------------------------------------------------------

YEAR_WORDS = ("{}", "{} г.", "{}г.", "{} год", "{} года", "({})", "({} г.)")
JOINTS = (" ", "\n", NBSP, "  ", " – ", "-", " — ", ", ", ",", " -\n")
MARKS = ("", "*", "**", "¹", " [2]", ".", ";")


def months_with_year() -> Iterator[Form]:
    for number, joint, words in product((2, 5, 9, 12), JOINTS, YEAR_WORDS):
        for name in (NOMINATIVE[number], SHORT[number].upper()):
            yield Form(f"{name}{joint}{words.format(2022)}", (month(2022, number),))
    for number, mark in product(range(1, 13), MARKS):
        yield Form(f"в {PREPOSITIONAL[number]} 2021 года{mark}", (month(2021, number),))
        yield Form(f"В течение {GENITIVE[number]} 2021 г.{mark}", (month(2021, number),))


def years_before() -> Iterator[Form]:
    joints = (" ", ", ", " – ", "-", ": ", " г., ", " год, ", " год: ", " г. ", "\n")
    for number, joint in product(range(1, 13), joints):
        yield Form(f"2022{joint}{NOMINATIVE[number]}", (month(2022, number),))
        yield Form(f"2022{joint}15 {GENITIVE[number]}", (day(2022, number, 15),))
    for joint in (", ", ": ", " год: "):
        yield Form(f"2022{joint}февраль, май", (month(2022, 2), month(2022, 5)))
        yield Form(f"2021{joint}октябрь; 2022{joint}март", (month(2021, 10), month(2022, 3)))
        yield Form(f"2022{joint}февраль–апрель", (span(month(2022, 2), month(2022, 4)),))


def days_with_year() -> Iterator[Form]:
    for number, joint, words in product((1, 5, 9, 11), JOINTS, YEAR_WORDS):
        yield Form(f"14 {GENITIVE[number]}{joint}{words.format(2022)}", (day(2022, number, 14),))
    for number, joint in product((1, 5, 9, 11), (" ", " – ", ", ", "\n")):
        yield Form(f"14.{number:02d}{joint}2022 г.", (day(2022, number, 14),))
        yield Form(f"до 14 {GENITIVE[number]}{joint}2022 года", (until(2022, number, 14),))
    written = ("14.{0:02d}.2022", "14. {0:02d}. 2022", "14 .{0:02d}.2022", "14/{0:02d}/2022",
               "14.{0:02d}.22", "2022-{0:02d}-14", "14.{0:02d}.2022г",
               "14-{0:02d}-2022")  # fmt: skip
    for number, shape, mark in product(range(1, 13), written, MARKS[:5]):
        yield Form(shape.format(number) + mark, (day(2022, number, 14),))


def months_joined_to_year() -> Iterator[Form]:
    dashes = ("-", "–", " – ", " — ", " -\n", "- ")
    for dash, joint, words in product(dashes, (" ", ", ", " – ", "\n"), ("{}", "{} г.", "({})")):
        year = words.format(2022)
        yield Form(f"февраль{dash}май{joint}{year}", (span(month(2022, 2), month(2022, 5)),))
        yield Form(f"октябрь{dash}март{joint}{year}", (span(month(2021, 10), month(2022, 3)),))
        yield Form(f"14{dash}20 мая{joint}{year}", (span(day(2022, 5, 14), day(2022, 5, 20)),))
    for dash, words in product(dashes, ("{}", "{} г.", "{} года")):
        first, last = words.format(2021), words.format(2022)
        both = (span(month(2021, 9), month(2022, 5)),)
        yield Form(f"сентябрь {first}{dash}май {last}", both)
        yield Form(f"с сентября {first} по май {last}", both)
        yield Form(f"с 1 сентября {first} по 31 мая {last}", both)
        yield Form(f"01.09.{first}{dash}31.05.{last}", both)


# -- several years after one month or day ---------------------------------------------------------


def several_years() -> Iterator[Form]:
    lists = ("2022, 2023, 2024", "2022, 2023 и 2024", "2022; 2023; 2024",
             "2022 г., 2023 г., 2024 г.",
             "2022,2023,2024 гг.", "2022, 2023,\n2024 годов")  # fmt: skip
    dashed = ("2022–2024", "2022-2024 гг.", "2022 – 2024 годов", "2022—2024 г.г.", "2022-2024гг")
    years = (2022, 2023, 2024)
    for number in range(1, 13):
        monthly = tuple(month(year, number) for year in years)
        daily = tuple(day(year, number, 14) for year in years)
        ends = tuple(until(year, number, 14) for year in years)
        through = (span(month(2022, number), month(2024, 12)),)
        for said in lists:
            yield Form(f"{NOMINATIVE[number]} {said}", monthly)
            yield Form(f"14 {GENITIVE[number]} {said}", daily)
            yield Form(f"до 14.{number:02d} {said}", ends)
        for said in dashed:
            yield Form(f"{NOMINATIVE[number]} {said}", monthly, other=through)
            yield Form(f"14 {GENITIVE[number]} {said}", daily)
            yield Form(f"до 14.{number:02d} {said}", ends)
            yield Form(f"не позднее 14 {GENITIVE[number]} {said}", ends)
    for said in lists:
        both = tuple(month(year, number) for year in years for number in (4, 10))
        yield Form(f"апрель, октябрь {said}", both)
        yield Form(f"апрель и октябрь {said}", both)


def two_years_or_a_school_year() -> Iterator[Form]:
    for number, years in product((2, 5, 9, 10, 12), ("2022–2023", "2022-2023 гг.", "2022 – 2023")):
        of_school_year = (month(2022 if number >= 8 else 2023, number),)
        each = (month(2022, number), month(2023, number))
        text = f"{NOMINATIVE[number]} {years}"
        yield Form(text, each, FOUR_YEARS, of_school_year)
        only = Period(date(2022, 9, 1), date(2023, 6, 30))
        yield Form(text, of_school_year, only)
    for said in (
        "2022–2023",
        "2022/2023",
        "2022-2023 учебный год",
        "2022/23 уч. г.",
        "2022–2023 гг.",
    ):
        yield Form(f"сентябрь–май {said}", (span(month(2022, 9), month(2023, 5)),))


def school_years() -> Iterator[Form]:
    said = ("2021–2022 учебного года", "2021-2022 уч. года", "2021/2022 учебного года",
            "2021/22 уч.г.", "2021 – 2022 учебный год", "2021/2022")  # fmt: skip
    for number, year in product(range(1, 13), said):
        if number in (6, 7, 8):
            continue
        first = 2021 if number >= 8 else 2022
        yield Form(f"{NOMINATIVE[number]} {year}", (month(first, number),))
        yield Form(f"{NOMINATIVE[number]}, {year}", (month(first, number),))
        yield Form(f"до 14 {GENITIVE[number]} {year}", (until(first, number, 14),))
    whole = (date(2021, 9, 1), date(2022, 5, 31))
    for year in said:
        yield Form(year, (whole,))
        yield Form(f"в течение {year}", (whole,))
        yield Form(f"октябрь, март {year}", (month(2021, 10), month(2022, 3)))
        yield Form(f"октябрь–март {year}", (span(month(2021, 10), month(2022, 3)),))


# -- ranges whose first day has no month ----------------------------------------------------------


def days_without_month() -> Iterator[Form]:
    shapes = ("с {0} по {1} {2} 2022", "с {0}-го по {1}-е {2} 2022 г.",
              "{0}–{1} {2} 2022 года",
              "{0}-{1}.{3:02d}.2022", "{0} – {1}.{3:02d}.2022",
              "с {0} до {1} {2} 2022")  # fmt: skip
    for number, shape in product(range(1, 13), shapes):
        end = date(2022, number, 5)
        start = (end.replace(day=1) - timedelta(days=1)).replace(day=27)
        text = shape.format(27, 5, GENITIVE[number], number)
        yield Form(text, ((start, end),))
        text = shape.format(5, 27, GENITIVE[number], number)
        yield Form(text, ((end, end.replace(day=27)),))
    for number in (10, 11, 12, 2, 3, 4, 5):
        year = 2021 if number > 8 else 2022
        end = date(year, number, 4)
        start = (end.replace(day=1) - timedelta(days=1)).replace(day=28)
        for text in (f"28–04.{number:02d}", f"с 28 по 4 {GENITIVE[number]}", f"28-4.{number:02d}"):
            yield Form(text, ((start, end),), SCHOOL_YEAR)


# -- brackets that explain ------------------------------------------------------------------------


def brackets_with_days() -> Iterator[Form]:
    months = ((9, 2021), (12, 2021), (2, 2022), (5, 2022))
    for (number, year), written in product(months, ("{0} {1}", "{0} {1} г.", "{0}")):
        name = written.format(NOMINATIVE[number].capitalize(), year)
        period = None if str(year) in name else SCHOOL_YEAR
        first = date(year, number, 1)
        for inside in ("до 15-го", "до 15", "до 15 числа", "не позднее 15 числа",
                       f"до 15 {GENITIVE[number]}", f"до 15.{number:02d}"):  # fmt: skip
            yield Form(f"{name} ({inside})", ((first, first.replace(day=15)),), period)
        for inside in ("15–20", "15-20 числа", "с 15 по 20", "с 15 по 20 число", "15 – 20-е",
                       f"15–20 {GENITIVE[number]}", f"15-20.{number:02d}",
                       f"15.{number:02d}–20.{number:02d}"):  # fmt: skip
            days = (first.replace(day=15), first.replace(day=20))
            yield Form(f"{name} ({inside})", (days,), period)
        for inside in ("первая половина", "1-я половина месяца"):
            yield Form(f"{name} ({inside})", ((first, first.replace(day=15)),), period)
        for inside in ("2 декада", "вторая декада"):
            days = (first.replace(day=11), first.replace(day=20))
            yield Form(f"{name} ({inside})", (days,), period)
        for inside in ("15-го", "15 числа", f"15 {GENITIVE[number]}", f"15.{number:02d}"):
            yield Form(f"{name} ({inside})", (day(year, number, 15),), period)


def brackets_with_months() -> Iterator[Form]:
    quarters = (
        ("I квартал", 1, 3),
        ("2 квартал", 4, 6),
        ("III кв.", 7, 9),
        ("4-й квартал", 10, 12),
    )
    for (name, first, last), dash in product(quarters, ("–", " – ", "-", " - ")):
        whole = (span(month(2022, first), month(2022, last)),)
        pair = f"{NOMINATIVE[first]}{dash}{NOMINATIVE[last]}"
        for year in ("2022", "2022 г.", "2022 года"):
            yield Form(f"{name} {year} ({pair})", whole)
            yield Form(f"{name} ({pair}) {year}", whole)
            yield Form(f"{name} {year} ({NOMINATIVE[first + 1]})", (month(2022, first + 1),))
        yield Form(f"{name} ({pair})", whole, CALENDAR_YEAR)
        yield Form(f"{name} 2022 ({pair} 2022)", whole)
    for year in ("2021–2022 учебного года", "2021/2022 уч. года"):
        half = (span(month(2021, 9), month(2021, 12)),)
        yield Form(f"1 полугодие {year} (сентябрь–декабрь)", half)
        yield Form(f"1 полугодие {year} (сентябрь – декабрь)", half)
    seasons = (("осень", 2021, 9, 11), ("весна", 2022, 3, 5))
    for name, year, first, last in seasons:
        whole = (span(month(year, first), month(year, last)),)
        yield Form(f"{name} {year} ({NOMINATIVE[first]}–{NOMINATIVE[last]})", whole)
        yield Form(f"{name} {year} ({NOMINATIVE[first]})", (month(year, first),))
    for first, last in ((9, 10), (11, 12), (2, 4)):
        year = 2021 if first > 8 else 2022
        name = f"{NOMINATIVE[first]}–{NOMINATIVE[last]} {year}"
        text = f"{name} (до 15 {GENITIVE[last]})"
        yield Form(text, ((date(year, first, 1), date(year, last, 15)),))


def brackets_with_words() -> Iterator[Form]:
    for number in (9, 11, 2, 5):
        year = 2021 if number > 8 else 2022
        one = date(year, number, 14)
        full, short = WEEKDAYS[one.weekday()], SHORT_WEEKDAYS[one.weekday()]
        for written in (f"14 {GENITIVE[number]} {year} г.", f"14.{number:02d}.{year}"):
            for inside in (full, short, f"{short}.", f"{full}, 15.00", f"{full} в 10.00"):
                yield Form(f"{written} ({inside})", ((one, one),))
            yield Form(f"{written}, {full}", ((one, one),))
            yield Form(f"{full}, {written}", ((one, one),))
            yield Form(f"{written} ({short}), 15:00", ((one, one),))
        yield Form(f"14 {GENITIVE[number]} ({full})", ((one, one),), SCHOOL_YEAR)
        yield Form(f"14 {GENITIVE[number]} ({full})", ((one, one),), FOUR_YEARS)


def brackets_that_settle() -> Iterator[Form]:
    halves = (
        ("1 полугодие", "январь – июнь", 1, 6),
        ("1 полугодие", "сентябрь–декабрь", 9, 12),
        ("2 полугодие", "июль–декабрь", 7, 12),
        ("II полугодие", "январь – май", 1, 5),
    )
    for name, inside, first, last in halves:
        turns = (span(month(2022, first), month(2022, last)),)
        yield Form(f"{name} 2022 ({inside})", turns)
        yield Form(f"{name} ({inside}) 2022 г.", turns)
    for words in ("{} (2022, 2023, 2024)", "{} (2022, 2023 и 2024 гг.)"):
        for number in range(1, 13):
            text = words.format(NOMINATIVE[number])
            yield Form(text, tuple(month(year, number) for year in (2022, 2023, 2024)))
    for number in range(1, 13):
        turns = tuple(month(year, number) for year in (2022, 2023, 2024))
        yield Form(f"2022–2024 гг. ({NOMINATIVE[number]})", turns)
        yield Form(f"2022, 2023, 2024 ({NOMINATIVE[number]})", turns)
    for separator in (", ", "; "):
        first, last = (date(2021, 9, 1), date(2021, 9, 15)), (date(2022, 5, 1), date(2022, 5, 20))
        text = f"сентябрь 2021 (до 15-го){separator}май 2022 (до 20-го)"
        yield Form(text, (first, last))
        text = f"сентябрь 2021 (5 классы){separator}май 2022 (итоговая)"
        yield Form(text, (month(2021, 9), month(2022, 5)))
    for number, year in ((9, 2021), (3, 2022)):
        days = (day(year, number, 1), day(year, number, 15))
        yield Form(f"{NOMINATIVE[number]} {year} (1 и 15 числа)", days)
        yield Form(f"{NOMINATIVE[number]} {year} (1, 15)", days)


# -- lists without years --------------------------------------------------------------------------

SEASONS = {"осень": (9, 11), "весна": (3, 5), "осенью": (9, 11), "весной": (3, 5)}


def lists_out_of_order() -> Iterator[Form]:
    school = (9, 10, 11, 12, 1, 2, 3, 4, 5)
    separators = (", ", "; ", " и ", ",\n")
    for (first, last), separator in product(product(school, school), separators):
        if first == last:
            continue
        turns = tuple(sorted(month(2021 if n > 8 else 2022, n) for n in (first, last)))
        yield Form(f"{NOMINATIVE[first]}{separator}{NOMINATIVE[last]}", turns, SCHOOL_YEAR)
    for (first, last), separator in product(product(SEASONS, SEASONS), separators):
        if SEASONS[first] == SEASONS[last]:
            continue
        turns = tuple(
            sorted(
                span(*(month(2021 if n > 8 else 2022, n) for n in SEASONS[name]))
                for name in (first, last)
            )
        )
        yield Form(f"{first}{separator}{last}", turns, SCHOOL_YEAR)
    for listed in ((10, 4, 12), (5, 9, 1), (3, 4, 9), (1, 5, 10), (4, 3, 11), (12, 10, 2)):
        turns = tuple(sorted(month(2021 if n > 8 else 2022, n) for n in listed))
        for separator in (", ", "; "):
            text = separator.join(NOMINATIVE[n] for n in listed)
            yield Form(text, turns, SCHOOL_YEAR)
    for first, last in ((5, 4), (6, 2), (11, 9), (10, 3), (12, 1), (7, 3)):
        turns = tuple(sorted(month(2022, n) for n in (first, last)))
        yield Form(f"{NOMINATIVE[first]}, {NOMINATIVE[last]}", turns, CALENDAR_YEAR)


# -- half-years, «с», «включительно» --------------------------------------------------------------


def half_years() -> Iterator[Form]:
    calendar = (span(month(2022, 1), month(2022, 6)), span(month(2022, 7), month(2022, 12)))
    taught = ((date(2022, 9, 1), date(2022, 12, 31)), (date(2022, 1, 1), date(2022, 5, 31)))
    from_autumn = Period(date(2022, 9, 1), date(2023, 5, 31))
    names = (("1 полугодие", "I полугодие", "первое полугодие"),
             ("2 полугодие", "II полугодие", "второе полугодие"))  # fmt: skip
    for number, year in product((0, 1), ("2022", "2022 г.", "2022 года", "– 2022", "(2022)")):
        for name in names[number]:
            text = f"{name} {year}"
            yield Form(text, (calendar[number],), None, (taught[number],))
            yield Form(text, (calendar[number],), CALENDAR_YEAR, (taught[number],))
            only = from_autumn if number == 0 else SCHOOL_YEAR
            yield Form(text, (taught[number],), only)
    for number, name in ((n, name) for n in (0, 1) for name in names[n]):
        yield Form(name, (calendar[number],), CALENDAR_YEAR, (taught[number],))
        of_school_year = ((date(2021, 9, 1), date(2021, 12, 31)), taught[1])[number]
        yield Form(f"в течение {name[0]} полугодия" if name[0].isdigit() else name,
                   (of_school_year,), SCHOOL_YEAR)  # fmt: skip


def inclusive_ends() -> Iterator[Form]:
    for number in range(1, 13):
        end = last_day(2022, number)
        for text in ("до {} 2022 включительно", "по {} 2022 г. включительно",
                     "до {} включительно 2022 года", "до {} 2022 г. (включительно)"):  # fmt: skip
            yield Form(text.format(GENITIVE[number]), ((None, end),))
        text = f"до 14 {GENITIVE[number]} 2022 включительно"
        yield Form(text, (until(2022, number, 14),))
        if number < 12:
            text = f"с января по {NOMINATIVE[number + 1]} включительно 2022"
            yield Form(text, (span(month(2022, 1), month(2022, number + 1)),))


# -- weeks, times, names of days, years that follow -----------------------------------------------


def weeks() -> Iterator[Form]:
    days = {"1": (1, 7), "2": (8, 14), "3": (15, 21), "4": (22, 28)}
    forms = (("1–2 неделя", "1", "2"), ("3–4 неделя", "3", "4"), ("3-4 недели", "3", "4"),
             ("3 – 4 неделя", "3", "4"), ("2-3-я неделя", "2", "3"),
             ("вторая–третья недели", "2", "3"),
             ("2-я неделя", "2", "2"), ("1 неделя", "1", "1"),
             ("третья неделя", "3", "3"))  # fmt: skip
    for number, (name, first, last) in product(range(1, 13), forms):
        start, end = date(2022, number, days[first][0]), date(2022, number, days[last][1])
        yield Form(f"{name} {GENITIVE[number]} 2022", ((start, end),))
        yield Form(f"{NOMINATIVE[number]} 2022 ({name})", ((start, end),))


def times_of_day() -> Iterator[Form]:
    times = ("в 10.00", "в 15:30", "в 11.10", "в 9-00", "в 14.00 ч.", "в 15 часов", "10.00",
             "с 10.00 до 12.30", "10:00–11:30", "начало в 10.00",
             "в 14 ч. 30 мин.", "в 10 утра")  # fmt: skip
    for number, time, joint in product((9, 11, 2, 5), times, (" ", ", ", "\n")):
        year = 2021 if number > 8 else 2022
        yield Form(f"14 {GENITIVE[number]} {year} г.{joint}{time}", (day(year, number, 14),))
        yield Form(f"14.{number:02d}.{year}{joint}{time}", (day(year, number, 14),))
    for weekday, time in product(range(5), ("", " в 11.10", ", в 15:30", " в 8.30", " в 10.00")):
        name = ("каждый понедельник", "каждый вторник", "каждую среду", "каждый четверг",
                "каждую пятницу")[weekday]  # fmt: skip
        first = date(2022, 9, 1) + timedelta(days=(weekday - date(2022, 9, 1).weekday()) % 7)
        turns, period = [], Period(date(2022, 9, 1), date(2022, 10, 31))
        while first <= period.end:
            turns.append((first, first))
            first += timedelta(days=7)
        yield Form(f"{name}{time}", tuple(turns), period)


NAMED = (
    ("День знаний", 9, 1), ("День учителя", 10, 5), ("День Победы", 5, 9),
    ("День народного единства", 11, 4), ("День защитника Отечества", 2, 23),
    ("Международный женский день", 3, 8), ("8 Марта", 3, 8), ("День защиты детей", 6, 1),
    ("День космонавтики", 4, 12), ("День России", 6, 12), ("Последний звонок", 5, 25),
    ("День пожилого человека", 10, 1), ("День Конституции", 12, 12),
)  # fmt: skip


def named_days_of_the_year() -> Iterator[Form]:
    for name, number, of_month in NAMED:
        one = day(2022, number, of_month)
        said = f"{of_month} {GENITIVE[number]}"
        yield Form(name, (one,), CALENDAR_YEAR)
        yield Form(f"ко Дню{name[4:]}" if name.startswith("День") else name, (one,)
                   if not name.startswith("День") else (until(2022, number, of_month),),
                   CALENDAR_YEAR)  # fmt: skip
        for text in ("{0} 2022", "{0} 2022 г.", "«{0}» 2022 года", "{0}, 2022"):
            yield Form(text.format(name), (one,))
        if said != name.lower():
            yield Form(f"{name} ({said})", (one,), CALENDAR_YEAR)
            yield Form(f"{said} ({name})", (one,), CALENDAR_YEAR)
            yield Form(f"{said} – {name}", (one,), CALENDAR_YEAR)
            yield Form(f"{said} 2022 г., {name}", (one,))
            yield Form(f"{name} {said} 2022 г.", (one,))
            yield Form(f"{said} {name}", (one,), CALENDAR_YEAR)


def yearly_from_a_first_time() -> Iterator[Form]:
    tails = (", далее ежегодно", ", далее – ежегодно", " и далее ежегодно", ", затем ежегодно",
             ", далее каждый год", " далее ежегодно", ", ежегодно")  # fmt: skip
    period = Period(date(2021, 9, 1), date(2024, 8, 31))
    for number, tail in product((9, 11, 2, 5), tails):
        first = 2021 if number > 8 else 2022
        years = range(first, first + 3)
        yield Form(
            f"{NOMINATIVE[number]} {first}{tail}", tuple(month(y, number) for y in years), period
        )
        yield Form(
            f"до 14.{number:02d}.{first}{tail}", tuple(until(y, number, 14) for y in years), period
        )
        yield Form(
            f"14 {GENITIVE[number]} {first} г.{tail}", tuple(day(y, number, 14) for y in years),
            period,
        )  # fmt: skip


# -- what a narrow column and a careless hand do --------------------------------------------------


def cut_words() -> Iterator[Form]:
    for number in range(1, 13):
        name = NOMINATIVE[number]
        for at, cut in product(range(2, len(name) - 1), ("-\n", "\n", " ", "- ")):
            yield Form(f"{name[:at]}{cut}{name[at:]} 2022", (month(2022, number),))
        name = GENITIVE[number]
        for at, cut in product(range(2, len(name) - 1), ("-\n", "\n")):
            yield Form(f"14 {name[:at]}{cut}{name[at:]} 2022 г.", (day(2022, number, 14),))
        yield Form(f"{' '.join(NOMINATIVE[number])} 2022", (month(2022, number),))
        yield Form(f"{NOMINATIVE[number]}2022г.", (month(2022, number),))
        yield Form(f"14{GENITIVE[number]}2022", (day(2022, number, 14),))
        yield Form(f"{NOMINATIVE[number]} 20\n22", (month(2022, number),))
        yield Form(f"до14.{number:02d}.2022", (until(2022, number, 14),))
    for said in (
        "2021-2024г.г.",
        "2021–2024 г.г.",
        "2021 - 2024 г. г.",
        "2021—2024 гг",
        "2021–\n2024 годы",
    ):
        yield Form(said, ((date(2021, 1, 1), date(2024, 12, 31)),))
    for separator in ("\n", ",\n", ";\n"):
        text = f"сентябрь 2021{separator}май 2022"
        yield Form(text, (month(2021, 9), month(2022, 5)))


FAMILIES = (
    months_with_year, years_before, days_with_year, months_joined_to_year, several_years,
    two_years_or_a_school_year, school_years, days_without_month, brackets_with_days,
    brackets_with_months, brackets_with_words, brackets_that_settle, lists_out_of_order,
    half_years, inclusive_ends, weeks, times_of_day, named_days_of_the_year,
    yearly_from_a_first_time, cut_words,
)  # fmt: skip
