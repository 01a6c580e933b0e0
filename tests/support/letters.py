"""One letter of every kind with fixed contents, for goldens and checks of the templates."""

from datetime import UTC, date, datetime
from uuid import UUID

from notifications.address import Sender
from notifications.calendar import DueEntry, MeetingEntry, Method, Standing, publication
from notifications.change_letters import AnsweredLetter, AskedLetter, ChangedLetter
from notifications.compose import CalendarPart, Links
from notifications.letters import (
    DailyItem,
    DailyLetter,
    DigestLetter,
    DigestLine,
    DigestPart,
    DigestSection,
    MeetingLetter,
    MeetingNews,
    MeetingNote,
    OpenedLetter,
    ReportedLetter,
    ReturnedLetter,
    SignInLetter,
    UndeliverableLetter,
)
from notifications.payload import Contact, Payload, StepLine
from roadmap.kinds import KINDS, EvidenceRule, Kind
from roadmap.loader import Loaded
from roadmap.spec import Stage, Step

CURATOR = Contact(who="зам. директора по ВР", email="curator@talon.example")
SOCIAL = Contact(who="Белякова Т.Ю., соц. педагог", email="social@talon.example")
BASE = "https://karta.talon.example"
DUE = "до 30 ноября 2021"
AT = datetime(2021, 11, 1, 7, 30, tzinfo=UTC)
SENDER = Sender("Карта школы", "karta@talon.example")


def step_id(code: str) -> UUID:
    """A fixed id for a step: 2.1 → 00000000-0000-0000-0000-000000000201."""
    stage, number = code.split(".")
    return UUID(int=int(f"{int(stage)}{int(number):02d}", 16))


def links_to(*codes: str) -> Links:
    """Links to these steps, with tokens as long as real ones."""
    return Links(
        board=f"{BASE}/",
        letters=f"{BASE}/letters",
        people=f"{BASE}/people",
        steps={step_id(code): f"{BASE}/l/{code.replace('.', '-'):A<43}" for code in codes},
    )


def every_letter(shipped: Loaded) -> dict[str, tuple[Payload, Links]]:
    """Letters about the shipped road map: by name, the letter and its links."""
    frame = {
        "school": "МКОУ «ООШ с. Талон»",
        "programme": "План мероприятий («дорожная карта») внедрения целевой модели наставничества",
    }
    to_social = frame | {"hello": "Здравствуйте, Белякова Т.Ю.!"}
    to_curator = frame | {"hello": "Здравствуйте!"}
    to_director = frame | {"hello": "Здравствуйте, Москвина Т.Н.!"}

    def line(code: str, due: str, period: str = "", late: str = "") -> StepLine:
        return _line(shipped, code, due, period, late)

    one = links_to("2.1")
    daily = (
        DailyItem(
            step=line("2.1", "до 30 ноября 2021", "ноябрь 2021"),
            why="просрочено на 3 рабочих дня",
            urgent=True,
        ),
        DailyItem(
            step=line("2.3", "до 10 декабря 2021"),
            why="срок через 7 дней",
            urgent=False,
        ),
    )
    escalated = DailyItem(
        step=line("2.2", "до 30 ноября 2021", "ноябрь 2021"),
        why="просрочено на 10 рабочих дней",
        urgent=True,
        owner="Белякова Т.Ю., соц. педагог",
    )
    return {
        "opened_one": (
            OpenedLetter(
                **to_social,
                ask_whom=CURATOR,
                steps=(line("2.2", "до 30 ноября 2021", "ноябрь 2021"),),
            ),
            links_to("2.2"),
        ),
        "opened_several": (
            OpenedLetter(
                **to_director,
                ask_whom=CURATOR,
                may_change=True,
                steps=(
                    line("1.1", "до 30 сентября 2021", "сентябрь 2021"),
                    line("1.2", "до 30 сентября 2021", "сентябрь 2021", "просрочено на 2 дня"),
                    line("1.3", "15 октября 2021"),
                    line("2.1", "срок не определён"),
                ),
            ),
            links_to("1.1", "1.2", "1.3", "2.1"),
        ),
        "returned": (
            ReturnedLetter(
                **to_social,
                by=CURATOR,
                reason="В реестре 17 согласий, а участников 21.\nДобавьте остальных <до пятницы>.",
                step=line("2.2", "до 30 ноября 2021", "ноябрь 2021", "просрочено на 4 дня"),
            ),
            links_to("2.2"),
        ),
        "reported": (
            ReportedLetter(
                **to_curator,
                by=SOCIAL,
                note="Собрано 21 согласие, реестр приложен.\nДвоих ещё нет: болеют.",
                attached=2,
                step=line("2.2", "до 30 ноября 2021", "ноябрь 2021"),
            ),
            links_to("2.2"),
        ),
        "reported_bare": (
            ReportedLetter(
                **to_curator, by=SOCIAL, note="", attached=0, step=line("1.4", "до 31 октября 2021")
            ),
            links_to("1.4"),
        ),
        "daily": (
            DailyLetter(**to_social, ask_whom=CURATOR, items=daily),
            links_to("2.1", "2.3"),
        ),
        "daily_one": (
            DailyLetter(**to_social, ask_whom=CURATOR, items=daily[1:]),
            links_to("2.3"),
        ),
        "daily_others": (
            DailyLetter(**to_curator, ask_whom=None, items=(escalated,)),
            links_to("2.2"),
        ),
        "digest": (
            DigestLetter(
                **to_curator,
                ask_whom=None,
                items=(escalated,),
                week="с 6 декабря",
                overdue=1,
                due=2,
                digests=(_week(shipped),),
            ),
            links_to("2.2", "2.3", "3.1"),
        ),
        "meeting_set": (_about_meeting(to_social, line("2.1", DUE), MeetingNews.SET, 0), one),
        "meeting_own": (
            _about_meeting(to_social, line("2.1", DUE), MeetingNews.SET, 0, by=None),
            one,
        ),
        "meeting_changed": (
            _about_meeting(to_social, line("2.1", DUE), MeetingNews.CHANGED, 1),
            one,
        ),
        "meeting_cancelled": (
            _about_meeting(to_social, line("2.1", DUE), MeetingNews.CANCELLED, 2),
            one,
        ),
        **_about_changes(shipped, frame),
        "sign_in": (
            SignInLetter(school=frame["school"], hello="Здравствуйте, Белякова Т.Ю.!", minutes=30),
            Links(
                board=f"{BASE}/",
                letters=f"{BASE}/letters",
                people=f"{BASE}/people",
                steps={},
                sign_in=f"{BASE}/enter/{'B' * 43}",
                code="048213",
            ),
        ),
        "undeliverable": (
            UndeliverableLetter(
                **to_curator,
                whom="Белякова Т.Ю., соц. педагог",
                address="sotsial@talon.example",
                about="Ваше мероприятие 2.2: Сбор дополнительной информации о запросах…",
                said="550 5.1.1 <sotsial@talon.example>: Recipient address rejected: User unknown",
            ),
            links_to(),
        ),
    }


