"""From a deadline's words as printed to a short canonical phrase that the readers match.

`words` makes «Февраль – май 2022 г.» into `m02-m05 2022 uyear`: lower case, one kind of dash, one
form of each known word. `days` then makes `15.09.2021` into `15 m09 2021` and drops what carries no
meaning. They are apart because «5.4» in a phrase about a step is the step's number, not a date.
"""

import re

from roadmap.dues.fixed_days import with_named_days
from roadmap.dues.times import without_times
from roadmap.russian import LONGER_SHORT, SHORT, month_cases

# Every form of a word that schools use → its canonical word.
_FORMS = {
    "uyear": "год года году годом годы годов годах годам г гг",
    "uhalf": "полугодие полугодия полугодии полугодию полугодий полугодиях полугодье полгода",
    "uterm": "четверть четверти четвертью четвертей четвертям четвертях",
    "utri": "триместр триместра триместре триместру триместры триместров",
    "uquarter": "квартал квартала квартале кварталу кварталом кварталы кварталов кв",
    "umonth": "месяц месяца месяце месяцу месяцем месяцы месяцев мес",
    "uweek": "неделя недели неделю неделе недель неделей нед",
    "uday": "день дня дней дню днем дни дн",
    "every": "каждый каждая каждое каждого каждой каждую каждом каждому каждые каждых",
    "every uyear": "ежегодно",
    "every uhalf": "ежеполугодно",
    "every uquarter": "ежеквартально",
    "every umonth": "ежемесячно",
    "every uweek": "еженедельно",
    "every uday": "ежедневно",
    "раз": "раз раза разу",
    "school": "учебный учебного учебном учебному учебные учебных уч",
    "working": "рабочий рабочего рабочих рабочие рабочую раб",
    "calendar": "календарный календарного календарных календарные календ",
    "начало": "начало начала начале началу",
    "середина": "середина середины середине середину",
    "конец": "конец конца конце концу окончание окончания окончании окончанию "
    "завершение завершения завершении завершению",
    "половина": "половина половины половине половину",
    "декада": "декада декады декаде декаду",
    "last": "последний последняя последнее последней последнюю последнего последнем",
    "этап": "этап этапа этапе этапу",
    "1": "один одна одно одного одной одну первый первая первое первого первой первую первом",
    "2": "два две двух второй вторая второе второго вторую втором ii",
    "3": "три трех третий третья третье третьего третьей третью третьем iii",
    "4": "четыре четырех четвертый четвертая четвертое четвертого четвертой четвертую iv",
    "5": "пять пяти пятый пятая пятое пятого пятой",
    "6": "шесть шести шестой шестая шестого",
    "7": "семь семи седьмой седьмая седьмого",
    "8": "восемь восьми",
    "9": "девять девяти",
    "10": "десять десяти",
    "14": "четырнадцать четырнадцати",
    "15": "пятнадцать пятнадцати",
    "20": "двадцать двадцати",
    "30": "тридцать тридцати",
    "w0": "понедельник понедельника понедельникам пн",
    "w1": "вторник вторника вторникам вт",
    "w2": "среду среда среды средам ср",
    "w3": "четверг четверга четвергам чт",
    "w4": "пятницу пятница пятницы пятницам пт",
    "w5": "субботу суббота субботы субботам сб",
    "w6": "воскресенье воскресенья воскресеньям вс",
    "течение": "течении",  # a common misspelling
    "incl": "включительно",
    "к": "ко",
    "spring": "весна весны весну весне весной весною",
    "summer": "лето лета лету лете летом",
    "autumn": "осень осени осенью",
    "winter": "зима зимы зиму зиме зимой зимою",
}


def _vocabulary() -> dict[str, str]:
    known = {form: word for word, forms in _FORMS.items() for form in forms.split()}
    known["i"] = "1"
    for number in range(1, 13):
        for form in (*month_cases(number), SHORT[number]):
            known[form] = f"m{number:02d}"
    for form, number in LONGER_SHORT.items():
        known[form] = f"m{number:02d}"
    return known


_KNOWN = _vocabulary()

# Words that the grammars know as they are.
_PLAIN = frozenset(
    {
        "течение", "период", "периода", "протяжении", "реализации", "программы", "проекта", "плана",
        "числа", "числу", "позднее", "позже", "срок", "постоянно", "регулярно", "систематически",
        "необходимости", "следующего", "начиная", "после", "далее", "затем",
    }
)  # fmt: skip

# Kinds of dash, space and invisible sign that come out of Word and PDF files, and the Ukrainian
# «і» and Latin letters that stand for Roman figures or for Russian letters of the same shape.
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff«»\"“”„'", None),
        **dict.fromkeys("*†‡⁰¹²³⁴⁵⁶⁷⁸⁹", None),  # marks of footnotes
        **dict.fromkeys("()[];", ","),
        "ё": "е",
        "і": "i",
    }
)
_SAME_SHAPE = str.maketrans("aceopxykmtbh", "асеорхукмтвн")

