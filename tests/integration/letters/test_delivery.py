"""The outbox on a real database: queued with its change, sent once, retried, never dropped."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from models.tables import Access, Event, Letter, LetterState, Person, SignInCode
from notifications.letters import SignInLetter
from notifications.mailer import MailboxMailer, Mailer, RecordingMailer, SmtpMailer
from notifications.outcome import GIVE_UP_AFTER, Refused, SendOutcome, Sent, TryLater, Unclear
from roadmap.errors import LinkDead, MoveRefused, NotFound
from services.access.links import step_of_link
from services.access.sign_in import request_sign_in, sign_in_by_code, sign_in_by_link
from services.clock import SetClock
from services.karta import Karta, wire
from services.letters.copies import send_again
from services.letters.delivery import LEASE, deliver_due, make_mailer, next_due, retry_waiting
from services.letters.outbox import queue_letter
from services.letters.read import read_letter
from services.people.cards import change_person
from services.people.finding import person_by
from services.programme.stopping import stop_programme
from services.steps.change import Target
from services.steps.corrections import change_owner
from services.steps.moves import finish_step, report_step
from services.tokens import token_hash
from tests.integration.conftest import Running
from tests.support.smtp_server import CLOSE, SmtpServer

ENDLESS = 10_000


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def connected(karta: Karta, server: SmtpServer) -> Karta:
    """The same service, sending to `server`."""
    settings = karta.settings.changed(smtp_url=server.url, mail_from="Карта <karta@talon.example>")
    return Karta(settings, karta.engine, karta.clock, karta.secret)


async def letters(karta: Karta) -> list[Letter]:
    async with karta.transaction() as session:
        found = await session.exec(select(Letter).order_by(col(Letter.created_at), col(Letter.key)))
        return list(found)


async def the_letter(karta: Karta, kind: str = "opened") -> Letter:
    (only,) = [letter for letter in await letters(karta) if letter.kind == kind]
    return only


async def events(karta: Karta, kind: str) -> list[Event]:
    async with karta.transaction() as session:
        return list(await session.exec(select(Event).where(Event.kind == kind)))


async def somebody(running: Running, key: str = "social") -> Person:
    return (await running.rows()).person(key)


# Queued with the change


async def test_a_letter_is_rolled_back_with_the_change_that_caused_it(running: Running) -> None:
    karta, person = running.karta, await somebody(running)
    before = len(await letters(karta))

    with suppress(RuntimeError):
        async with karta.transaction() as session:
            await queue_letter(
                karta, session, SignInLetter(school="Ш", hello="З", minutes=30),
                key="doomed", to=person, now=karta.clock.now(),
            )  # fmt: skip
            raise RuntimeError("the change fails")

    assert len(await letters(karta)) == before


async def test_a_key_is_one_letter_and_one_set_of_links(running: Running) -> None:
    karta, rows = running.karta, await running.rows()
    step = rows.step("1.1")

    async def queue() -> bool:
        async with karta.transaction() as session:
            return await queue_letter(
                karta, session, SignInLetter(school="Ш", hello="З", minutes=30), key="once",
                to=rows.person("social"), now=karta.clock.now(), step_ids=(step.id, step.id),
            )  # fmt: skip

    assert sorted(await asyncio.gather(*(queue() for _ in range(5)))) == [False] * 4 + [True]
    assert [letter.key for letter in await letters(karta)].count("once") == 1
    async with karta.transaction() as session:
        links = await session.exec(
            select(Access).where(Access.person_id == rows.person("social").id)
        )
        assert len(links.all()) == 1


async def test_a_message_id_has_the_senders_domain(running: Running) -> None:
    assert (await the_letter(running.karta)).message_id.endswith("@localhost>")


# Sent


async def test_a_started_programme_writes_to_its_first_owner(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)

    assert await deliver_due(karta, mailer) == 1
    await mailer.close()

    (received,) = server.letters
    assert received.recipient == "director@talon.example"
    assert received.sender == "karta@talon.example"
    assert received.subject == "Ваши мероприятия: 1.1, 1.2, 1.3, 1.4"
    assert received.header("To") == "Москвина Т.Н. <director@talon.example>"
    assert "curator@talon.example" in received.header("Reply-To")
    assert "до 30 сентября 2021 (сентябрь 2021)" in received.text
    letter = await the_letter(karta)
    assert (letter.state, letter.transport) == (LetterState.SENT, "smtp")
    assert (letter.message_id, letter.sent_at) == (received.message_id, karta.clock.now())
    assert (letter.attempts, letter.last_error) == (1, "")
    assert await next_due(karta) is None


async def test_a_link_opens_its_step_for_its_person_and_nothing_else(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    await deliver_due(karta, make_mailer(karta))
    rows = await running.rows()

    links = server.letters[0].links

    opened = []
    async with karta.transaction() as session:
        for link in links:
            base, _, token = link.rpartition("/l/")
            assert base == karta.settings.base_url
            assert len(token) == 43
            access = await step_of_link(karta, session, token)
            assert access.person.id == rows.person("director").id
            opened.append(rows.step_by_id(access.step_id).code)
            with pytest.raises(LinkDead):
                await step_of_link(karta, session, token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert opened == ["1.1", "1.2", "1.3", "1.4"]


async def test_no_token_or_code_lies_in_any_table(running: Running, server: SmtpServer) -> None:
    karta = connected(running.karta, server)
    await request_sign_in(karta, "social@talon.example")
    await deliver_due(karta, make_mailer(karta))
    opened, sign_in = sorted(server.letters, key=lambda letter: letter.recipient)
    tokens = [link.rpartition("/")[2] for link in [*opened.links, *sign_in.links]]
    assert len(tokens) == 5

    async with karta.transaction() as session:
        tables = await session.exec(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        )
        dump = ""
        for (table,) in tables.all():
            found = await session.exec(text(f'SELECT t::text FROM "{table}" t'))
            dump += "\n".join(row for (row,) in found.all())
        code_row = (await session.exec(select(SignInCode))).one()

    assert [token for token in tokens if token in dump] == []
    assert all(token_hash(token) in dump for token in tokens)
    assert karta.secret.hex() not in dump
    (code,) = [line for line in sign_in.text.splitlines() if "код на странице" in line]
    assert "".join(c for c in code if c.isdigit()) not in code_row.model_dump_json(
        include={"hash", "person_id"}
    )


async def test_the_sign_in_letters_link_and_code_both_work(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    await request_sign_in(karta, "Social@talon.example")
    await deliver_due(karta, make_mailer(karta))
    (letter,) = [r for r in server.letters if r.subject == "Вход в Карту"]

    by_link, _ = await sign_in_by_link(karta, letter.links[0].rpartition("/enter/")[2])
    (line,) = [line for line in letter.text.splitlines() if "код на странице" in line]
    by_code, _ = await sign_in_by_code(karta, "social@talon.example", line.partition(":")[2])

    assert by_link.key == by_code.key == "social"


async def test_several_deliverers_send_every_letter_exactly_once(
    karta: Karta, database_url: str, server: SmtpServer, running: Running
) -> None:
    person = await somebody(running)
    for number in range(40):
        async with karta.transaction() as session:
            await queue_letter(
                karta, session, SignInLetter(school="Ш", hello="З", minutes=30),
                key=f"many:{number}", to=person, now=karta.clock.now(),
            )  # fmt: skip
    processes = [
        connected(wire(karta.settings, database_url, clock=karta.clock), server) for _ in range(3)
    ]
    mailers = [make_mailer(process) for process in processes]

    # Two tasks of each «process» besides: the letters' own loop and a Prefect pass.
    counts = await asyncio.gather(
        *(deliver_due(p, m) for p, m in zip(processes, mailers, strict=True) for _ in range(2))
    )

    assert sum(counts) == 41
    ids = [received.message_id for received in server.letters]
    assert len(ids) == len(set(ids)) == 41
    assert server.connections <= 3
    assert {letter.attempts for letter in await letters(karta)} == {1}
    for process, mailer in zip(processes, mailers, strict=True):
        await mailer.close()
        await process.close()


async def test_without_an_smtp_server_letters_stay_in_the_mailbox(running: Running) -> None:
    mailer = make_mailer(running.karta)

    assert isinstance(mailer, MailboxMailer)
    assert await deliver_due(running.karta, mailer) == 1
    letter = await the_letter(running.karta)
    assert (letter.state, letter.transport) == (LetterState.SENT, "mailbox")


async def test_a_letter_still_queued_follows_the_person_to_a_new_address(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    director = await running.actor("director")
    await change_person(
        karta, director.person_id, by=director, email="new@talon.example",
        name="Москвина Т.Н.", post="директор школы", roles=["director"],
    )  # fmt: skip

    await deliver_due(karta, make_mailer(karta))

    assert server.letters[0].recipient == "new@talon.example"


# Tried again


async def attempts_until_the_end(
    karta: Karta, clock: SetClock, mailer: Mailer, letter_id: UUID
) -> list[timedelta]:
    """Delivers whenever something is due; the moments of this letter's attempts since queueing."""
    moments: list[timedelta] = []
    while (due := await next_due(karta)) is not None:
        clock.moment = max(clock.moment, due)
        async with karta.transaction() as session:
            before = await session.get_one(Letter, letter_id)
        await deliver_due(karta, mailer)
        async with karta.transaction() as session:
            after = await session.get_one(Letter, letter_id)
        if after.attempts > before.attempts:
            moments.append(clock.moment - after.created_at)
    return moments