def _about_changes(shipped: Loaded, frame: dict[str, str]) -> dict[str, tuple[Payload, Links]]:
    """Requests, their answers, and what a curator changed."""
    to_social = frame | {"hello": "Здравствуйте, Белякова Т.Ю.!"}
    to_curator = frame | {"hello": "Здравствуйте!"}
    step = _line(shipped, "2.2", "до 30 ноября 2021", "ноябрь 2021", "")
    moved = _line(shipped, "2.2", "до 10 декабря 2021", "", "")
    lent = step.model_copy(update={"instead_of": "Белякова Т.Ю., соц. педагог"})
    colleague = "Петрова А.А., педагог-организатор"
    answered = {"by": CURATOR, "answer": ""}
    changed = {"by": CURATOR, "before": "", "after": ""}
    letters: dict[str, Payload] = {
        "opened_deputy": OpenedLetter(
            **frame, hello="Здравствуйте, Петрова А.А.!", ask_whom=CURATOR, steps=(lent,)
        ),
        "asked_due": AskedLetter(
            **to_curator, by=SOCIAL, about="due", asks="просит перенести срок на 10 декабря 2021",
            reason="Класс на карантине до 3 декабря.\nСогласия соберём за неделю.", step=step,
        ),
        "asked_owner": AskedLetter(
            **to_curator, by=SOCIAL, about="owner",
            asks=f"пишет: «это не моё мероприятие», предлагает: {colleague}",
            reason="Запросы всегда собирает педагог-организатор.", step=step,
        ),
        "answered_due_agreed": AnsweredLetter(
            **to_social, **answered, about="due", agreed=True, proposed="10 декабря 2021",
            step=moved,
        ),
        "answered_due_refused": AnsweredLetter(
            **to_social, **answered | {"answer": "Отчёт в отдел образования – 1 декабря."},
            about="due", agreed=False, proposed="10 декабря 2021", step=step,
        ),
        "answered_owner_agreed": AnsweredLetter(
            **to_social, **answered, about="owner", agreed=True, proposed=colleague, step=step
        ),
        "answered_owner_refused": AnsweredLetter(
            **to_social, **answered | {"answer": "Организатор в отпуске, помогу я."},
            about="owner", agreed=False, proposed=colleague, step=step,
        ),
        "changed_due": ChangedLetter(
            **to_social, **changed | {"before": "до 30 ноября 2021", "after": "до 10 декабря 2021"},
            what="due", reason="Педсовет перенесён на 13 декабря.", step=moved,
        ),
        "changed_skipped": ChangedLetter(
            **to_social, **changed, what="skipped", reason="Согласия собраны при зачислении.",
            step=step,
        ),
        "changed_owner": ChangedLetter(
            **to_social, **changed | {"after": colleague}, what="owner", reason="", step=step
        ),
    }  # fmt: skip
    given_away = ("answered_owner_agreed", "changed_owner")
    return {
        name: (letter, links_to() if name in given_away else links_to("2.2"))
        for name, letter in letters.items()
    }


