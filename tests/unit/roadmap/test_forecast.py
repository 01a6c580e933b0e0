"""When the programme is expected to end: by hand, and for any plan and pace."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roadmap.board import Board, StageFact, StepFact
from roadmap.calendar import SchoolCalendar
from roadmap.forecast import Because, forecast
from roadmap.states import FINISHED, ProgrammeState, StageState, StepState

CALENDAR = SchoolCalendar("Asia/Magadan")
TODAY = date(2026, 11, 24)  # a Tuesday
DONE, OPEN, WAITING = StepState.DONE, StepState.OPEN, StepState.WAITING


def step(code: str, state: StepState, due: date | None, **values) -> StepFact:
    """A step due on a working day, by the first plan too unless `plan_end` says otherwise."""
    values.setdefault("plan_end", due)
    return StepFact(code, state, "a", due=due, start=due, end=due, **values)


def board(*stages: StageFact) -> Board:
    return Board(ProgrammeState.RUNNING, stages, CALENDAR)


def late(days: int, count: int = 3) -> StageFact:
    """A stage whose steps were due on 1 October and finished so many working days later."""
    due = date(2026, 10, 1)
    steps = [
        step(f"1.{n}", DONE, due, finished_on=CALENDAR.add_working_days(due, days),
             opened_on=date(2026, 9, 1))
        for n in range(count)
    ]  # fmt: skip
    return StageFact("1", StageState.DONE, tuple(steps), opened_on=date(2026, 9, 1))


def test_the_median_lateness_so_far_is_added_to_what_remains() -> None:
    due = date(2026, 12, 1)
    going = StageFact("2", StageState.OPEN, (step("2.1", OPEN, due, opened_on=TODAY),), ("1",))

    found = forecast(board(late(8), going), TODAY)

    assert (found.measured, found.pace, found.added) == (3, 8, 8)
    assert found.end == CALENDAR.add_working_days(due, 8)
    assert found.planned_end == due


def test_under_three_finished_steps_the_plan_itself_is_the_forecast() -> None:
    due = date(2026, 12, 1)
    going = StageFact("2", StageState.OPEN, (step("2.1", OPEN, due, opened_on=TODAY),), ("1",))

    found = forecast(board(late(8, count=2), going), TODAY)

    assert (found.is_guess, found.added, found.end) == (True, 0, due)


def test_being_early_moves_nothing_earlier() -> None:
    due = date(2026, 12, 1)
    going = StageFact("2", StageState.OPEN, (step("2.1", OPEN, due, opened_on=TODAY),), ("1",))

    found = forecast(board(late(-5), going), TODAY)

    assert (found.pace, found.added, found.end) == (-5, 0, due)


def test_a_stage_waits_for_the_one_before_it_also_beyond_its_own_dates() -> None:
    before = step("2.1", OPEN, date(2027, 5, 31), opened_on=TODAY)
    after = step("3.1", WAITING, date(2026, 12, 1))
    going = StageFact("2", StageState.OPEN, (before,), ("1",), opened_on=TODAY)
    closed = StageFact("3", StageState.CLOSED, (after,), ("2",))

    found = forecast(board(late(8), going, closed), TODAY)

    opens = CALENDAR.add_working_days(date(2027, 5, 31), 8)
    assert found.stages[2].opens == opens
    assert found.stages[2].held_by == "2"
    assert found.end == CALENDAR.add_working_days(opens, 8)


def test_an_optional_step_holds_nobody() -> None:
    optional = step("2.1", OPEN, date(2027, 5, 31), opened_on=TODAY, mandatory=False)
    going = StageFact("2", StageState.OPEN, (optional,), opened_on=TODAY)
    closed = StageFact("3", StageState.CLOSED, (step("3.1", WAITING, date(2026, 12, 1)),), ("2",))

    found = forecast(board(going, closed), TODAY)

    assert (found.stages[1].opens, found.stages[1].ends) == (TODAY, date(2026, 12, 1))


def test_a_date_that_was_moved_further_than_the_pace_stays() -> None:
    moved = step("2.1", OPEN, date(2027, 3, 1), plan_end=date(2026, 12, 1), opened_on=TODAY)
    going = StageFact("2", StageState.OPEN, (moved,), ("1",), opened_on=TODAY)

    found = forecast(board(late(8), going), TODAY)

    assert found.steps[-1].because is Because.MOVED
    assert found.end == date(2027, 3, 1)


def test_what_is_overdue_or_reported_is_expected_on_the_next_working_day() -> None:
    saturday = date(2026, 11, 28)
    two = (
        step("1.1", OPEN, date(2026, 10, 1), opened_on=date(2026, 9, 1)),
        step("1.2", StepState.REPORTED, date(2026, 12, 30), opened_on=date(2026, 9, 1)),
    )

    found = forecast(board(StageFact("1", StageState.OPEN, two)), saturday)

    assert [(s.on, s.because) for s in found.steps] == [
        (date(2026, 11, 30), Because.OVERDUE),
        (date(2026, 11, 30), Because.REPORTED),
    ]


def test_of_a_recurring_step_the_last_turn_counts() -> None:
    turns = ((None, date(2026, 10, 30)), (None, date(2027, 5, 31)))
    monthly = step("1.1", OPEN, turns[0][1], opened_on=TODAY, turns=turns, turn=0)

    found = forecast(board(StageFact("1", StageState.OPEN, (monthly,))), TODAY)

    assert found.end == date(2027, 5, 31)


def test_a_step_without_a_date_is_counted_and_named() -> None:
    undated = StageFact("1", StageState.OPEN, (step("1.1", OPEN, None, opened_on=TODAY),))

    found = forecast(board(undated), TODAY)

    assert (found.undated, found.end, found.planned_end) == (1, TODAY, None)


def test_a_finished_programme_ended_when_its_last_step_did() -> None:
    found = forecast(board(late(8)), TODAY)

    assert found.finished
    assert found.end == CALENDAR.add_working_days(date(2026, 10, 1), 8)


days = st.dates(date(2026, 9, 1), date(2027, 9, 1))


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """A programme under way: done stages, then one that goes on, then closed ones."""
    stages = []
    going = draw(st.integers(1, 3))
    for number in range(1, draw(st.integers(going, 5)) + 1):
        steps: list[StepFact] = []
        for place in range(1, draw(st.integers(1, 4)) + 1):
            plan_end = draw(st.none() | days)
            due = CALENDAR.deadline(draw(days)) if plan_end else None
            state = WAITING
            if number <= going:
                states = [DONE, DONE, StepState.SKIPPED]
                state = draw(st.sampled_from(states if number < going else [*states, OPEN]))
            finished_on = draw(days.filter(lambda day: day <= TODAY)) if state in FINISHED else None
            needs = ()
            if state is WAITING and steps:
                needs = tuple(draw(st.sets(st.sampled_from([s.code for s in steps]), max_size=1)))
            steps.append(
                StepFact(f"{number}.{place}", state, "a", needs=needs, due=due, plan_end=plan_end,
                         mandatory=draw(st.booleans()), finished_on=finished_on,
                         opened_on=None if state is WAITING else date(2026, 9, 1))
            )  # fmt: skip
        state = StageState.CLOSED if number > going else StageState.OPEN
        opened = date(2026, 9, 1) if number <= going else None
        after = (str(number - 1),) if number > 1 else ()
        stages.append(StageFact(str(number), state, tuple(steps), after, opened_on=opened))
    return board(*stages)


@given(boards())
def test_what_is_unfinished_is_never_expected_before_today_or_its_own_date(board: Board) -> None:
    found = forecast(board, TODAY)

    for fact, expected in zip(board.steps, found.steps, strict=True):
        if fact.state not in FINISHED:
            assert expected.on >= max(TODAY, fact.due or TODAY)
    if not found.finished:
        assert found.end >= TODAY


@given(boards())
def test_no_stage_is_expected_to_open_before_those_it_waits_for_let_it_through(
    board: Board,
) -> None:
    found = {stage.code: stage for stage in forecast(board, TODAY).stages}
    on = {step.code: step.on for step in forecast(board, TODAY).steps}

    for stage in board.stages:
        if stage.state is StageState.CLOSED:
            before = [s for code in stage.after for s in board.stage(code).steps if s.mandatory]
            assert all(on[s.code] <= found[stage.code].opens for s in before)
            assert all(on[s.code] >= found[stage.code].opens for s in stage.steps)


@given(boards(), st.data(), st.integers(1, 60))
def test_finishing_a_step_later_never_brings_the_end_nearer(
    board: Board, data: st.DataObject, more: int
) -> None:
    done = [s for s in board.steps if s.state is DONE]
    if not done:
        return
    chosen = data.draw(st.sampled_from(done))
    later = replace(chosen, finished_on=chosen.finished_on + timedelta(days=more))

    assert forecast(board.with_step(later), TODAY).end >= forecast(board, TODAY).end


@given(boards())
def test_the_same_board_has_the_same_forecast(board: Board) -> None:
    assert forecast(board, TODAY) == forecast(board, TODAY)