@pytest.mark.parametrize(
    ("outcome", "first", "longest"),
    [
        (TryLater("почтовый сервер не отвечает"), timedelta(seconds=10), timedelta(minutes=30)),
        (TryLater("451 later", busy=True), timedelta(minutes=15), timedelta(hours=4)),
    ],
)
async def test_a_letter_is_retried_with_growing_pauses_for_two_days_and_then_the_curator_is_told(
    running: Running, clock: SetClock, outcome: TryLater, first: timedelta, longest: timedelta
) -> None:
    karta, letter = running.karta, await the_letter(running.karta)
    mailer = OnlyTo("curator@talon.example", otherwise=outcome)

    moments = await attempts_until_the_end(karta, clock, mailer, letter.id)

    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert moments[0] == timedelta()
    assert pauses[0] == first
    assert moments[-1] == GIVE_UP_AFTER
    assert pauses[:-1] == sorted(pauses[:-1])
    assert max(pauses) == longest
    letter = await the_letter(karta)
    assert letter.state is LetterState.UNDELIVERABLE
    assert letter.last_error == f"за 2 суток так и не принято; последний ответ: {outcome.reason}"
    (event,) = await events(karta, "letter.undeliverable")
    assert event.programme_id == running.programme_id
    assert event.reason == letter.last_error
    assert mailer.recipients == ["curator@talon.example"]
    assert (await the_letter(karta, "undeliverable")).state is LetterState.SENT


