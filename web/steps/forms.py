"""Every form of a step's page. A new form is one entry here; who is offered it, the card says."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from services.actor import Actor
from services.karta import Karta
from services.steps.card import StepCard
from services.steps.change import Changed, Target
from services.steps.corrections import change_owner, move_due
from services.steps.meetings import cancel_meeting, set_meeting
from services.steps.moves import finish_step, report_step, restore_step, return_step, skip_step
from services.steps.proposals import agree, ask_for_other_owner, ask_to_move_due, refuse, withdraw
from web.steps.form import Control, Field, Rows, Sent, StepForm


class _WithReason(Protocol):
    """A use case that needs nothing but a reason."""

    def __call__(
        self, karta: Karta, target: Target, *, by: Actor, reason: str
    ) -> Awaitable[Changed]: ...


def _giving_reason(use_case: _WithReason) -> Callable[[Sent], Awaitable[Changed]]:
    async def act(sent: Sent) -> Changed:
        return await use_case(sent.karta, sent.target, by=sent.by, reason=sent.text("reason"))

    return act


def _reason(label: str) -> Field:
    return Field("reason", label, Control.AREA)


def _person(card: StepCard, label: str, nobody: str, *, id: str = "", required: bool) -> Field:
    people = tuple((str(person.id), person.name) for person in card.owners)
    return Field(
        "owner", label, Control.CHOICE, id=id, required=required, hint=nobody, choices=people
    )


async def _report(sent: Sent) -> Changed:
    attachments = await sent.attachments()
    return await report_step(
        sent.karta, sent.target, by=sent.by, note=sent.text("note"), attachments=attachments
    )


def _report_fields(card: StepCard) -> Rows:
    note = Field(
        "note", "Что сделано", Control.AREA, id="note", required=False,
        value=card.report_note, rows=4 if card.is_own else 3,
    )  # fmt: skip
    kinds = "pdf, docx, xlsx, jpg, png до 20 МБ"
    if card.is_own:
        must = "Файлы – обязательно файл или ссылка" if card.is_required else "Файлы, если есть"
        words, help = must, f"Приложите {card.attach}. Годятся {kinds}."
    else:
        words, help = f"Файлы: {kinds}", ""
    files = Field("file", words, Control.FILES, id="file", required=False, help=help)
    link = Field("link", "Или ссылка", Control.LINK, id="link", required=False)
    return ((note,), (files,), (link,))


def _finish_fields(card: StepCard) -> Rows:
    if card.lacking is None:
        return ()
    return ((Field("reason", card.lacking.question, Control.AREA, required=False),),)


async def _change_owner(sent: Sent) -> Changed:
    owner_id = sent.person("нового ответственного")
    return await change_owner(
        sent.karta, sent.target, by=sent.by, owner_id=owner_id, reason=sent.text("reason")
    )


def _owner_fields(card: StepCard) -> Rows:
    owner = _person(card, "Новый ответственный", "– выберите –", id="owner", required=True)
    reason = Field("reason", "Причина, если нужна", Control.LINE, required=False)
    return ((owner,), (reason,))


async def _move_due(sent: Sent) -> Changed:
    end = sent.day("due")
    return await move_due(sent.karta, sent.target, by=sent.by, end=end, reason=sent.text("reason"))


def _due_fields(card: StepCard) -> Rows:
    end = card.step.end.isoformat() if card.step.end else ""
    due = Field("due", "Новый последний день", Control.DAY, id="due", value=end)
    return ((due,), (_reason("Почему переносится"),))


async def _set_meeting(sent: Sent) -> Changed:
    start = sent.moment("meeting-day", "meeting-start")
    end = sent.moment("meeting-day", "meeting-end")
    place = sent.text("meeting-place")
    return await set_meeting(sent.karta, sent.target, by=sent.by, start=start, end=end, place=place)


def _meeting_fields(card: StepCard) -> Rows:
    now = card.meeting
    day = Field(
        "meeting-day", "Дата встречи", Control.DAY, id="meeting-day",
        value=now.day.isoformat() if now else "",
    )  # fmt: skip
    start = Field(
        "meeting-start", "Начало", Control.TIME, id="meeting-start",
        value=f"{now.start:%H:%M}" if now else "",
    )  # fmt: skip
    end = Field(
        "meeting-end", "Окончание", Control.TIME, id="meeting-end",
        value=f"{now.end:%H:%M}" if now else "",
    )  # fmt: skip
    place = Field(
        "meeting-place", "Место", Control.LINE, id="meeting-place", required=False,
        hint="кабинет 12, актовый зал", value=now.place if now else "", longest=200,
    )  # fmt: skip
    return ((day,), (start, end), (place,))


def _meeting_words(card: StepCard) -> str:
    return "Изменить встречу" if card.meeting else "Назначить встречу"


async def _cancel_meeting(sent: Sent) -> Changed:
    return await cancel_meeting(sent.karta, sent.target, by=sent.by)


async def _ask_to_move_due(sent: Sent) -> Changed:
    end = sent.day("due")
    return await ask_to_move_due(
        sent.karta, sent.target, by=sent.by, end=end, reason=sent.text("reason")
    )


async def _ask_for_other_owner(sent: Sent) -> Changed:
    owner_id = sent.person_if_any("сотрудника")
    return await ask_for_other_owner(
        sent.karta, sent.target, by=sent.by, owner_id=owner_id, reason=sent.text("reason")
    )


def _ask_owner_fields(card: StepCard) -> Rows:
    label = "Кому его передать, если знаете"
    owner = _person(card, label, "– не знаю –", id="ask-owner", required=False)
    return ((owner,), (_reason("Почему оно не ваше"),))


async def _agree(sent: Sent) -> Changed:
    owner_id = sent.person_if_any("нового ответственного")
    return await agree(
        sent.karta, sent.request(), by=sent.by, owner_id=owner_id, of_step=sent.target.step_id
    )


def _agree_fields(card: StepCard) -> Rows:
    """For a request that names nobody; the page leaves them out where one is named."""
    return ((_person(card, "Кто будет отвечать", "– выберите –", required=True),),)


async def _refuse(sent: Sent) -> Changed:
    return await refuse(
        sent.karta, sent.request(), by=sent.by, answer=sent.text("reason"),
        of_step=sent.target.step_id,
    )  # fmt: skip


async def _withdraw(sent: Sent) -> Changed:
    return await withdraw(sent.karta, sent.request(), by=sent.by, of_step=sent.target.step_id)


_ALL = (
    StepForm(
        "report",
        _report,
        "Спасибо! Отчёт отправлен куратору.",
        title=lambda card: (
            "Сообщить о выполнении" if card.is_own else "Приложить подтверждение за ответственного"
        ),
        button=lambda card: "Отправить куратору" if card.is_own else "Отправить отчёт",
        fields=_report_fields,
        is_main=lambda card: card.is_own,
    ),
    StepForm(
        "done",
        _giving_reason(finish_step),
        "Мероприятие {code} отмечено выполненным.",
        title="Отметить выполненным",
        button="Выполнено",
        fields=_finish_fields,
        is_main=True,
        twin="accept",
    ),
    StepForm(
        "accept",
        _giving_reason(finish_step),
        "Отчёт по мероприятию {code} принят.",
        title="Проверить отчёт",
        button="Принять",
        fields=_finish_fields,
        is_main=True,
        twin="done",
    ),
    StepForm(
        "return",
        _giving_reason(return_step),
        "Мероприятие {code} возвращено, ответственному отправлено письмо.",
        title="Вернуть на доработку",
        button="Вернуть",
        fields=((_reason("Что доработать – ответственный получит эти слова письмом"),),),
    ),
    StepForm(
        "skip",
        _giving_reason(skip_step),
        "Мероприятие {code}: не требуется.",
        title="Не требуется",
        button="Не требуется",
        fields=((_reason("Почему мероприятие не требуется"),),),
    ),
    StepForm(
        "restore",
        _giving_reason(restore_step),
        "Мероприятие {code} снова в плане.",
        title="Вернуть в план",
        button="Вернуть в план",
        fields=((_reason("Почему мероприятие снова нужно"),),),
    ),
    StepForm(
        "owner",
        _change_owner,
        "У мероприятия {code} новый ответственный.",
        title="Сменить ответственного",
        button="Сменить",
        fields=_owner_fields,
    ),
    StepForm(
        "due",
        _move_due,
        "Срок мероприятия {code} перенесён.",
        title="Перенести срок",
        button="Перенести",
        fields=_due_fields,
    ),
    StepForm(
        "meeting",
        _set_meeting,
        "Встреча по мероприятию {code} назначена, ответственному отправлено письмо.",
        title=_meeting_words,
        button=_meeting_words,
        fields=_meeting_fields,
        help="Время – по часам школы. Ответственный получит письмо с файлом для календаря.",
    ),
    StepForm(
        "meeting-cancel",
        _cancel_meeting,
        "Встреча по мероприятию {code} отменена, ответственному отправлено письмо.",
        title="Отменить встречу",
        button="Отменить встречу",
    ),
    StepForm(
        "ask-due",
        _ask_to_move_due,
        "Просьба перенести срок отправлена куратору. Ответ придёт письмом.",
        title="Попросить перенести срок",
        button="Попросить",
        fields=(
            (Field("due", "К какому дню успеете", Control.DAY, id="ask-due"),),
            (_reason("Почему не получается к сроку"),),
        ),
        help="Пока куратор не ответит, срок остаётся прежним.",
    ),
    StepForm(
        "ask-owner",
        _ask_for_other_owner,
        "Куратор узнает, что мероприятие {code} не ваше. Ответ придёт письмом.",
        title="Это не моё мероприятие",
        button="Сообщить куратору",
        fields=_ask_owner_fields,
        help="Пока куратор не ответит, отвечаете за него вы.",
    ),
    StepForm(
        "agree",
        _agree,
        "Сделано, как просили: мероприятие {code} изменено, ответ отправлен.",
        title="Согласиться",
        button="Согласиться",
        fields=_agree_fields,
        is_main=True,
    ),
    StepForm(
        "refuse",
        _refuse,
        "Отказ отправлен.",
        title="Отказать",
        button="Отказать",
        fields=((_reason("Почему нет – эти слова придут ответственному письмом"),),),
    ),
    StepForm("withdraw", _withdraw, "Просьба отозвана.", title="Отозвать", button="Отозвать"),
)

FORMS: dict[str, StepForm] = {form.move: form for form in _ALL}
"""By `move`."""
