"""Problems of a road map file: one catalogue of codes, with the sentence each is shown as.

Every problem has two sentences. `message` is the compiler-style line that editors and `--json`
read and that speaks of keys as the file spells them; `explanation` says the same to the school.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong or doubtful. `line` counts from 1; `file` is the name as it was given.

    `explanation` may go on over several lines: what to type to repair it. `at`: the steps that the
    problem is about; none when it is about the whole road map.
    """

    file: str
    line: int
    severity: Severity
    code: str
    message: str
    explanation: str
    at: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


_CATALOGUE: dict[str, tuple[Severity, str, str]] = {
    # reading the file
    "no-file": ("error", "no such file", "такого файла нет; проверьте имя и папку"),
    "not-readable": ("error", "cannot be read: {detail}", "файл не читается: {detail}"),
    "too-large": (
        "error",
        "file is {kb} KB, the limit is {limit} KB",
        "файл занимает {kb} КБ, можно не больше {limit} КБ; уберите лишнее",
    ),
    "not-utf8": (
        "error",
        "not UTF-8 text; save the file as UTF-8",
        "файл не в кодировке UTF-8; в «Блокноте»: «Сохранить как» – кодировка UTF-8",
    ),
    "empty": ("error", "the file is empty", "файл пуст; начните с title, people и stages"),
    "tab": (
        "error",
        "a tab where only spaces may be; use spaces",
        "здесь табуляция; замените её пробелами",
    ),
    "broken-yaml": (
        "error",
        "broken YAML: {detail}",
        "запись нарушена: {meant}",
    ),
    "control-character": (
        "error",
        "a control character in the text",
        "в тексте невидимый управляющий знак; удалите его и наберите это место заново",
    ),
    "many-documents": (
        "error",
        "a second document starts here; one file holds one road map",
        "здесь начинается второй документ (---); в файле должна быть одна дорожная карта",
    ),
    "anchor": (
        "error",
        'anchor "&{name}" is not allowed; write the value out',
        "метки (&{name}) не допускаются; напишите значение полностью",
    ),
    "alias": (
        "error",
        'alias "*{name}" is not allowed; write the value out',
        "ссылки на метки (*{name}) не допускаются; напишите значение полностью",
    ),
    "tag": ("error", 'tag "{name}" is not allowed', "пометка типа {name} не допускается; уберите"),
    "too-deep": (
        "error",
        "nested deeper than {limit} levels",
        "вложенность больше {limit} уровней; в дорожной карте столько не нужно",
    ),
    "key-not-text": (
        "error",
        "a key must be plain text",
        "имя поля должно быть простым словом, а не списком",
    ),
    "duplicate-key": (
        "error",
        'duplicate key "{key}", first on line {first}',
        "поле {key} уже есть в строке {first}; оставьте одно",
    ),
    # shape
    "not-a-mapping": (
        "error",
        "{where}: expected keys and values, got {got}",
        "{where_ru}: здесь нужны поля вида «имя: значение», а стоит {got_ru}",
    ),
    "not-a-list": (
        "error",
        "{where}: expected a list, got {got}",
        "{where_ru}: здесь нужен список (строки с «- »), а стоит {got_ru}",
    ),
    "not-text": (
        "error",
        "{where}: expected text, got {got}",
        "{where_ru}: здесь нужен текст, а стоит {got_ru}",
    ),
    "missing-key": (
        "error",
        '{where}: key "{key}" is missing',
        "{where_ru}: не хватает поля {key} ({about})",
    ),
    "empty-value": (
        "error",
        '{where}: "{key}" is empty',
        "{where_ru}: поле {key} пустое; заполните его",
    ),
    "unknown-key": (
        "error",
        '{where}: unknown key "{key}"{hint}',
        "{where_ru}: поля «{key}» нет{hint_ru}",
    ),
    "bad-choice": (
        "error",
        '{where}: {key} "{value}" is not known; {hint}',
        "{where_ru}: в поле {key} стоит «{value}»; {hint_ru}",
    ),
    "bad-number": (
        "error",
        '{where}: {key} "{value}" is not a whole number from {low} to {high}',
        "{where_ru}: в поле {key} стоит «{value}», нужно целое число от {low} до {high}",
    ),
    "bad-flag": (
        "error",
        '{where}: {key} "{value}" must be true or false',
        "{where_ru}: в поле {key} стоит «{value}», нужно true (да) или false (нет)",
    ),
    "bad-code": (
        "error",
        '{where}: id "{value}" may hold only letters, digits, dots and hyphens',
        "{where_ru}: номер «{value}» может состоять только из букв, цифр, точек и дефисов",
    ),
    "bad-email": (
        "error",
        '{where}: email "{value}" is not an address',
        "{where_ru}: «{value}» не похоже на адрес электронной почты",
    ),
    "no-email": (
        "error",
        "{where}: no email; letters to this person would go nowhere",
        "{where_ru}: нет адреса (email), письма этому человеку послать некуда; укажите адрес",
    ),
    "no-name": (
        "error",
        "{where}: neither name nor post; give at least one",
        "{where_ru}: нет ни имени (name), ни должности (post); укажите хотя бы одно",
    ),
    "unknown-zone": (
        "error",
        '{where}: zone "{value}" is not an IANA time zone{hint}',
        "{where_ru}: часового пояса «{value}» нет{hint_ru}",
    ),
    "bad-date": (
        "error",
        '{where}: {key} "{value}" is not a date that exists',
        "{where_ru}: в поле {key} стоит «{value}» – такой даты нет; пишите, например, 01.09.2026",
    ),
    "period-reversed": (
        "error",
        "{where}: the period ends ({end}) before it starts ({start})",
        "{where_ru}: период кончается ({end}) раньше, чем начинается ({start})",
    ),
    "span-wrong": (
        "error",
        "{where}: from {start} to {end} is no span of a school year",
        "{where_ru}: с {start} по {end} – проверьте даты: конец раньше начала или отрезок длиннее "
        "учебного года",
    ),
    "no-such-term": (
        "error",
        "{where}: number {value} is not from 1 to {most}",
        "{where_ru}: номер {value}, а в учебном году их {most}",
    ),
    # dues
    "due-no-such-date": (
        "error",
        '{where}: due "{value}" names a date that does not exist',
        "{where_ru}: {doubt}",
    ),
    "due-end-before-start": (
        "error",
        '{where}: due "{value}" ends before it starts',
        "{where_ru}: {doubt}",
    ),
    "due-no-year": (
        "warning",
        '{where}: due "{value}" has no year and the road map has no period',
        "{where_ru}: {doubt}",
    ),
    "due-undated": (
        "warning",
        '{where}: due "{value}" cannot be dated; the curator will be asked',
        "{where_ru}: {doubt}",
    ),
    "due-two-readings": (
        "warning",
        '{where}: due "{value}" can be read in more than one way',
        "{where_ru}: {doubt}",
    ),
    "due-unknown-step": (
        "warning",
        '{where}: due "{value}" follows step "{event}", which is not in the road map{hint}; '
        "it has no date",
        "{where_ru}: срок «{value}» считается от мероприятия {event}, которого в плане нет"
        "{hint_ru}; поэтому срок не определён – исправьте номер или назовите дату",
    ),
    "due-unknown-stage": (
        "warning",
        '{where}: due "{value}" follows stage "{event}", which is not in the road map; '
        "it has no date; use one of: {known}",
        "{where_ru}: срок «{value}» считается от этапа {event}, которого в плане нет (есть: "
        "{known}); поэтому срок не определён – исправьте номер или назовите дату",
    ),
    "due-doubt": ("warning", '{where}: due "{value}" is doubtful', "{where_ru}: {doubt}"),
    # references
    "duplicate-stage": (
        "error",
        "stage {value}: this number is already taken on line {first}",
        "этап {value}: этот номер уже занят в строке {first}; дайте другой",
    ),
    "duplicate-step": (
        "error",
        "step {value}: this number is already taken on line {first}",
        "мероприятие {value}: этот номер уже занят в строке {first}; дайте другой",
    ),
    "duplicate-email": (
        "error",
        '{where}: email "{value}" already belongs to "{other}"',
        "{where_ru}: адрес «{value}» уже указан у {other}; у каждого должен быть свой",
    ),
    "unknown-owner": (
        "error",
        '{where}: owner "{value}" is not in people; use one of: {known}',
        "{where_ru}: ответственного «{value}» нет в people; впишите его туда или возьмите "
        "одного из: {known}",
    ),
    "unknown-stage": (
        "error",
        '{where}: after names stage "{value}", which is not in the road map; use one of: {known}',
        "{where_ru}: в after назван этап «{value}», которого нет; есть: {known}",
    ),
    "unknown-step": (
        "error",
        '{where}: needs names step "{value}", which is not in the road map{hint}',
        "{where_ru}: в needs названо мероприятие «{value}», которого нет{hint_ru}",
    ),
    "self-reference": (
        "error",
        "{where}: waits for itself",
        "{where_ru}: ждёт само себя; уберите этот номер",
    ),
    "cycle": (
        "error",
        "{where}: waits in a circle: {path}",
        "{where_ru}: ждут друг друга по кругу ({path}) и не начнутся никогда; уберите одно из "
        "условий",
    ),
    # contradictions: a plan that is written well and still cannot be kept
    "stage-before-gate": (
        "warning",
        "stage {stage}: planned for {own_iso}, but cannot open before {opens_iso}, when step "
        "{source} ({file}:{source_line}) is due: {count} late on opening",
        "этап {stage} не может начаться раньше {opens}: {overdue} в день открытия. Этап намечен "
        "на {own}, а ждёт этапа {source_stage}, где {source} – {source_due} (строка "
        "{source_line}){also}.{repairs}",
    ),
    "cannot-be-met": (
        "warning",
        "{where}: due {own_iso}, but cannot begin before {opens_iso}, when step {source} "
        "({file}:{source_line}) is due: {count} late on opening",
        "{where_ru} не может начаться раньше {opens}: {overdue} в день открытия – {steps}. Раньше "
        "должно быть выполнено {source} – {source_due} (строка {source_line}){also}.{repairs}",
    ),
    "due-before-needs": (
        "warning",
        "step {step}: due {own_iso}, before step {source} it needs ({file}:{source_line}), due "
        "{opens_iso}: {days} late on opening",
        "мероприятие {step} – {own} – ждёт {source} – {source_due} (строка {source_line}) – и не "
        "может начаться раньше {opens}: просрочено на {late} в день открытия{also}.{repairs}",
    ),
    "outside-period": (
        "warning",
        "step {step}: due {own_iso}, outside the period {period_iso} ({file}:{period_line}); "
        "{count} outside",
        "вне периода программы {period} (строка {period_line}) – {outside}: {steps}. Дальше всех "
        "{step}: {own}, на {late} {side} периода.{repairs}",
    ),
    "week-overload": (
        "warning",
        'person "{person}": {count} steps due in the week of {week_iso}, more than {most}: {steps}',
        "{name} (строка {person_line}): {due_count} за неделю {week}, больше {most}: {lines}"
        "{also}.{repairs}",
    ),
    "due-on-day-off": (
        "warning",
        "step {step}: due {own_iso} is a day off ({calendar_place}); the deadline is {moved_iso}",
        "мероприятие {step}: {own} – {day_name}, {moved} ({calendar_place_ru}).{repairs}",
    ),
    "accepted-unknown": (
        "warning",
        'accepted: code "{value}" is not one that can be accepted; use one of: {known}',
        "в accepted стоит код «{value}»: принять можно только замечание, {hint}",
    ),
    "accepted-nothing": (
        "warning",
        'accepted: "{value}"{places} matches nothing; remove it',
        "в accepted принято замечание {value}{places_ru}, а такого больше нет; уберите эту запись",
    ),
    # people
    "no-director": (
        "warning",
        'people: nobody has the role "director"; gates cannot be opened early',
        "people: ни у кого нет роли director; некому будет открыть этап раньше срока",
    ),
    "no-curator": (
        "warning",
        'people: nobody has the role "curator"; reports will go to the director',
        "people: ни у кого нет роли curator; отчёты пойдут директору",
    ),
}


def problem(
    code: str, file: str, line: int, at: tuple[str, ...] = (), /, **values: object
) -> Problem:
    """The problem `code` at a place, its two sentences filled in with `values`."""
    severity, message, explanation = _CATALOGUE[code]
    values["file"] = file
    return Problem(
        file, line, severity, code, message.format(**values), explanation.format(**values), at
    )


def codes(severity: Severity | None = None) -> frozenset[str]:
    """Every code the catalogue knows, or those of one severity."""
    return frozenset(c for c, entry in _CATALOGUE.items() if severity in (None, entry[0]))


def acceptable() -> tuple[str, ...]:
    """The codes of the warnings that a school may accept with a reason, sorted."""
    return tuple(sorted(c for c in codes("warning") if not c.startswith("accepted-")))
