"""What an owner asks of the curator, and what comes of it."""

import asyncio
from datetime import date

import pytest
from sqlmodel import col, select

from models.tables import Event, Letter, Request, RequestKind, RequestState
from roadmap.errors import ChangedMeanwhile, InputWrong, MoveRefused, NotFound
from roadmap.states import StepState
from services.letters.counts import letter_counts
from services.people.cards import add_person
from services.programme.needs import needs_of
from services.programme.open_proposals import open_requests
from services.programme.view import programme_view
from services.steps.card import StepCard, step_card
from services.steps.corrections import change_owner, move_due
from services.steps.moves import finish_step, skip_step
from services.steps.proposals import agree, ask_for_other_owner, ask_to_move_due, refuse, withdraw
from tests.integration.conftest import Running

LATER = date(2021, 12, 10)


@pytest.fixture
async def asked(running: Running) -> Running:
    """Stage 2 open; the social pedagogue has asked to move 2.2."""
    await running.done("1.1", "1.2", "1.3", "1.4")
    await ask(running, "карантин до 3 декабря")
    return running


async def ask(running: Running, reason: str, end: date = LATER, code: str = "2.2") -> None:
    social = await running.actor("social")
    await ask_to_move_due(
        running.karta, await running.target(code), by=social, end=end, reason=reason
    )


async def not_mine(running: Running, owner: str | None) -> None:
    social = await running.actor("social")
    owner_id = (await running.rows()).person(owner).id if owner else None
    await ask_for_other_owner(
        running.karta, await running.target("2.2"), by=social, owner_id=owner_id,
        reason="этим занят организатор",
    )  # fmt: skip


async def requests(running: Running) -> list[Request]:
    async with running.karta.transaction() as session:
        return list(await session.exec(select(Request).order_by(col(Request.at), Request.state)))


async def letters(running: Running, kind: str) -> list[Letter]:
    async with running.karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.kind == kind).order_by(col(Letter.created_at))
        )
        return list(found)


async def journal(running: Running, start: str) -> list[Event]:
    async with running.karta.transaction() as session:
        found = await session.exec(
            select(Event).where(col(Event.kind).startswith(start)).order_by(col(Event.id))
        )
        return list(found)


async def card(running: Running, code: str, key: str) -> StepCard:
    rows = await running.rows()
    actor = await running.actor(key)
    async with running.karta.transaction() as session:
        now = running.karta.clock.now()
        return await step_card(session, rows, rows.step(code).id, actor, now)


async def test_asking_changes_nothing_yet_and_tells_the_curator(asked: Running) -> None:
    step = (await asked.rows()).step("2.2")
    assert step.due_end == date(2021, 11, 30)
    (letter,) = await letters(asked, "asked")
    assert letter.to_address == "curator@talon.example"
    assert letter.payload["asks"] == "просит перенести срок на 10 декабря 2021"
    assert letter.payload["reason"] == "карантин до 3 декабря"


async def test_agreeing_moves_the_date_and_tells_the_owner_once(asked: Running) -> None:
    (request,) = await requests(asked)
    curator = await asked.actor("curator")

    await agree(asked.karta, request.id, by=curator)

    step = (await asked.rows()).step("2.2")
    assert step.due_end == LATER
    (letter,) = await letters(asked, "answered")
    assert letter.to_address == "social@talon.example"
    assert letter.subject.startswith("Срок перенесён: 2.2")
    assert await letters(asked, "changed") == []
    moved = (await journal(asked, "step.due_moved"))[0]
    assert moved.reason == "карантин до 3 декабря"
    assert (await requests(asked))[0].state is RequestState.AGREED


async def test_agreeing_twice_is_agreeing_once(asked: Running) -> None:
    (request,) = await requests(asked)
    curator = await asked.actor("curator")

    await agree(asked.karta, request.id, by=curator)
    await agree(asked.karta, request.id, by=curator)

    assert len(await journal(asked, "step.due_moved")) == 1
    assert len(await letters(asked, "answered")) == 1


async def test_of_two_curators_answering_at_once_the_second_is_told_who_was_first(
    asked: Running,
) -> None:
    (request,) = await requests(asked)
    curator, director = await asked.actor("curator"), await asked.actor("director")

    results = await asyncio.gather(
        agree(asked.karta, request.id, by=curator),
        refuse(asked.karta, request.id, by=director, answer="нельзя"),
        return_exceptions=True,
    )

    (told,) = [r for r in results if isinstance(r, Exception)]
    assert isinstance(told, ChangedMeanwhile)
    assert "на просьбу уже ответили" in str(told)
    assert len(await letters(asked, "answered")) == 1


