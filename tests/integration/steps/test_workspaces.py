"""What a kind of step brings along: what keeps it from being done, the evidence it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Event, Evidence, Step
from roadmap.errors import InputWrong
from roadmap.kinds import KINDS, Kind
from roadmap.states import StepState
from services.steps.evidence import Attachment, FileAttachment, LinkAttachment
from services.steps.moves import finish_step, report_step
from services.steps.workspaces import WORKSPACES, Lacking, Workspaces
from tests.integration.conftest import Running

PDF = FileAttachment("реестр.pdf", b"%PDF-1.4")


@dataclass(frozen=True)
class Questionnaires:
    """The workspace of a survey some of whose answers have not come."""

    missing: int = 0
    page: str = "web/steps/workspaces/plain.html.j2"

    async def lacking(self, session: AsyncSession, step: Step) -> Lacking | None:
        if not self.missing:
            return None
        return Lacking(
            to_owner=f"нет ещё {self.missing} ответов; напомните о них",
            to_curator=f"нет ещё {self.missing} ответов; напишите, почему хватит тех, что есть",
            question="Почему хватит тех ответов, что есть",
            noted="без части ответов",
        )

    async def evidence(self, session: AsyncSession, step: Step) -> Sequence[Attachment]:
        return (LinkAttachment("school.example/answers"),)


def with_survey(survey: Questionnaires) -> Workspaces:
    return {**WORKSPACES, Kind.SURVEY: survey}


@pytest.fixture
async def surveying(running: Running) -> Running:
    """2.1, a survey, in hand."""
    await running.done("1.1", "1.2", "1.3", "1.4")
    return running


def test_every_kind_of_step_has_its_card_and_its_workspace() -> None:
    assert set(WORKSPACES) == set(KINDS) == set(Kind)


async def test_a_report_is_not_taken_while_the_workspace_lacks_something(
    surveying: Running,
) -> None:
    workspaces, curator = with_survey(Questionnaires(missing=3)), await surveying.actor("curator")

    with pytest.raises(InputWrong, match="мероприятие 2.1: нет ещё 3 ответов; напомните о них"):
        await report_step(
            surveying.karta, await surveying.target("2.1"), by=curator, workspaces=workspaces
        )

    assert (await surveying.rows()).step("2.1").state is StepState.OPEN


async def test_what_the_workspace_lacks_keeps_a_step_from_done_unless_a_curator_says_why(
    surveying: Running,
) -> None:
    workspaces, curator = with_survey(Questionnaires(missing=3)), await surveying.actor("curator")
    target = await surveying.target("2.1")
    with pytest.raises(InputWrong, match="напишите, почему хватит тех, что есть"):
        await finish_step(surveying.karta, target, by=curator, workspaces=workspaces)

    await finish_step(
        surveying.karta, target, by=curator, reason="класс на карантине", workspaces=workspaces
    )

    async with surveying.karta.transaction() as session:
        found = select(Event).where(Event.step_id == target.step_id).order_by(col(Event.id).desc())
        event = (await session.exec(found.where(Event.kind == "step.done"))).first()
    assert event is not None
    assert (event.text, event.reason) == ("2.1: выполнено без части ответов", "класс на карантине")


async def test_the_evidence_that_the_work_leaves_is_attached_by_itself(
    surveying: Running,
) -> None:
    workspaces, curator = with_survey(Questionnaires()), await surveying.actor("curator")
    target = await surveying.target("2.1")

    await report_step(surveying.karta, target, by=curator, workspaces=workspaces)
    await finish_step(
        surveying.karta, await surveying.target("2.1"), by=curator, workspaces=workspaces
    )

    async with surveying.karta.transaction() as session:
        found = await session.exec(select(Evidence.url).where(Evidence.step_id == target.step_id))
        assert found.all() == ["https://school.example/answers"]


async def test_a_plain_kind_lacks_the_evidence_that_is_required_until_it_is_there(
    surveying: Running,
) -> None:
    social, target = await surveying.actor("social"), await surveying.target("2.2")
    plain = WORKSPACES[Kind.CONSENT]
    async with surveying.karta.transaction() as session:
        lacking = await plain.lacking(session, await session.get_one(Step, target.step_id))
    assert lacking is not None
    assert lacking.to_owner.startswith("приложите реестр собранных согласий")

    await report_step(surveying.karta, target, by=social, attachments=[PDF])

    async with surveying.karta.transaction() as session:
        step = await session.get_one(Step, target.step_id)
        assert await plain.lacking(session, step) is None
