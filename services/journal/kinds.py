"""Kinds of journal entries, and how people call them."""

from enum import StrEnum


class EventKind(StrEnum):
    """What an entry of the journal tells of. The values are stored: a kind is never renamed."""

    PROGRAMME_STARTED = "programme.started"
    PROGRAMME_DONE = "programme.done"
    PROGRAMME_RESUMED = "programme.resumed"
    PROGRAMME_STOPPED = "programme.stopped"
    REVISION_APPLIED = "revision.applied"
    STAGE_OPENED = "stage.opened"
    STAGE_OPENED_EARLY = "stage.opened_early"
    STAGE_DONE = "stage.done"
    STAGE_REOPENED = "stage.reopened"
    STEP_OPENED = "step.opened"
    STEP_REPORTED = "step.reported"
    STEP_DONE = "step.done"
    STEP_RETURNED = "step.returned"
    STEP_SKIPPED = "step.skipped"
    STEP_RESTORED = "step.restored"
    STEP_OWNER_CHANGED = "step.owner_changed"
    STEP_DUE_MOVED = "step.due_moved"
    STEP_DUE_FOLLOWED = "step.due_followed"
    MEETING_SET = "meeting.set"
    MEETING_CANCELLED = "meeting.cancelled"
    REQUEST_DUE_ASKED = "request.due_asked"
    REQUEST_OWNER_ASKED = "request.owner_asked"
    REQUEST_AGREED = "request.agreed"
    REQUEST_REFUSED = "request.refused"
    REQUEST_WITHDRAWN = "request.withdrawn"
    SUBSTITUTION_ADDED = "substitution.added"
    SUBSTITUTION_ENDED = "substitution.ended"
    LETTER_AGAIN = "letter.again"
    LETTER_SETTLED = "letter.settled"
    LETTER_UNDELIVERABLE = "letter.undeliverable"
    LETTER_UNCLEAR = "letter.unclear"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"


EVENT_KIND_WORDS: dict[EventKind, str] = {
    EventKind.PROGRAMME_STARTED: "дорожная карта начата",
    EventKind.PROGRAMME_DONE: "дорожная карта завершена",
    EventKind.PROGRAMME_RESUMED: "дорожная карта снова идёт",
    EventKind.PROGRAMME_STOPPED: "дорожная карта остановлена",
    EventKind.REVISION_APPLIED: "новая редакция",
    EventKind.STAGE_OPENED: "этап открыт",
    EventKind.STAGE_OPENED_EARLY: "этап открыт досрочно",
    EventKind.STAGE_DONE: "этап завершён",
    EventKind.STAGE_REOPENED: "этап снова идёт",
    EventKind.STEP_OPENED: "мероприятие начато",
    EventKind.STEP_REPORTED: "отчёт",
    EventKind.STEP_DONE: "выполнено",
    EventKind.STEP_RETURNED: "возвращено на доработку",
    EventKind.STEP_SKIPPED: "не требуется",
    EventKind.STEP_RESTORED: "снова в плане",
    EventKind.STEP_OWNER_CHANGED: "сменён ответственный",
    EventKind.STEP_DUE_MOVED: "перенесён срок",
    EventKind.STEP_DUE_FOLLOWED: "срок посчитан заново",
    EventKind.MEETING_SET: "встреча назначена",
    EventKind.MEETING_CANCELLED: "встреча отменена",
    EventKind.REQUEST_DUE_ASKED: "просьба перенести срок",
    EventKind.REQUEST_OWNER_ASKED: "«это не моё мероприятие»",
    EventKind.REQUEST_AGREED: "согласие с просьбой",
    EventKind.REQUEST_REFUSED: "отказ в просьбе",
    EventKind.REQUEST_WITHDRAWN: "просьба отозвана",
    EventKind.SUBSTITUTION_ADDED: "замещение",
    EventKind.SUBSTITUTION_ENDED: "замещение закончено",
    EventKind.LETTER_AGAIN: "письмо отправлено ещё раз",
    EventKind.LETTER_SETTLED: "письмо разобрано",
    EventKind.LETTER_UNDELIVERABLE: "письмо не доставлено",
    EventKind.LETTER_UNCLEAR: "неясно, дошло ли письмо",
    EventKind.PERSON_ADDED: "добавлен сотрудник",
    EventKind.PERSON_CHANGED: "изменена карточка сотрудника",
}
"""How people call every kind of entry, in the order in which they choose from them."""

DUE_KINDS = (EventKind.STEP_DUE_MOVED, EventKind.STEP_DUE_FOLLOWED)
CHANGE_KINDS = (
    *DUE_KINDS,
    EventKind.STEP_OWNER_CHANGED,
    EventKind.STEP_SKIPPED,
    EventKind.STEP_RESTORED,
    EventKind.STAGE_OPENED_EARLY,
    EventKind.REVISION_APPLIED,
)
"""Kinds that change the plan."""
