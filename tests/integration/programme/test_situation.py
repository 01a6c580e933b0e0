"""What a programme's rows mean at a moment is worked out once, and anew when asked."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.repository import ProgrammeRows, load_programme
from models.situation import Situation
from models.tables import Stage, Step
from roadmap.planner import QueueLetter
from roadmap.states import StageState, StepState
from services.clock import SetClock
from services.people.substitutions import add_substitution
from services.programme.advance import advance
from tests.integration.conftest import Running


@dataclass
class CountedRows(ProgrammeRows):
    """Rows that know how many boards were built of them: each asks for the first stage's steps."""

    boards: int = 0

    def steps_of(self, stage: Stage) -> list[Step]:
        self.boards += stage is self.stages[0]
        return super().steps_of(stage)


def counted(rows: ProgrammeRows) -> CountedRows:
    return CountedRows(**vars(rows))


async def stand_in(school: Running, key: str, deputy: str) -> None:
    """From today on the deputy gets the person's letters."""
    rows = await school.rows()
    today = Situation(rows, school.karta.clock.now()).today
    await add_substitution(
        school.karta,
        by=await school.actor("curator"),
        person_id=rows.person(key).id,
        deputy_id=rows.person(deputy).id,
        first_day=today,
        last_day=today + timedelta(days=60),
    )


async def test_a_pass_builds_one_board_however_many_letters_it_queues(
    running: Running, clock: SetClock
) -> None:
    await stand_in(running, "social", "director")
    clock.moment += timedelta(days=35)  # by then the first steps are late

    async with running.karta.transaction() as session:
        rows = counted(await load_programme(session, running.programme_id, lock=True))
        actions = await advance(running.karta, session, Situation(rows, clock.now()))

    assert sum(isinstance(action, QueueLetter) for action in actions) > 1
    assert rows.boards == 1


async def test_nobody_away_needs_no_board(running: Running) -> None:
    rows = counted(await running.rows())
    situation = Situation(rows, running.karta.clock.now())

    assert [situation.addressee(person) for person in rows.people.values()] == [
        *rows.people.values()
    ]
    assert rows.boards == 0


async def test_letters_of_everybody_away_are_asked_of_one_board(running: Running) -> None:
    await stand_in(running, "social", "director")
    rows = counted(await running.rows())
    situation = Situation(rows, running.karta.clock.now())

    found = {key: situation.addressee(rows.person(key)).key for key in ("social", "curator")}

    assert found == {"social": "director", "curator": "curator"}
    assert rows.boards == 1


async def test_gates_are_seen_anew_after_the_rows_have_changed(running: Running) -> None:
    rows = await running.rows()
    second = rows.stage("2")
    before = Situation(rows, running.karta.clock.now())
    assert before.missing(second) == ("1.1", "1.2", "1.3", "1.4")

    for code in ("1.1", "1.2", "1.3"):
        rows.step(code).state = StepState.DONE

    assert before.again().missing(second) == ("1.4",)


async def test_only_what_waits_misses_anything(running: Running) -> None:
    rows = await running.rows()
    situation = Situation(rows, running.karta.clock.now())

    assert {step.code: situation.missing(step) for step in rows.steps if
            step.state is not StepState.WAITING} == dict.fromkeys(
                ("1.1", "1.2", "1.3", "1.4"), ())  # fmt: skip
    assert situation.missing(rows.stage("1")) == ()
    assert rows.stage("2").state is StageState.CLOSED


async def test_days_late_are_days_of_the_school(running: Running) -> None:
    rows = await running.rows()
    step = rows.step("1.1")
    day = Situation(rows, running.karta.clock.now()).deadline(step)
    assert day is not None
    # 15:00 in London is already the next day in Magadan.
    evening = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    noon = evening - timedelta(hours=10)

    assert Situation(rows, evening).today == day + timedelta(days=1)
    assert [Situation(rows, now).late_days(step) for now in (noon, evening)] == [0, 1]
    step.state = StepState.DONE
    assert Situation(rows, evening).late_days(step) == 0