_WORD = re.compile(r"[a-zа-я]+")
_MIXED = re.compile(r"(?:[a-z]+[а-я]|[а-я]+[a-z])[a-zа-я]*")
_LATIN_WORD = re.compile(r"\b[cko]\b")  # «c 15 по 20 мая» with a Latin c
_AFTER_END = re.compile(r"\bпо (?:окончани|завершени)[ию]\b")  # after the end, not until it
_HYPHENATED = re.compile(r"([а-я]+)-\s*([а-я]+)")
_DASH = re.compile(r"\s*-\s*")
_ORDINAL = re.compile(r"(\d)-?(?:ый|ий|ой|ая|ое|ую|го|му|ех|х|й|я|е|ю|м)\b")
_GLUED = re.compile(r"(?<=\d)(?=[а-я])|(?<=[а-я])(?=\d)")
_YEARS_CUT = re.compile(r"(?<![а-я])г\. ?г\b\.?")
_HEADING = re.compile(
    r"^срок(?:и|а)?(?: (?:исполнения|выполнения|реализации|проведения))?(?:[:-] ?| )"
)


def words(text: str, *, dotted_times: bool = True) -> str:
    """The text in canonical words, figures and dots untouched.

    `dotted_times`: whether «10.30» may be a time of day, which is left out.
    """
    line = " ".join(text.lower().translate(_SIGNS).split())
    if not line.isascii() and _MIXED.search(line):
        line = _MIXED.sub(_same_shape, line)
    line = _AFTER_END.sub("после конца", _LATIN_WORD.sub(_same_shape, line))
    line = _DASH.sub("-", line)
    if "-" in line:
        line = _HYPHENATED.sub(_rejoined, line)
        line = _ORDINAL.sub(r"\1", line)
    elif _ORDINAL.search(line):
        line = _ORDINAL.sub(r"\1", line)
    line = _YEARS_CUT.sub("гг", without_times(line, dotted=dotted_times))
    line = _HEADING.sub("", line)
    line = _GLUED.sub(" ", with_named_days(line))
    if _WORD.search(line):
        pieces = _mended(line.replace("-", " - ").split(" "))
        line = _DASH.sub("-", " ".join(pieces))
    return _WORD.sub(_canonical, line).strip(" .,")


def _canonical(match: re.Match[str]) -> str:
    return _KNOWN.get(match[0], match[0])


# Words that stand alone beside a fragment: «и юнь» is one word, «и июнь» two.
_WHOLE_WORDS = frozenset(
    ["а", "в", "во", "до", "за", "и", "к", "ко", "на", "не", "о", "об", "от", "по", "с", "со"]
)
_FRAGMENT = re.compile(r"[а-я]+")
_MOST_FRAGMENTS = 3


def _mended(pieces: list[str]) -> list[str]:
    """«сентя брь», cut without a hyphen, and «с е н т я б р ь», set wide, are one word."""
    found: list[str] = []
    at = 0
    while at < len(pieces):
        run = 0
        while at + run < len(pieces) and _FRAGMENT.fullmatch(pieces[at + run]):
            run += 1
        # The last piece may carry the comma or dot that follows the word.
        for count in range(min(run + 1, len(pieces) - at), 1, -1):
            parts = pieces[at : at + count]
            whole = "".join(parts)
            bare = whole.rstrip(".,")
            fragments = [part.rstrip(".,") for part in parts]
            apart = all(each in _KNOWN or each in _WHOLE_WORDS for each in fragments)
            spaced = all(len(each) == 1 for each in fragments)
            cut = count <= _MOST_FRAGMENTS and not apart
            if (spaced or cut) and len(bare) > 2 and (bare in _KNOWN or bare in _PLAIN):
                found.append(whole)
                at += count
                break
        else:
            found.append(pieces[at])
            at += 1
    return found


def _rejoined(match: re.Match[str]) -> str:
    # «сен-тябрь», cut by the end of a line in a narrow column, is one word.
    whole = match[1] + match[2]
    return whole if whole in _KNOWN or whole in _PLAIN else match[0]


