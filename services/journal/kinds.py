"""Kinds of journal entries, and how people call them."""

EVENT_KIND_WORDS: dict[str, str] = {
    "programme.started": "дорожная карта начата",
    "programme.done": "дорожная карта завершена",
    "programme.resumed": "дорожная карта снова идёт",
    "programme.stopped": "дорожная карта остановлена",
    "revision.applied": "новая редакция",
    "stage.opened": "этап открыт",
    "stage.opened_early": "этап открыт досрочно",
    "stage.done": "этап завершён",
    "stage.reopened": "этап снова идёт",
    "step.opened": "мероприятие начато",
    "step.reported": "отчёт",
    "step.done": "выполнено",
    "step.returned": "возвращено на доработку",
    "step.skipped": "не требуется",
    "step.restored": "снова в плане",
    "step.owner_changed": "сменён ответственный",
    "step.due_moved": "перенесён срок",
    "step.due_followed": "срок посчитан заново",
    "meeting.set": "встреча назначена",
    "meeting.cancelled": "встреча отменена",
    "request.due_asked": "просьба перенести срок",
    "request.owner_asked": "«это не моё мероприятие»",
    "request.agreed": "согласие с просьбой",
    "request.refused": "отказ в просьбе",
    "request.withdrawn": "просьба отозвана",
    "substitution.added": "замещение",
    "substitution.ended": "замещение закончено",
    "letter.again": "письмо отправлено ещё раз",
    "letter.undeliverable": "письмо не доставлено",
    "letter.unclear": "неясно, дошло ли письмо",
    "person.added": "добавлен сотрудник",
    "person.changed": "изменена карточка сотрудника",
}
"""Every kind of entry that the use cases record, and how people call it."""


DUE_KINDS = ("step.due_moved", "step.due_followed")


CHANGE_KINDS = (
    *DUE_KINDS,
    "step.owner_changed",
    "step.skipped",
    "step.restored",
    "stage.opened_early",
    "revision.applied",
)
"""Journal entries that change the plan."""
