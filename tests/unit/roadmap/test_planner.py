"""What opens when, and whom the letters go to: the planner on boards made by hand and by chance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from roadmap.applying import apply_all
from roadmap.board import Board, StageFact, StepFact
from roadmap.calendar import SchoolCalendar
from roadmap.gates import Closed, Open, stage_gate
from roadmap.planner import (
    OpenStage,
    QueueLetter,
    Why,
    plan,
)
from roadmap.states import FINISHED, ProgrammeState, StageState, StepState

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)  # Tuesday noon in Magadan


def board(*stages: StageFact, **values) -> Board:
    return Board(ProgrammeState.RUNNING, stages, SchoolCalendar("Asia/Magadan"), **values)


def stage(code: str, *steps: StepFact, **values) -> StageFact:
    values.setdefault("state", StageState.CLOSED)
    return StageFact(code, steps=steps, **values)


def applied(board: Board, now: datetime) -> tuple[Board, list]:
    """The board after everything the planner asked for, and what that was."""
    actions = plan(board, now)
    return apply_all(board, actions, now), actions


def test_a_closed_gate_names_what_is_missing() -> None:
    both = board(
        stage("1", StepFact("1.1", StepState.DONE, "a"), StepFact("1.2", StepState.OPEN, "a"),
              state=StageState.OPEN),
        stage("2", StepFact("2.1", StepState.WAITING, "a"), after=("1",)),
    )  # fmt: skip

    assert stage_gate(both, both.stage("2")) == Closed(("1.2",))


def test_an_optional_step_does_not_hold_the_gate() -> None:
    both = board(
        stage("1", StepFact("1.1", StepState.DONE, "a"),
              StepFact("1.2", StepState.OPEN, "a", mandatory=False), state=StageState.OPEN),
        stage("2", StepFact("2.1", StepState.WAITING, "a"), after=("1",)),
    )  # fmt: skip

    assert stage_gate(both, both.stage("2")) == Open()


def test_a_stage_of_optional_steps_lets_nobody_through_before_it_opens_itself() -> None:
    three = board(
        stage("1", StepFact("1.1", StepState.OPEN, "a"), state=StageState.OPEN),
        stage("2", StepFact("2.1", StepState.WAITING, "a", mandatory=False), after=("1",)),
        stage("3", StepFact("3.1", StepState.WAITING, "a"), after=("2",)),
    )

    assert stage_gate(three, three.stage("3")) == Closed(("1.1",))


def test_steps_that_open_together_for_one_person_come_in_one_letter() -> None:
    _, actions = applied(
        board(stage("1", *(StepFact(f"1.{n}", StepState.WAITING, "ab"[n % 2]) for n in range(4)))),
        NOW,
    )

    letters = [a for a in actions if isinstance(a, QueueLetter)]
    assert [(a.to, a.steps) for a in letters] == [("a", ("1.0", "1.2")), ("b", ("1.1", "1.3"))]


def late_board(due: date, **values) -> Board:
    step = StepFact("1.1", StepState.OPEN, "owner", due=due, told="owner",
                    opened_on=date(2026, 9, 1))  # fmt: skip
    return board(
        stage("1", step, state=StageState.OPEN),
        curators=("curator",),
        directors=("director",),
        **values,
    )


def daily_letters(start: Board, first: date, days: int) -> list[tuple[date, str, Why, int]]:
    """Every daily letter of a run of days, one pass each morning at eight."""
    found = []
    for n in range(days):
        today = first + timedelta(days=n)
        morning = datetime(today.year, today.month, today.day, 8, tzinfo=UTC) - timedelta(hours=11)
        start, actions = applied(start, morning)
        found += [
            (a.on, a.to, m.why, m.days)
            for a in actions
            if isinstance(a, QueueLetter)
            for m in a.mentions
        ]
    return found


def test_reminders_come_a_week_and_a_day_before_and_on_the_day() -> None:
    due = date(2026, 11, 26)  # a Thursday
    found = daily_letters(late_board(due, daily_done=date(2026, 11, 10)), date(2026, 11, 11), 16)

    assert found == [
        (date(2026, 11, 19), "owner", Why.SOON, 7),
        (date(2026, 11, 25), "owner", Why.SOON, 1),
        (date(2026, 11, 26), "owner", Why.TODAY, 0),
    ]


def test_late_steps_are_reminded_every_third_working_day_and_go_up() -> None:
    due = date(2026, 11, 9)  # a Monday
    found = daily_letters(late_board(due, daily_done=due), date(2026, 11, 10), 14)

    assert found == [
        (date(2026, 11, 12), "owner", Why.LATE, 3),
        (date(2026, 11, 12), "curator", Why.CURATOR_LATE, 3),
        (date(2026, 11, 17), "owner", Why.LATE, 6),
        (date(2026, 11, 18), "director", Why.DIRECTOR_LATE, 7),
        (date(2026, 11, 20), "owner", Why.LATE, 9),
    ]


def test_a_reminder_that_falls_on_a_weekend_comes_on_friday() -> None:
    due = date(2026, 11, 23)  # a Monday; the day before is a Sunday
    found = daily_letters(late_board(due, daily_done=date(2026, 11, 18)), date(2026, 11, 19), 5)

    assert found == [
        (date(2026, 11, 20), "owner", Why.SOON, 3),
        (date(2026, 11, 23), "owner", Why.TODAY, 0),
    ]


def test_days_without_service_are_made_up_once() -> None:
    due = date(2026, 11, 26)
    asleep = late_board(due, daily_done=date(2026, 11, 10))

    found = daily_letters(asleep, date(2026, 11, 24), 1)

    assert found == [(date(2026, 11, 24), "owner", Why.SOON, 2)]


def test_a_clock_moved_back_doubles_nothing() -> None:
    due = date(2026, 11, 26)
    after, actions = applied(
        late_board(due, daily_done=date(2026, 11, 18)), NOW - timedelta(days=5)
    )
    assert any(isinstance(a, QueueLetter) for a in actions)

    assert plan(after, NOW - timedelta(days=6)) == []


STATES = st.sampled_from(list(StepState))


@st.composite
def boards(draw) -> Board:
    """Any board: states may contradict each other, as after an edit by hand."""
    count = draw(st.integers(1, 5))
    stages = []
    for n in range(count):
        steps = tuple(
            StepFact(
                f"{n}.{i}",
                draw(STATES),
                draw(st.sampled_from("abc")),
                mandatory=draw(st.booleans()),
                needs=tuple(draw(st.sets(st.sampled_from([f"{n}.{j}" for j in range(i)]))))
                if i
                else (),
                due=draw(st.none() | st.dates(date(2026, 10, 1), date(2026, 12, 31))),
                told=draw(st.none() | st.sampled_from("abc")),
                opened_on=date(2026, 10, 1),
            )
            for i in range(draw(st.integers(1, 4)))
        )
        after = tuple(draw(st.sets(st.sampled_from([str(m) for m in range(n)])))) if n else ()
        stages.append(
            StageFact(str(n), draw(st.sampled_from(list(StageState))), steps, after,
                      opened_early=draw(st.booleans()))
        )  # fmt: skip
    return board(*stages, curators=("a",), directors=("b",))


@given(boards())
def test_a_second_pass_finds_nothing_to_do(any_board: Board) -> None:
    settled, _ = applied(any_board, NOW)

    assert plan(settled, NOW) == []


@given(boards())
def test_no_stage_opens_while_a_mandatory_step_before_it_is_missing(any_board: Board) -> None:
    for action in plan(any_board, NOW):
        if isinstance(action, OpenStage) and not any_board.stage(action.stage).opened_early:
            for code in any_board.stage(action.stage).after:
                before = any_board.stage(code)
                assert all(s.state in FINISHED for s in before.steps if s.mandatory)


@given(boards())
def test_nobody_gets_two_letters_of_a_kind_in_one_pass(any_board: Board) -> None:
    letters = [(a.kind, a.to) for a in plan(any_board, NOW) if isinstance(a, QueueLetter)]

    assert len(letters) == len(set(letters))


@given(boards())
def test_marking_every_open_step_done_again_and_again_ends_the_programme(any_board: Board) -> None:
    current = any_board
    for _ in range(40):
        current, _ = applied(current, NOW)
        if current.state is ProgrammeState.DONE:
            break
        for home in current.stages:
            steps = tuple(
                replace(s, state=StepState.DONE)
                if s.state in (StepState.OPEN, StepState.RETURNED, StepState.REPORTED)
                else s
                for s in home.steps
            )
            current = current.with_stage(replace(home, steps=steps))

    assert current.state is ProgrammeState.DONE