def _week(shipped: Loaded) -> DigestPart:
    def about(code: str, note: str = "", linked: bool = True) -> DigestLine:
        title = _find(shipped, code)[1].title
        return DigestLine(step_id=step_id(code) if linked else None, text=f"{code} {title}",
                          note=note)  # fmt: skip

    social, deputy = "Белякова Т.Ю., соц. педагог", "зам. директора по ВР"
    return DigestPart(
        programme="План мероприятий («дорожная карта») внедрения целевой модели наставничества",
        sections=(
            DigestSection(
                title="Просрочено",
                lines=(about("2.2", f"{social} · до 30 ноября 2021 · просрочено на 6 дней"),),
                urgent=True,
            ),
            DigestSection(
                title="Срок на этой неделе",
                lines=(
                    about("2.3", f"{deputy} · до 10 декабря 2021"),
                    about("3.1", f"{deputy} · до 10 декабря 2021"),
                ),
            ),
            DigestSection(
                title="Адреса, по которым письма не доходят",
                lines=(
                    DigestLine(
                        text=f"{social}: sotsial@talon.example",
                        note="исправьте адрес на странице «Люди»; письма отправятся сами",
                    ),
                ),
                urgent=True,
            ),
            DigestSection(
                title="Скоро откроются этапы",
                lines=(
                    DigestLine(
                        text="3. Формирование базы наставников",
                        note="откроется, когда будут выполнены 2.2, 2.3",
                    ),
                ),
            ),
            DigestSection(
                title="Что изменилось в плане",
                lines=(
                    DigestLine(
                        text="2.3: срок до 10.12.2021 (был декабрь 2021)",
                        note="Москвина Т.Н.: педсовет перенесён на 13 декабря",
                    ),
                ),
            ),
            DigestSection(title="Завершено за прошлую неделю", lines=(about("2.1", linked=False),)),
        ),
    )


def _line(shipped: Loaded, code: str, due: str, period: str, late: str) -> StepLine:
    stage, step = _find(shipped, code)
    card = KINDS[Kind(step.kind)]
    return StepLine(
        id=step_id(code),
        code=code,
        title=step.title,
        due=due,
        period=period,
        late=late,
        stage=f"{stage.id}. {stage.title}",
        task=stage.task,
        result=stage.result,
        ask=card.ask,
        attach=card.evidence,
        required=step.evidence_rule is EvidenceRule.REQUIRED,
    )


def _find(shipped: Loaded, code: str) -> tuple[Stage, Step]:
    for stage in shipped.require().stages:
        for step in stage.steps:
            if step.id == code:
                return stage, step
    raise LookupError(code)


def _about_meeting(
    frame: dict[str, str],
    step: StepLine,
    news: MeetingNews,
    sequence: int,
    by: Contact | None = CURATOR,
) -> MeetingLetter:
    return MeetingLetter(
        **frame,
        by=by,
        news=news,
        meeting=MeetingNote(
            id=UUID(int=7),
            when="среда, 15 декабря 2021, с 15:00 до 16:30",
            brief="15 декабря, 15:00",
            place="кабинет 12",
            starts_at=datetime(2021, 12, 15, 4, tzinfo=UTC),
            ends_at=datetime(2021, 12, 15, 5, 30, tzinfo=UTC),
            zone="Asia/Magadan",
            sequence=sequence,
        ),
        step=step,
    )


def calendar_of_letter(letter: Payload) -> CalendarPart | None:
    """The file that goes with this letter, as the service would make it of such steps."""
    method, entries = Method.PUBLISH, []
    match letter:
        case OpenedLetter(steps=steps):
            entries = [
                DueEntry(
                    step_id=step.id,
                    code=step.code,
                    title=step.title,
                    day=None if step.undated else date(2021, 11, 30),
                    standing=Standing.IN_HAND,
                    sequence=2,
                    changed_at=AT,
                    url=f"{BASE}/steps/{step.id}",
                    notes=(f"Что сделать: {step.ask}", f"Этап {step.stage}"),
                )
                for step in steps
            ]
        case MeetingLetter(meeting=meeting, step=step):
            method = Method.CANCEL if letter.is_cancelled else Method.PUBLISH
            entries = [
                MeetingEntry(
                    id=meeting.id,
                    code=step.code,
                    title=step.title,
                    starts_at=meeting.starts_at,
                    ends_at=meeting.ends_at,
                    place=meeting.place,
                    is_cancelled=letter.is_cancelled,
                    sequence=meeting.sequence,
                    changed_at=AT,
                    url=f"{BASE}/steps/{step.id}",
                )
            ]
    content = publication(method, entries, zone="Asia/Magadan", organizer=SENDER, at=AT)
    return CalendarPart(method.value, content) if content else None