@dataclass
class OnlyTo(RecordingMailer):
    """A mailer that serves one address and answers all others the same."""

    address: str = ""
    otherwise: SendOutcome = field(default_factory=Sent)

    def __init__(self, address: str, otherwise: SendOutcome) -> None:
        super().__init__()
        self.address, self.otherwise = address, otherwise

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        self.script = [] if recipient == self.address else [self.otherwise]
        return await super().send(message, sender, recipient)


async def test_greylisting_is_waited_out(
    running: Running, clock: SetClock, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)
    server.answer("RCPT", "451 4.7.1 greylisted, try again later")

    await deliver_due(karta, mailer)
    letter = await the_letter(karta)
    assert (letter.state, letter.last_error) == (
        LetterState.QUEUED,
        "451 4.7.1 greylisted, try again later",
    )
    assert await next_due(karta) == clock.moment + timedelta(minutes=15)

    clock.moment += timedelta(minutes=14, seconds=59)
    assert await deliver_due(karta, mailer) == 0
    clock.moment += timedelta(seconds=1)
    assert await deliver_due(karta, mailer) == 1

    assert len(server.letters) == 1
    assert (await the_letter(karta)).state is LetterState.SENT


async def test_letters_wait_for_a_server_that_is_down_and_leave_when_it_is_back(
    running: Running, clock: SetClock, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)
    server.stop()
    await deliver_due(karta, mailer)
    letter = await the_letter(karta)
    assert letter.state is LetterState.QUEUED
    assert "не принимает соединений" in letter.last_error

    server.start()
    clock.moment += timedelta(seconds=10)
    await deliver_due(karta, mailer)

    assert (await the_letter(karta)).state is LetterState.SENT
    assert len(server.letters) == 1


