"""A programme from its start to its end, on a real database."""

import asyncio
from dataclasses import replace

import pytest
from sqlmodel import col, select

from models.tables import Event, Letter, Person, Step
from roadmap.errors import ChangedMeanwhile, GateClosed, InputWrong, MoveRefused
from roadmap.loader import Loaded
from roadmap.spec import PersonSpec
from roadmap.states import ProgrammeState, StageState, StepState
from services.karta import Karta
from services.plan.starting import start_programme
from services.programme.advance import advance_programme
from services.programme.early_opening import open_stage_early
from services.steps.change import Target
from services.steps.corrections import change_owner
from services.steps.evidence import FileAttachment, LinkAttachment
from services.steps.moves import finish_step, report_step, restore_step, return_step, skip_step
from tests.integration.conftest import Running

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


async def letters(karta: Karta, kind: str) -> list[Letter]:
    async with karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.kind == kind).order_by(col(Letter.created_at))
        )
        return list(found)


async def test_starting_opens_only_the_first_stage_and_writes_one_letter(running: Running) -> None:
    rows = await running.rows()

    assert [stage.state for stage in rows.stages] == [StageState.OPEN] + [StageState.CLOSED] * 6
    assert [s.code for s in rows.steps if s.state is StepState.OPEN] == ["1.1", "1.2", "1.3", "1.4"]
    (letter,) = await letters(running.karta, "opened")
    assert letter.to_address == "director@talon.example"
    assert [step["code"] for step in letter.payload["steps"]] == ["1.1", "1.2", "1.3", "1.4"]


async def test_the_next_stage_opens_when_and_only_when_the_one_before_is_complete(
    running: Running,
) -> None:
    await running.done("1.1", "1.2", "1.3")
    assert (await running.rows()).stage("2").state is StageState.CLOSED

    await running.done("1.4")

    rows = await running.rows()
    assert rows.stage("1").state is StageState.DONE
    assert rows.stage("2").state is StageState.OPEN
    assert {s.state for s in rows.steps_of(rows.stage("2"))} == {StepState.OPEN}
    told = {letter.to_address for letter in (await letters(running.karta, "opened"))[1:]}
    assert told == {"social@talon.example", "curator@talon.example"}


async def test_a_whole_programme_comes_to_its_end(running: Running) -> None:
    for step in (await running.rows()).steps:
        await running.done(step.code)

    rows = await running.rows()
    assert rows.programme.state is ProgrammeState.DONE
    assert {stage.state for stage in rows.stages} == {StageState.DONE}


async def test_a_second_pass_changes_nothing(running: Running) -> None:
    before = (await running.rows()).programme.version

    assert await advance_programme(running.karta, running.programme_id) == []
    assert (await running.rows()).programme.version == before


async def test_a_closed_stage_refuses_with_its_reason(running: Running) -> None:
    with pytest.raises(GateClosed, match="этап 2 закрыт: не выполнены 1.1, 1.2, 1.3, 1.4"):
        await running.done("2.1")


async def test_a_report_without_required_evidence_is_refused_and_nothing_changes(
    running: Running,
) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    social = await running.actor("social")

    with pytest.raises(InputWrong, match="2.2: приложите реестр"):
        await report_step(running.karta, await running.target("2.2"), by=social, note="собрала")

    assert (await running.rows()).step("2.2").state is StepState.OPEN


async def test_a_report_goes_to_the_curator_and_back_to_the_owner(running: Running) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    social, curator = await running.actor("social"), await running.actor("curator")
    await report_step(
        running.karta,
        await running.target("2.2"),
        by=social,
        note="собраны 17 согласий",
        attachments=[FileAttachment("реестр.pdf", PDF), LinkAttachment("school.example/registry")],
    )
    assert (await running.rows()).step("2.2").state is StepState.REPORTED
    (reported,) = await letters(running.karta, "reported")
    assert reported.to_address == "curator@talon.example"

    await return_step(
        running.karta, await running.target("2.2"), by=curator, reason="нет подписи директора"
    )

    assert (await running.rows()).step("2.2").state is StepState.RETURNED
    (returned,) = await letters(running.karta, "returned")
    assert returned.to_address == "social@talon.example"
    assert returned.payload["reason"] == "нет подписи директора"


async def test_a_curator_accepts_without_evidence_only_with_a_reason(running: Running) -> None:
    await running.done("1.1", "1.2", "1.3", "1.4")
    curator = await running.actor("curator")
    with pytest.raises(InputWrong, match="почему принимаете без"):
        await finish_step(running.karta, await running.target("2.2"), by=curator)

    await finish_step(
        running.karta, await running.target("2.2"), by=curator, reason="оригиналы в сейфе"
    )

    async with running.karta.transaction() as session:
        event = (await session.exec(select(Event).where(Event.kind == "step.done"))).all()[-1]
    assert (event.reason, event.details["without_evidence"]) == ("оригиналы в сейфе", True)


