"""Kinds of steps: what the letter asks the owner to do and what evidence «done» expects."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of step a road map may name. A school's plain step is `task`."""

    TASK = "task"
    INFORMING = "informing"
    SURVEY = "survey"
    CONSENT = "consent"
    REGISTER = "register"
    ASSESSMENT = "assessment"
    SELECTION = "selection"
    TRAINING = "training"
    PAIRING = "pairing"
    MEETING = "meeting"
    FEEDBACK = "feedback"
    MONITORING = "monitoring"
    EVENT = "event"
    CASE = "case"
    PUBLICATION = "publication"


class EvidenceRule(StrEnum):
    """Whether a report must carry a file or a link.

    `required`: a report without one is refused, the curator may still accept with a reason.
    `asked`: the letter asks for one, a report without one is taken.
    """

    REQUIRED = "required"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class KindCard:
    """What one kind of step means to people.

    title: the kind's name as people read it.
    ask: what the owner is asked to do, a whole sentence for the letter and the step's page.
    evidence: what to attach, the object of «приложите …» (accusative, no full stop).
    rule: whether the evidence is required when the road map does not say.
    """

    title: str
    ask: str
    evidence: str
    rule: EvidenceRule = EvidenceRule.ASKED


KINDS: dict[Kind, KindCard] = {
    Kind.TASK: KindCard(
        "работа",
        "Выполните мероприятие и коротко напишите, что сделано.",
        "файл или ссылку, по которым видно, что мероприятие выполнено",
    ),
    Kind.INFORMING: KindCard(
        "информирование",
        "Проведите встречу или разошлите сообщение и напишите, когда это было, кто участвовал "
        "и сколько было людей.",
        "повестку, объявление, протокол или ссылку на новость",
    ),
    Kind.SURVEY: KindCard(
        "анкетирование",
        "Раздайте анкеты, соберите ответы и напишите, сколько человек приглашено и сколько "
        "ответили.",
        "бланк анкеты или сводку ответов без фамилий",
    ),
    Kind.CONSENT: KindCard(
        "сбор согласий",
        "Соберите подписанные согласия на обработку персональных данных и напишите, сколько их "
        "собрано и скольких ещё нет.",
        "реестр собранных согласий (сами согласия храните в школе)",
        EvidenceRule.REQUIRED,
    ),
    Kind.REGISTER: KindCard(
        "формирование базы",
        "Заполните базу и напишите, сколько в ней человек.",
        "файл базы или ссылку на неё",
        EvidenceRule.REQUIRED,
    ),
    Kind.ASSESSMENT: KindCard(
        "оценка участников",
        "Проведите оценку по выбранным параметрам и напишите, скольких участников она охватила.",
        "сводку результатов без фамилий",
    ),
    Kind.SELECTION: KindCard(
        "отбор, собеседование",
        "Проведите отбор или собеседования и напишите, со сколькими людьми вы говорили и сколько "
        "отобрано.",
        "протокол отбора",
    ),
    Kind.TRAINING: KindCard(
        "обучение",
        "Проведите обучение и напишите, когда оно было, по какой теме и сколько человек обучено.",
        "программу обучения или лист присутствия",
    ),
    Kind.PAIRING: KindCard(
        "формирование пар",
        "Составьте пары или группы и напишите, сколько их получилось.",
        "список пар или распоряжение об их закреплении",
        EvidenceRule.REQUIRED,
    ),
    Kind.MEETING: KindCard(
        "встреча",
        "Проведите встречу и напишите, когда она была, сколько пар или участников пришло и о чём "
        "договорились.",
        "план или протокол встречи",
    ),
    Kind.FEEDBACK: KindCard(
        "обратная связь",
        "Соберите отзывы участников и напишите, сколько их и что из них следует.",
        "сводку отзывов",
    ),
    Kind.MONITORING: KindCard(
        "мониторинг",
        "Проведите мониторинг и напишите главный вывод.",
        "отчёт о мониторинге",
    ),
    Kind.EVENT: KindCard(
        "мероприятие, торжество",
        "Проведите мероприятие и напишите, когда оно было и сколько человек пришло.",
        "программу мероприятия или ссылку на новость",
    ),
    Kind.CASE: KindCard(
        "кейс",
        "Опишите работу пары или группы: с чего начали, что делали, что получилось.",
        "текст кейса",
    ),
    Kind.PUBLICATION: KindCard(
        "публикация",
        "Опубликуйте материалы и пришлите ссылку.",
        "ссылку на публикацию",
        EvidenceRule.REQUIRED,
    ),
}
