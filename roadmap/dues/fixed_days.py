"""Days that have a name and stay where they are: 1 сентября, 9 мая, День учителя."""

import re
from datetime import date

from roadmap.dues.months import shift_month
from roadmap.russian import GENITIVE

# The name after «день», or the whole name; all as in the calendar of memorable dates of schools.
_OF_DAY = {
    "российского студенчества": (25, 1), "студента": (25, 1), "снятия блокады": (27, 1),
    "полного освобождения ленинграда": (27, 1), "российской науки": (8, 2),
    "памяти юного героя-антифашиста": (8, 2), "родного языка": (21, 2),
    "защитника отечества": (23, 2), "защитников отечества": (23, 2),
    "воссоединения крыма с россией": (18, 3), "здоровья": (7, 4), "космонавтики": (12, 4),
    "земли": (22, 4), "весны и труда": (1, 5), "победы": (9, 5), "музеев": (18, 5),
    "детских общественных организаций": (19, 5), "славянской письменности и культуры": (24, 5),
    "славянской письменности": (24, 5), "защиты детей": (1, 6), "русского языка": (6, 6),
    "россии": (12, 6), "памяти и скорби": (22, 6), "молодежи": (27, 6),
    "семьи, любви и верности": (8, 7), "государственного флага": (22, 8),
    "государственного флага россии": (22, 8), "знаний": (1, 9),
    "солидарности в борьбе с терроризмом": (3, 9), "воспитателя": (27, 9),
    "дошкольного работника": (27, 9), "пожилого человека": (1, 10), "пожилых людей": (1, 10),
    "музыки": (1, 10), "учителя": (5, 10), "лицея": (19, 10), "народного единства": (4, 11),
    "толерантности": (16, 11), "словаря": (22, 11), "государственного герба": (30, 11),
    "неизвестного солдата": (3, 12), "инвалидов": (3, 12), "добровольца": (5, 12),
    "волонтера": (5, 12), "художника": (8, 12), "героев отечества": (9, 12),
    "прав человека": (10, 12), "конституции": (12, 12), "конституции россии": (12, 12),
}  # fmt: skip
_WHOLE = {
    "татьянин день": (25, 1), "международный женский день": (8, 3),
    "международного женского дня": (8, 3), "международному женскому дню": (8, 3),
    "последний звонок": (25, 5), "последнего звонка": (25, 5), "последнему звонку": (25, 5),
}  # fmt: skip
# Public holidays and 1 September are meant as such however they are written; these only in words.
_HOLIDAYS = frozenset(
    {(1, 1), (7, 1), (23, 2), (8, 3), (1, 5), (9, 5), (12, 6), (1, 9), (4, 11)}
)  # fmt: skip
_IN_WORDS = {(5, 10): "октября", (25, 5): "мая"}

_DATE_AFTER = re.compile(r" \d{1,2}(?: [а-я]{3}|\.\d\d)")
_DATE_BEFORE = re.compile(r"\d (?:" + "|".join(GENITIVE[1:]) + r") $")
_QUOTES = str.maketrans(dict.fromkeys("«»\"“”„'"))
_PATTERN = re.compile(
    r"\b(?:(?:всемирн|международн|всероссийск)\w+ )?(?:(?:день|дня|дню|днем|дне) (?P<of>"
    + "|".join(sorted(map(re.escape, _OF_DAY), key=len, reverse=True))
    + r")(?: рф| российской федерации)?|(?P<whole>"
    + "|".join(sorted(_WHOLE, key=len, reverse=True))
    + r"))\b"
)


def is_fixed(day: date, text: str) -> bool:
    """Whether a text names a day that is kept on its date, whatever day of the week it is.

    By its name («День учителя»), as a public holiday or 1 September, or – День учителя and the
    last bell – as a day in words.
    """
    key = (day.day, day.month)
    if key in _HOLIDAYS:
        return True
    line = " ".join(text.lower().replace("ё", "е").translate(_QUOTES).split())
    return _PATTERN.search(line) is not None or (key in _IN_WORDS and _IN_WORDS[key] in line)


def shifted_fixed(day: date, months: int) -> date:
    """The same day of the year that is nearest to the day some months later."""
    about = shift_month(day, months)
    if months % 12 == 0:
        return about
    years = (year for year in (about.year - 1, about.year, about.year + 1) if 1 <= year <= 9999)
    return min((day.replace(year=year) for year in years), key=lambda each: abs(each - about))


def with_named_days(line: str) -> str:
    """A line in lower case, «ё» as «е», with the names of days as dates: «5 октября»."""
    if "д" not in line and "звон" not in line:
        return line
    return _PATTERN.sub(_dated, line)


def _dated(match: re.Match[str]) -> str:
    if _DATE_AFTER.match(match.string, match.end()) or _DATE_BEFORE.search(
        match.string, 0, match.start()
    ):
        return ""  # «последний звонок 24 мая»: the date itself is said
    day, month = _OF_DAY[match["of"]] if match["of"] else _WHOLE[match["whole"]]
    return f"{day} {GENITIVE[month]}"