async def test_the_director_opens_a_stage_early_and_the_curator_may_not(running: Running) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    with pytest.raises(MoveRefused, match="может только директор"):
        await open_stage_early(running.karta, running.programme_id, "3", by=curator, reason="пора")

    await open_stage_early(
        running.karta, running.programme_id, "3", by=director, reason="каникулы короче"
    )

    rows = await running.rows()
    assert rows.stage("3").state is StageState.OPEN
    assert rows.stage("2").state is StageState.CLOSED


async def test_two_curators_on_one_step_at_once_one_wins_and_the_other_is_told(
    running: Running,
) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    target = await running.target("1.1")

    results = await asyncio.gather(
        finish_step(running.karta, target, by=curator),
        skip_step(running.karta, target, by=director, reason="уже было"),
        return_exceptions=True,
    )

    (told,) = [r for r in results if isinstance(r, Exception)]
    assert isinstance(told, ChangedMeanwhile)
    assert "пока страница была открыта" in str(told)


async def test_the_same_form_sent_twice_is_one_change(running: Running) -> None:
    curator = await running.actor("curator")
    target = await running.target("1.1")

    await finish_step(running.karta, target, by=curator)
    await finish_step(running.karta, target, by=curator)

    async with running.karta.transaction() as session:
        done = await session.exec(select(Event).where(Event.kind == "step.done"))
        assert len(done.all()) == 1


async def test_many_marks_at_once_lose_nothing_and_open_the_next_stage_once(
    running: Running,
) -> None:
    curator = await running.actor("curator")
    targets = [
        Target((await running.target(code)).step_id) for code in ("1.1", "1.2", "1.3", "1.4")
    ]

    await asyncio.gather(*(finish_step(running.karta, t, by=curator) for t in targets))

    assert (await running.rows()).stage("2").state is StageState.OPEN
    async with running.karta.transaction() as session:
        opened = await session.exec(select(Event).where(Event.kind == "stage.opened"))
        assert len(opened.all()) == 2


async def test_a_new_owner_is_told_at_once_and_the_old_links_die(running: Running) -> None:
    curator, social = await running.actor("curator"), await running.actor("social")

    await change_owner(
        running.karta, await running.target("1.2"), by=curator, owner_id=social.person_id
    )

    last = (await letters(running.karta, "opened"))[-1]
    assert last.to_address == "social@talon.example"
    assert [step["code"] for step in last.payload["steps"]] == ["1.2"]


async def test_a_skipped_step_lets_the_stage_through_and_can_come_back(running: Running) -> None:
    curator = await running.actor("curator")
    await running.done("1.1", "1.2", "1.3")
    await skip_step(
        running.karta, await running.target("1.4"), by=curator, reason="обучающихся собрали раньше"
    )
    assert (await running.rows()).stage("2").state is StageState.OPEN

    await restore_step(running.karta, await running.target("1.4"), by=curator, reason="ошибка")

    rows = await running.rows()
    assert rows.step("1.4").state is StepState.OPEN
    assert rows.stage("1").state is StageState.OPEN
    assert rows.stage("2").state is StageState.OPEN


async def test_what_fails_half_way_leaves_nothing_behind(running: Running) -> None:
    social = await running.actor("social")
    await running.done("1.1", "1.2", "1.3", "1.4")

    with pytest.raises(InputWrong, match="внутри не pdf"):
        await report_step(
            running.karta,
            await running.target("2.1"),
            by=social,
            attachments=[FileAttachment("анкеты.pdf", PDF), FileAttachment("x.pdf", b"GIF89a")],
        )

    async with running.karta.transaction() as session:
        step = (await session.exec(select(Step).where(Step.code == "2.1"))).one()
    assert step.state is StepState.OPEN
    assert await letters(running.karta, "reported") == []


async def test_twenty_programmes_start_side_by_side(karta: Karta, shipped: Loaded) -> None:
    started = await asyncio.gather(*(start_programme(karta, shipped) for _ in range(20)))

    assert len({s.programme_id for s in started}) == 20
    assert len(await letters(karta, "opened")) == 20


async def test_starts_side_by_side_add_a_new_person_of_a_known_school_once(
    karta: Karta, shipped: Loaded
) -> None:
    await start_programme(karta, shipped)
    plan = shipped.require()
    librarian = PersonSpec(post="библиотекарь", email="library@talon.example")
    people = {**plan.people, "librarian": librarian}
    more = replace(shipped, roadmap=plan.model_copy(update={"people": people}))

    await asyncio.gather(*(start_programme(karta, more) for _ in range(4)))

    async with karta.transaction() as session:
        keys = list(await session.exec(select(Person.key)))
    assert sorted(keys) == sorted(people)