async def test_after_a_start_waiting_letters_are_tried_at_once(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)
    server.answer("MAIL", "451 4.3.0 not now")
    await deliver_due(karta, mailer)
    assert await deliver_due(karta, mailer) == 0

    assert await retry_waiting(karta) == 1
    assert await deliver_due(karta, mailer) == 1
    assert (await the_letter(karta)).state is LetterState.SENT


# Refused


async def test_a_refused_letter_is_undeliverable_at_once_and_the_curator_learns_it(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    server.reject("director@talon.example", "550 5.1.1 <director@talon.example>: User unknown")

    assert await deliver_due(karta, make_mailer(karta)) == 2

    letter = await the_letter(karta)
    assert letter.state is LetterState.UNDELIVERABLE
    assert letter.attempts == 1
    (notice,) = server.letters
    assert notice.recipient == "curator@talon.example"
    assert notice.subject == "Письмо не доставлено: director@talon.example"
    assert "550 5.1.1 <director@talon.example>: User unknown" in notice.text.replace("\n", " ")
    assert notice.links == [
        f"{karta.settings.base_url}/people",
        f"{karta.settings.base_url}/letters",
    ]
    (event,) = await events(karta, "letter.undeliverable")
    assert event.text == (
        "Не доставлено письмо «Ваши мероприятия: 1.1, 1.2, 1.3, 1.4» на director@talon.example"
    )


async def test_when_the_curators_own_letter_is_refused_the_director_is_told_and_no_loop_begins(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    await running.done("1.1", "1.2", "1.3", "1.4")
    for key in ("curator", "director"):
        server.reject(f"{key}@talon.example", "550 5.1.1 no such user")

    await deliver_due(karta, make_mailer(karta))

    notices = [x for x in await letters(karta) if x.kind == "undeliverable"]
    assert {x.to_address for x in notices} == {"curator@talon.example", "director@talon.example"}
    assert {x.state for x in notices} == {LetterState.UNDELIVERABLE}
    assert [r.recipient for r in server.letters] == ["social@talon.example"]
    assert len(await events(karta, "letter.undeliverable")) == 4


# Unclear


async def test_an_unclear_letter_goes_once_more_with_its_message_id_and_is_then_shown(
    running: Running, clock: SetClock, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)
    server.answer("DOT", CLOSE, times=ENDLESS)

    await deliver_due(karta, mailer)
    assert (await the_letter(karta)).state is LetterState.QUEUED
    assert await deliver_due(karta, mailer) == 0
    clock.moment += timedelta(minutes=1)
    await deliver_due(karta, mailer)

    letter = await the_letter(karta)
    assert letter.state is LetterState.UNCLEAR
    assert [r.message_id for r in server.letters] == [letter.message_id] * 2
    assert server.letters[0].content == server.letters[1].content
    (event,) = await events(karta, "letter.unclear")
    assert event.text.startswith("Неясно, доставлено ли письмо «Ваши мероприятия")
    clock.moment += timedelta(days=3)
    assert await deliver_due(karta, mailer) == 0


async def test_an_unclear_letter_that_is_taken_the_second_time_is_sent(
    running: Running, clock: SetClock
) -> None:
    mailer = RecordingMailer(script=[Unclear("оборвалось")])
    await deliver_due(running.karta, mailer)
    clock.moment += timedelta(minutes=1)
    await deliver_due(running.karta, mailer)

    assert (await the_letter(running.karta)).state is LetterState.SENT
    assert len({m["Message-ID"] for m in mailer.sent}) == 1


async def test_what_may_have_arrived_is_never_called_undeliverable_for_want_of_time(
    running: Running, clock: SetClock
) -> None:
    karta, letter = running.karta, await the_letter(running.karta)
    mailer = RecordingMailer(script=[Unclear("оборвалось")] + [TryLater("нет связи")] * ENDLESS)

    await attempts_until_the_end(karta, clock, mailer, letter.id)

    assert (await the_letter(karta)).state is LetterState.UNCLEAR


# Interrupted


class DyingMailer(RecordingMailer):
    """Its process dies while the letter is on the wire."""

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        await super().send(message, sender, recipient)
        raise SystemError("killed")


async def test_a_letter_whose_sender_died_goes_once_more_when_its_lease_is_over(
    running: Running, clock: SetClock
) -> None:
    karta, dying, living = running.karta, DyingMailer(), RecordingMailer()
    with pytest.raises(SystemError):
        await deliver_due(karta, dying)
    assert (await the_letter(karta)).state is LetterState.SENDING

    assert await deliver_due(karta, living) == 0
    assert await next_due(karta) == clock.moment + LEASE
    clock.moment += LEASE
    assert await deliver_due(karta, living) == 1

    assert (await the_letter(karta)).state is LetterState.SENT
    assert dying.sent[0]["Message-ID"] == living.sent[0]["Message-ID"]


async def test_a_letter_whose_sender_died_twice_is_shown_as_unclear(
    running: Running, clock: SetClock
) -> None:
    for _ in range(2):
        with pytest.raises(SystemError):
            await deliver_due(running.karta, DyingMailer())
        clock.moment += LEASE
    living = RecordingMailer()
    await deliver_due(running.karta, living)

    assert living.sent == []
    assert (await the_letter(running.karta)).state is LetterState.UNCLEAR


@dataclass
class OvertakenMailer(RecordingMailer):
    """So slow that the lease ends and somebody else delivers the letter meanwhile."""

    meanwhile: Callable[[], object] = lambda: None
    finally_says: SendOutcome = field(default_factory=Sent)

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        await self.meanwhile()
        return self.finally_says


@pytest.mark.parametrize("late_word", [Refused("550 no"), TryLater("нет связи"), Unclear("?")])
async def test_a_sender_that_lost_its_lease_cannot_undo_what_another_achieved(
    running: Running, clock: SetClock, late_word: SendOutcome
) -> None:
    karta, other = running.karta, RecordingMailer()

    async def meanwhile() -> None:
        clock.moment += LEASE
        await deliver_due(karta, other)

    await deliver_due(karta, OvertakenMailer(meanwhile=meanwhile, finally_says=late_word))

    assert len(other.sent) == 1
    assert (await the_letter(karta)).state is LetterState.SENT


async def test_a_sender_that_lost_its_lease_may_still_tell_of_its_success(
    running: Running, clock: SetClock
) -> None:
    karta = running.karta

    async def meanwhile() -> None:
        clock.moment += LEASE
        await deliver_due(karta, RecordingMailer(script=[TryLater("нет связи")]))

    await deliver_due(karta, OvertakenMailer(meanwhile=meanwhile))

    assert (await the_letter(karta)).state is LetterState.SENT
    assert await next_due(karta) is None


@dataclass
class SlowMailer(RecordingMailer):
    """Waits until it is let go."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: bytes, sender: str, recipient: str) -> SendOutcome:
        self.begun.set()
        await self.go.wait()
        return await super().send(message, sender, recipient)


async def test_a_process_told_to_stop_brings_the_letter_in_flight_to_its_end(
    running: Running,
) -> None:
    mailer = SlowMailer()
    delivery = asyncio.create_task(deliver_due(running.karta, mailer))
    await mailer.begun.wait()

    delivery.cancel()
    asyncio.get_running_loop().call_later(0.05, mailer.go.set)
    with pytest.raises(asyncio.CancelledError):
        await delivery

    assert (await the_letter(running.karta)).state is LetterState.SENT


# Our own faults


async def test_a_letter_that_cannot_be_composed_waits_and_stops_nobody(
    running: Running, clock: SetClock
) -> None:
    karta = running.karta
    spoilt = await the_letter(karta)
    async with karta.transaction() as session:
        row = await session.get_one(Letter, spoilt.id)
        payload, row.payload = row.payload, {"kind": "from the future"}
        session.add(row)
    await request_sign_in(karta, "social@talon.example")
    mailer = RecordingMailer()

    assert await deliver_due(karta, mailer) == 2

    assert mailer.recipients == ["social@talon.example"]
    waiting = await the_letter(karta)
    assert waiting.state is LetterState.QUEUED
    assert "не удалось составить" in waiting.last_error
    async with karta.transaction() as session:
        row = await session.get_one(Letter, spoilt.id)
        row.payload = payload
        session.add(row)
    clock.moment += timedelta(seconds=10)
    await deliver_due(karta, mailer)
    assert (await the_letter(karta)).state is LetterState.SENT


async def test_a_stale_sign_in_letter_is_not_sent(running: Running, clock: SetClock) -> None:
    karta = running.karta
    await request_sign_in(karta, "social@talon.example")
    clock.moment += timedelta(minutes=30)
    mailer = RecordingMailer()

    await deliver_due(karta, mailer)

    assert mailer.recipients == ["director@talon.example"]
    assert (await the_letter(karta, "sign_in")).state is LetterState.UNDELIVERABLE


async def test_a_stopped_programme_sends_nothing_any_more(running: Running) -> None:
    karta = running.karta
    await stop_programme(
        karta, running.programme_id, by=await running.actor("director"), reason="школа закрыта"
    )
    mailer = RecordingMailer()

    await deliver_due(karta, mailer)

    assert mailer.sent == []
    assert [x.state for x in await letters(karta)] == [LetterState.UNDELIVERABLE]


# Sent again


async def test_a_letter_is_sent_again_to_the_present_address_with_fresh_links(
    running: Running, clock: SetClock, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    director, curator = await running.actor("director"), await running.actor("curator")
    await deliver_due(karta, make_mailer(karta))
    first = await the_letter(karta)
    await change_person(
        karta, director.person_id, by=director, email="new@talon.example",
        name="Москвина Т.Н.", post="директор школы", roles=["director"],
    )  # fmt: skip
    clock.moment += timedelta(hours=1)

    again = await send_again(karta, first.id, by=curator)
    assert await send_again(karta, first.id, by=curator) == again
    await deliver_due(karta, make_mailer(karta))

    old, new = server.letters
    assert (old.recipient, new.recipient) == ("director@talon.example", "new@talon.example")
    assert old.message_id != new.message_id
    assert old.subject == new.subject
    assert set(old.links).isdisjoint(new.links)
    async with karta.transaction() as session:
        for link in new.links:
            await step_of_link(karta, session, link.rpartition("/")[2])
        for link in old.links:  # whoever reads the former address's mail opens nothing
            with pytest.raises(LinkDead):
                await step_of_link(karta, session, link.rpartition("/")[2])
    assert len(await events(karta, "letter.again")) == 1


async def test_a_waiting_letter_is_tried_now_instead_of_being_doubled(running: Running) -> None:
    karta, curator = running.karta, await running.actor("curator")
    mailer = RecordingMailer(script=[TryLater("451 later", busy=True)])
    await deliver_due(karta, mailer)
    letter = await the_letter(karta)

    assert await send_again(karta, letter.id, by=curator) == letter.id
    await deliver_due(karta, mailer)

    assert len(mailer.sent) == 1
    assert (await the_letter(karta)).state is LetterState.SENT


async def test_a_former_owners_letter_is_not_sent_again(running: Running) -> None:
    karta = running.karta
    curator, social = await running.actor("curator"), await running.actor("social")
    await deliver_due(karta, RecordingMailer())
    letter = await the_letter(karta)
    await change_owner(karta, await running.target("1.2"), by=curator, owner_id=social.person_id)

    with pytest.raises(MoveRefused, match="за мероприятие 1.2 теперь отвечает Белякова"):
        await send_again(karta, letter.id, by=curator)


async def test_sending_again_has_its_limits(running: Running) -> None:
    karta = running.karta
    curator, social = await running.actor("curator"), await running.actor("social")
    await request_sign_in(karta, "social@talon.example")
    await deliver_due(karta, RecordingMailer())
    opened, sign_in = await the_letter(karta), await the_letter(karta, "sign_in")

    with pytest.raises(MoveRefused, match="может куратор или директор"):
        await send_again(karta, opened.id, by=social)
    with pytest.raises(MoveRefused, match="запросите новое"):
        await send_again(karta, sign_in.id, by=curator)
    with pytest.raises(NotFound):
        await send_again(karta, uuid4(), by=curator)
    await stop_programme(
        karta, running.programme_id, by=await running.actor("director"), reason="школа закрыта"
    )
    with pytest.raises(MoveRefused, match="остановлена"):
        await send_again(karta, opened.id, by=curator)


async def test_a_letter_is_read_with_its_links_or_without(running: Running) -> None:
    karta = running.karta
    await request_sign_in(karta, "social@talon.example")
    async with karta.transaction() as session:
        for letter in await letters(karta):
            mine = await read_letter(karta, session, letter, with_links=True)
            bare = await read_letter(karta, session, letter, with_links=False)
            assert "/l/" in mine.html or "/enter/" in mine.html
            assert "/l/" not in bare.html + bare.text
            assert "/enter/" not in bare.html + bare.text
            assert f'href="{karta.settings.base_url}/"' in bare.html


# What a step's life writes


async def test_a_report_writes_to_the_curator_and_a_dead_owner_link_stays_dead(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    director, social = await running.actor("director"), await running.actor("social")
    await deliver_due(karta, make_mailer(karta))
    link = server.letters[0].links[0]
    await report_step(
        karta, Target((await running.rows()).step("1.1").id), by=director, note="встреча 3 сентября"
    )
    await deliver_due(karta, make_mailer(karta))

    reported = server.letters[-1]
    assert reported.recipient == "curator@talon.example"
    assert reported.header("Reply-To").endswith("<director@talon.example>")
    assert "  встреча 3 сентября" in reported.text
    await change_owner(
        karta, await running.target("1.1"), by=await running.actor("curator"),
        owner_id=social.person_id,
    )  # fmt: skip
    async with karta.transaction() as session:
        with pytest.raises(LinkDead):
            await step_of_link(karta, session, link.rpartition("/")[2])
        assert await person_by(session, "director", director.organisation_id)


async def test_the_last_mark_of_a_stage_sends_the_next_stages_letters(
    running: Running, server: SmtpServer
) -> None:
    karta = connected(running.karta, server)
    mailer = make_mailer(karta)
    assert isinstance(mailer, SmtpMailer)
    await running.done("1.1", "1.2", "1.3")
    await deliver_due(karta, mailer)
    server.forget()

    await finish_step(karta, await running.target("1.4"), by=await running.actor("curator"))
    await deliver_due(karta, mailer)

    assert sorted((r.recipient, r.subject) for r in server.letters) == [
        (
            "curator@talon.example",
            "Ваше мероприятие 2.3: Анализ полученных от наставляемых и третьих лиц данных. "
            "Формирование…",
        ),
        ("social@talon.example", "Ваши мероприятия: 2.1, 2.2"),
    ]
    assert server.connections == 0  # the connection made before still serves
    await mailer.close()