async def test_refusing_needs_words_and_sends_them_to_the_owner(asked: Running) -> None:
    (request,) = await requests(asked)
    curator = await asked.actor("curator")
    with pytest.raises(InputWrong, match="почему нет"):
        await refuse(asked.karta, request.id, by=curator, answer=" ")

    await refuse(asked.karta, request.id, by=curator, answer="отчёт в отдел 1 декабря")

    assert (await asked.rows()).step("2.2").due_end == date(2021, 11, 30)
    (letter,) = await letters(asked, "answered")
    assert letter.payload["answer"] == "отчёт в отдел 1 декабря"
    assert letter.subject.startswith("Срок остаётся прежним: 2.2")


async def test_a_second_request_replaces_the_first_and_the_journal_keeps_both(
    asked: Running,
) -> None:
    await ask(asked, "карантин продлён", date(2021, 12, 17))

    states = {r.reason: r.state for r in await requests(asked)}
    assert states == {
        "карантин до 3 декабря": RequestState.WITHDRAWN,
        "карантин продлён": RequestState.OPEN,
    }
    entries = await journal(asked, "request.due_asked")
    assert [e.reason for e in entries] == ["карантин до 3 декабря", "карантин продлён"]
    assert "вместо прежней просьбы" in entries[1].text


async def test_the_same_form_sent_twice_is_one_request(asked: Running) -> None:
    await ask(asked, "карантин до 3 декабря")

    assert len(await requests(asked)) == 1
    assert len(await letters(asked, "asked")) == 1


@pytest.mark.parametrize(
    ("end", "reason", "words"),
    [
        (date(2021, 9, 7), "болею", "предложите день позже сегодняшнего"),
        (date(2020, 1, 1), "болею", "предложите день позже сегодняшнего"),
        (date(2221, 1, 1), "болею", "не подходит"),
        (date(2021, 11, 30), "болею", "и так этот срок"),
        (LATER, "  ", "почему нужно перенести срок"),
    ],
)
async def test_a_date_that_cannot_be_or_no_reason_is_refused(
    running: Running, end: date, reason: str, words: str
) -> None:
    with pytest.raises(InputWrong, match=words):
        await ask(running, reason, end)

    assert await requests(running) == []


async def test_only_the_owner_may_ask_and_only_for_what_is_not_finished(running: Running) -> None:
    curator, director = await running.actor("curator"), await running.actor("director")
    with pytest.raises(MoveRefused, match="может только ответственный"):
        await ask_to_move_due(
            running.karta, await running.target("2.2"), by=curator, end=LATER, reason="так"
        )
    await running.done("1.1")
    with pytest.raises(MoveRefused, match="уже завершено"):
        await ask_to_move_due(
            running.karta, await running.target("1.1"), by=director, end=LATER, reason="так"
        )


async def test_a_curators_own_request_goes_to_the_director(running: Running) -> None:
    curator = await running.actor("curator")

    await ask_to_move_due(
        running.karta, await running.target("2.3"), by=curator, end=LATER, reason="нет данных"
    )

    (letter,) = await letters(running, "asked")
    assert letter.to_address == "director@talon.example"


async def test_not_mine_gives_the_step_to_the_one_proposed(asked: Running) -> None:
    await not_mine(asked, "curator")
    request = next(r for r in await requests(asked) if r.kind is RequestKind.OWNER)
    director = await asked.actor("director")

    await agree(asked.karta, request.id, by=director)

    rows = await asked.rows()
    assert rows.owner(rows.step("2.2")).key == "curator"
    (answered,) = await letters(asked, "answered")
    assert answered.to_address == "social@talon.example"
    assert answered.subject.startswith("Мероприятие передано другому: 2.2")
    opened = (await letters(asked, "opened"))[-1]
    assert opened.to_address == "curator@talon.example"
    # The former owner's wish for another date has no point any more.
    assert {r.kind: r.state for r in await requests(asked)} == {
        RequestKind.DUE: RequestState.WITHDRAWN,
        RequestKind.OWNER: RequestState.AGREED,
    }


async def test_not_mine_without_a_name_asks_the_curator_for_one(asked: Running) -> None:
    await not_mine(asked, None)
    request = next(r for r in await requests(asked) if r.kind is RequestKind.OWNER)
    director = await asked.actor("director")
    with pytest.raises(InputWrong, match="выберите, кто теперь отвечает"):
        await agree(asked.karta, request.id, by=director)

    await agree(asked.karta, request.id, by=director, owner_id=director.person_id)

    rows = await asked.rows()
    assert rows.owner(rows.step("2.2")).key == "director"


async def test_an_observer_is_not_proposed_nor_is_the_owner(asked: Running) -> None:
    await add_person(
        asked.karta, by=await asked.actor("curator"), email="o@region.example", name="Орлова О.О.",
        roles=("observer",), key="observer",
    )  # fmt: skip
    with pytest.raises(InputWrong, match="наблюдатель"):
        await not_mine(asked, "observer")
    with pytest.raises(InputWrong, match="уже отвечает"):
        await not_mine(asked, "social")