_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_DATE = re.compile(r"\b(\d{1,2}) ?([./-]) ?(\d{1,2}) ?\2 ?(\d{4}|\d\d)\b")
_DAY_MONTH = re.compile(r"\b(\d{1,2})\.(\d\d)\b(?!\.?\d)")
_MONTH_YEAR = re.compile(r"\b(\d{1,2})[./](\d{4})\b")
# «с 2021 по 2022 учебный год» is one school year; in «с 2021–2022 учебного года» it begins.
_SCHOOL_YEARS = re.compile(
    r"(?:\bс (?=\d{4} по ))?\b(\d{4})(?:-|/| по )(\d{4}|\d\d)"
    r"(?: uschool|(?=(?:,| и| по) (?:и )?\d{4}[-/]))"
)
_SLASHED_YEARS = re.compile(r"\b(\d{4})/(\d{4}|\d\d)\b")
# A part of a school year next to two calendar years: they are the school year.
_TWO_YEARS = re.compile(r"\b(\d{4})-(\d{4}|\d\d)\b")
_YEAR_FIRST = re.compile(r"\b(s\d{4})[ ,]+((?:\d-)?\d u(?:term|half|tri))\b")
_YEAR_AFTER_COMMA = re.compile(r"(\bu(?:term|half|tri)) ?, (?=s\d{4})")
_YEAR_WORD = re.compile(r"\b(\d{4}) uyear\b")
_WEEKDAY = re.compile(r"(?:^|[ ,-]+)(?:в )?w(\d)(?=[ ,-]|$)")
_DAY_OF_MONTH = re.compile(r"\b\d{1,2} m\d\d")
_SPACES = re.compile(r" {2,}")
_COMMAS = re.compile(r" ?,[ ,]*")
_LATEST = re.compile(r"\bне (?:позднее|позже)\b")
_UNTIL = re.compile(r"(^|, )до (?=m|\d|s|u|spring|summer|autumn|winter)")
_YEAR_CUT = re.compile(r"(m\d\d) (19|20|21) (\d\d)\b")
_SHORT_YEAR = re.compile(r"(\d m\d\d(?= \d\d(?:$| uyear))|m\d\d(?=[ ,]+\d\d uyear))[ ,]+(\d\d)")
_IN_TIME = re.compile(r"\b(?:в )?срок (?=до|не|с |по )")
_STARTS_WITH_YEAR = re.compile(r"\d{4}\b")
_YEAR_APART = re.compile(r"(m\d\d|uquarter), (?=\d{4}\b)")


def days(phrase: str) -> str:
    """Canonical words with figures read as dates too: `15 m09 2021`, `s2021` (a school year)."""
    if "." in phrase or "/" in phrase or "-" in phrase:
        phrase = _ISO.sub(r"\3 m\2 \1", phrase)
        phrase = _DATE.sub(_full_date, phrase)
        phrase = _MONTH_YEAR.sub(lambda match: f"m{int(match[1]):02d} {match[2]}", phrase)
        phrase = _DAY_MONTH.sub(r"\1 m\2", phrase)
        phrase = phrase.replace(".", " ")
    phrase = phrase.replace(":", ",")
    phrase = _SPACES.sub(" ", phrase)
    if "school" in phrase:
        phrase = phrase.replace("school uyear", "uschool")
        phrase = _SCHOOL_YEARS.sub(_school_years, phrase)
    if "/" in phrase:
        phrase = _SLASHED_YEARS.sub(_school_years, phrase)
    if "uyear" in phrase:
        phrase = _YEAR_WORD.sub(r"\1", phrase)
    if "uterm" in phrase or "uhalf" in phrase or "utri" in phrase:
        phrase = _TWO_YEARS.sub(_school_years, phrase)
        phrase = _YEAR_FIRST.sub(r"\2 \1", phrase)
        phrase = _YEAR_AFTER_COMMA.sub(r"\1 ", phrase)
    phrase = _SHORT_YEAR.sub(r"\1 20\2", _YEAR_CUT.sub(r"\1 \2\3", phrase))
    if "," in phrase:
        phrase = _COMMAS.sub(", ", phrase)
        if not _STARTS_WITH_YEAR.match(phrase):
            phrase = _YEAR_APART.sub(r"\1 ", phrase)
    if "incl" in phrase:
        # «до мая включительно» ends with May, «до мая» may not.
        phrase = _UNTIL.sub(r"\1latest ", _SPACES.sub(" ", phrase.replace("incl", " ")))
    if "срок " in phrase:
        phrase = _IN_TIME.sub("", phrase)
    if "не поз" in phrase:
        phrase = _LATEST.sub("latest", phrase)
    return _DASH.sub("-", phrase).strip(" ,-")


def _same_shape(match: re.Match[str]) -> str:
    return match[0].translate(_SAME_SHAPE)


def without_weekday(phrase: str) -> tuple[str, int | None]:
    """The phrase without the day of the week that stands beside a date, and that day (0–6)."""
    found = _WEEKDAY.findall(phrase)
    if len(found) != 1 or not _DAY_OF_MONTH.search(phrase):
        return phrase, None
    left = _COMMAS.sub(", ", _SPACES.sub(" ", _WEEKDAY.sub(", ", phrase)))
    return _YEAR_APART.sub(r"\1 ", left).strip(" ,-"), int(found[0])


def _full_date(match: re.Match[str]) -> str:
    year = match[4] if len(match[4]) == 4 else "20" + match[4]
    return f"{match[1]} m{int(match[3]):02d} {year}"


def _school_years(match: re.Match[str]) -> str:
    first = int(match[1])
    last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
    if last <= first:
        # Backwards or one year twice: left as years, which the reader of spans then refuses.
        return f"{first}-{last}"
    return f"s{first}" if last == first + 1 else f"s{first}-s{last - 1}"