async def test_an_owner_takes_a_request_back_and_nobody_else_can(asked: Running) -> None:
    (request,) = await requests(asked)
    curator, social = await asked.actor("curator"), await asked.actor("social")
    with pytest.raises(MoveRefused, match="Отозвать просьбу может только ответственный"):
        await withdraw(asked.karta, request.id, by=curator)

    await withdraw(asked.karta, request.id, by=social)
    await withdraw(asked.karta, request.id, by=social)

    with pytest.raises(ChangedMeanwhile, match="уже отозвана"):
        await agree(asked.karta, request.id, by=curator)
    assert len(await journal(asked, "request.withdrawn")) == 1


async def test_an_owner_may_not_answer_and_a_request_belongs_to_its_step(asked: Running) -> None:
    (request,) = await requests(asked)
    social, curator = await asked.actor("social"), await asked.actor("curator")
    other = (await asked.rows()).step("2.1").id

    with pytest.raises(MoveRefused, match="может куратор или директор"):
        await agree(asked.karta, request.id, by=social)
    with pytest.raises(NotFound):
        await agree(asked.karta, request.id, by=curator, of_step=other)


@pytest.mark.parametrize("how", ["due", "owner", "done", "skipped"])
async def test_what_changes_otherwise_drops_the_request(asked: Running, how: str) -> None:
    curator = await asked.actor("curator")
    target = await asked.target("2.2")
    match how:
        case "due":
            await move_due(asked.karta, target, by=curator, end=LATER, reason="педсовет")
        case "owner":
            await change_owner(asked.karta, target, by=curator, owner_id=curator.person_id)
        case "done":
            await finish_step(asked.karta, target, by=curator, reason="видела")
        case _:
            await skip_step(asked.karta, target, by=curator, reason="не нужно")

    assert [r.state for r in await requests(asked)] == [RequestState.WITHDRAWN]
    dropped = (await journal(asked, "request.withdrawn"))[0]
    assert (dropped.by_id, bool(dropped.reason)) == (None, True)


async def test_a_proposed_day_that_has_come_is_not_agreed_to(asked: Running) -> None:
    (request,) = await requests(asked)
    asked.karta.clock.moment = asked.karta.clock.moment.replace(year=2022)
    curator = await asked.actor("curator")

    with pytest.raises(MoveRefused, match="предложенный срок уже наступил"):
        await agree(asked.karta, request.id, by=curator)

    assert [r.state for r in await requests(asked)] == [RequestState.OPEN]


async def test_the_board_and_the_page_show_the_request_to_those_concerned(asked: Running) -> None:
    curator, rows = await asked.actor("curator"), await asked.rows()
    async with asked.karta.transaction() as session:
        observer = await add_person(
            asked.karta, by=curator, email="o@region.example", name="Орлова О.О.",
            roles=("observer",), key="observer",
        )  # fmt: skip
        shown = await open_requests(session, rows, curator)
        counts = await letter_counts(session, observer.organisation_id)
    view = programme_view(rows, asked.karta.clock.now())
    needs = needs_of(view, curator, counts, requests=shown)
    why = [need.why for need in needs if need.href.endswith("#requests")]
    assert why == ["Белякова Т.Ю. просит перенести срок на 10 декабря 2021"]

    assert {"agree", "refuse"} <= (await card(asked, "2.2", "curator")).moves
    own = await card(asked, "2.2", "social")
    assert own.moves == {"report", "ask-due", "ask-owner", "withdraw", "meeting"}
    assert (await card(asked, "2.2", "observer")).requests == ()


async def test_an_owner_hears_what_a_curator_changed(asked: Running) -> None:
    curator = await asked.actor("curator")

    await move_due(asked.karta, await asked.target("2.1"), by=curator, end=LATER, reason="педсовет")
    await skip_step(asked.karta, await asked.target("2.1"), by=curator, reason="уже есть")
    await change_owner(
        asked.karta, await asked.target("2.2"), by=curator, owner_id=curator.person_id
    )

    due, skipped, owner = await letters(asked, "changed")
    assert {x.to_address for x in (due, skipped, owner)} == {"social@talon.example"}
    assert due.payload["before"] == "до 30 ноября 2021"
    assert due.payload["after"] == "до 10 декабря 2021"
    assert due.payload["reason"] == "педсовет"
    assert skipped.subject.startswith("Больше не требуется: 2.1")
    assert owner.payload["after"] == "зам. директора по ВР"


async def test_nobody_is_told_of_what_they_did_themselves(running: Running) -> None:
    director = await running.actor("director")

    await move_due(running.karta, await running.target("1.1"), by=director, end=LATER, reason="так")
    await skip_step(running.karta, await running.target("1.1"), by=director, reason="так")

    assert await letters(running, "changed") == []
    assert (await running.rows()).step("1.1").state is StepState.SKIPPED
