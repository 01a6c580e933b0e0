"""Rehearsals: scenarios by example, and what holds for any road map by chance."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from roadmap.applying import apply_all, finish
from roadmap.board import Board
from roadmap.declared import board_of_roadmap
from roadmap.errors import InputWrong
from roadmap.loader import Loaded, load_text
from roadmap.planner import DAILY_AT, EndDaily, LetterKind, QueueLetter, plan
from roadmap.quiet_days import next_daily_letter, next_digest
from roadmap.rehearsal import (
    ACTS_AT,
    HORIZON_MONTHS,
    Rehearsal,
    SentLetter,
    first_day,
    rehearse,
)
from roadmap.scenarios import Chance, Earliest, Late, OnTime, OwnerIll, Scenario, scenario_from
from roadmap.spec import Organisation, Policy, RoadMap
from roadmap.spec import Stage as StageSpec
from roadmap.states import IN_HAND, ProgrammeState, StageState, StepState

HEAD = """
title: Наставничество
organisation: {name: Школа, zone: Asia/Magadan}
period: {start: 01.09.2026, end: 31.05.2027}
people:
  head: {name: Орлова А.А., post: директор, email: head@school.example, roles: [director]}
  deputy: {post: завуч, email: deputy@school.example, roles: [curator]}
  teacher: {name: Белова Т.Ю., post: учитель, email: teacher@school.example}
"""
STAGES = """
stages:
  - id: 1
    title: Подготовка
    steps:
      - {id: 1.1, title: Встреча, due: Сентябрь 2026, owner: teacher}
      - {id: 1.2, title: Приказ, due: до 25.09.2026, owner: deputy}
  - id: 2
    title: Работа
    steps:
      - {id: 2.1, title: Занятия, due: Октябрь 2026, owner: teacher}
      - {id: 2.2, title: Отчёт, due: в течение 3 рабочих дней после 2.1, owner: deputy}
      - {id: 2.3, title: Сверка, due: ежемесячно, owner: teacher, mandatory: false}
"""


def road_map(stages: str = STAGES, head: str = HEAD) -> RoadMap:
    return load_text(head + stages).require()


def finished(rehearsal: Rehearsal) -> dict[str, date | None]:
    """Step → when it was finished for the last time."""
    return {run.code: run.finished for run in rehearsal.steps}


# -- scenarios --------------------------------------------------------------------------------


def test_on_time_everybody_finishes_on_the_last_working_day_by_the_deadline() -> None:
    found = finished(rehearse(road_map(), OnTime()))

    assert found["1.1"] == date(2026, 9, 30)
    assert found["1.2"] == date(2026, 9, 25)
    assert found["2.1"] == date(2026, 10, 30)  # the 31st is a Saturday
    assert found["2.2"] == date(2026, 11, 5)  # three working days after it; the 4th is a holiday


def test_on_time_nothing_is_late_that_could_be_in_time() -> None:
    rehearsal = rehearse(road_map(), OnTime())

    assert rehearsal.late == ()
    assert rehearsal.end == date(2027, 5, 31)


def test_a_stage_opens_on_the_day_its_gate_does_and_closes_with_its_last_step() -> None:
    first, second = rehearse(road_map(), OnTime()).stages

    assert (first.opened, first.closed) == (date(2026, 9, 1), date(2026, 9, 30))
    assert (second.opened, second.closed) == (date(2026, 9, 30), date(2027, 5, 31))


def test_a_step_that_opens_too_late_takes_a_week_of_work(shipped: Loaded) -> None:
    rehearsal = rehearse(shipped.require(), OnTime())

    stage = rehearsal.stages[4]  # its printed dates lie before those of the stage it waits for
    assert (stage.opened, stage.closed) == (date(2022, 5, 31), date(2022, 6, 7))
    late = {run.code: run.days_late for run in rehearsal.late}
    assert late["5.1"] == (date(2022, 6, 7) - date(2021, 9, 30)).days
    assert all(code[0] in "56" for code in late)


def test_late_by_days_is_that_many_days_later_on_a_working_day() -> None:
    rehearsal = rehearse(road_map(), Late(3))
    found = {(run.code, run.turn): run for run in rehearsal.steps}

    assert found["1.2", 0].finished == date(2026, 9, 28)  # Friday and 3 days is a Monday
    assert found["1.1", 0].finished == date(2026, 10, 5)  # Wednesday and 3 days is a Saturday
    assert found["1.1", 0].days_late == 5
    assert all(run.days_late >= 3 for run in rehearsal.late)


def test_an_ill_owner_does_nothing_and_still_gets_their_letters() -> None:
    ill = OwnerIll("teacher", date(2026, 9, 21), date(2026, 10, 9))
    rehearsal = rehearse(road_map(), ill)

    found = finished(rehearsal)
    assert found["1.1"] == date(2026, 10, 12)
    assert found["1.2"] == date(2026, 9, 25)
    written = [x.on for x in rehearsal.letters if x.to == "teacher" and "1.1" in x.steps]
    assert any(ill.first <= day <= ill.last for day in written)


def test_chance_is_the_same_for_the_same_seed_and_differs_for_another() -> None:
    plan_ = road_map()
    one, again, other = (rehearse(plan_, scenario_from(f"random:{n}", plan_)) for n in (7, 7, 8))

    assert one == again
    assert one.acts != other.acts


def test_the_earliest_end_waits_for_gates_and_for_the_plans_months() -> None:
    rehearsal = rehearse(road_map(), Late(30))

    assert rehearsal.earliest is not None
    assert rehearsal.earliest.end == date(2027, 5, 4)  # the last month's first working day
    assert rehearsal.earliest.steps == ("2.3",)


def test_an_owner_who_never_comes_back_is_told_at_the_horizon() -> None:
    plan_ = road_map()
    rehearsal = rehearse(plan_, OwnerIll("teacher", date(2026, 9, 1), date(2099, 1, 1)))

    assert rehearsal.end is None
    assert rehearsal.last_day == date(2032, 5, 31)  # HORIZON_MONTHS after the plan's last day
    assert HORIZON_MONTHS == 60
    assert [run.code for run in rehearsal.unfinished] == ["1.1"]
    assert rehearsal.late[0].finished is None
    assert rehearsal.stages[1].opened is None


def test_load_counts_the_steps_in_hand_in_each_week() -> None:
    load = rehearse(road_map(), OnTime()).load()

    assert load["deputy"][date(2026, 9, 21)] == ("1.2",)
    assert date(2026, 10, 5) in load["deputy"]  # 2.2 is in hand from the day its stage opened
    assert load["teacher"][date(2026, 10, 5)] == ("2.1", "2.3")


def test_a_plan_without_a_single_date_asks_for_a_month() -> None:
    undated = STAGES.replace("Сентябрь 2026", "по графику").replace("до 25.09.2026", "по графику")
    undated = undated.replace("Октябрь 2026", "по графику").replace("ежемесячно", "по графику")
    head = HEAD.replace("period: {start: 01.09.2026, end: 31.05.2027}\n", "")

    with pytest.raises(InputWrong, match="--from 2026-09"):
        first_day(road_map(undated, head))
    assert rehearse(road_map(undated, head), OnTime(), date(2026, 9, 1)).end is not None


def test_the_first_day_is_the_first_working_day_of_the_period() -> None:
    head = HEAD.replace("01.09.2026", "05.09.2026")  # a Saturday

    assert first_day(road_map(head=head)) == date(2026, 9, 7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on-time", OnTime()),
        (" LATE:12 ", Late(12)),
        *(
            (f"owner-ill:{name}:{days}", OwnerIll("teacher", date(2026, 10, 5), date(2026, 10, 23)))
            for name in ("teacher", "белова т.ю.", "Учитель")
            for days in ("2026-10-05-2026-10-23", "05.10.2026–23.10.2026", "5.10.2026..2026-10-23")
        ),
    ],
)
def test_a_scenario_is_read(text: str, expected: Scenario) -> None:
    assert scenario_from(text, road_map()) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "сценария «» нет; есть, например: on-time"),
        ("on-tim", "сценария «on-tim» нет"),
        ("on-time:3", "сценария «on-time:3» нет"),
        ("late", "нужно число дней от 1 до 1000"),
        ("late:-1", "нужно число дней"),
        ("late:пять", "нужно число дней"),
        ("late:9999", "нужно число дней"),
        ("late:²", "нужно число дней"),
        ("random:", "нужно целое число"),
        ("random:x", "нужно целое число"),
        ("owner-ill", "нужны первый и последний день болезни"),
        ("owner-ill:teacher", "нужны первый и последний день болезни"),
        ("owner-ill:teacher:2026-10-05", "нужны первый и последний день болезни"),
        ("owner-ill:teacher:30.02.2026-01.03.2026", "такого дня нет: 30.02.2026"),
        ("owner-ill:teacher:2026-10-05-2026-10-01", "раньше, чем начинается"),
        ("owner-ill:zavuch:2026-10-05-2026-10-06", "сотрудника «zavuch» нет в people; есть: head"),
        ("owner-ill::2026-10-05-2026-10-06", "сотрудника «» нет"),
    ],
)
def test_a_wrong_scenario_gets_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputWrong, match=sentence):
        scenario_from(text, road_map())


def test_a_post_that_two_have_asks_for_the_key() -> None:
    head = HEAD.replace("post: завуч", "post: учитель")

    with pytest.raises(InputWrong, match="подходит нескольким: deputy, teacher"):
        scenario_from("owner-ill:учитель:2026-10-05-2026-10-06", road_map(head=head))


# -- any road map -----------------------------------------------------------------------------

DUES = st.sampled_from(
    [
        "Сентябрь 2026", "Октябрь 2026", "Февраль 2027", "до 25.09.2026", "до 09.01.2027",
        "не позднее 28.02.2027", "с 28 сентября по 10 октября 2026 г.", "ежемесячно",
        "ежеквартально не позднее 10 числа следующего месяца", "1 раз в четверть", "постоянно",
        "по мере необходимости", "по отдельному плану", "через 2 недели после начала этапа",
        "в течение 3 рабочих дней после 0.0", "не позднее чем за 10 дней до 0.1", "май 2027",
    ]
)  # fmt: skip
PEOPLE = st.sampled_from(["head", "deputy", "teacher"])


@st.composite
def road_maps(draw) -> RoadMap:
    """A small plan over one school year: any dues, gates, needs, owners, calendar and policy."""
    stages = []
    for n in range(draw(st.integers(1, 3))):
        steps = []
        for i in range(draw(st.integers(1, 3)) + (n == 0)):
            needs = draw(st.sets(st.sampled_from([f"{n}.{j}" for j in range(i)]))) if i else set()
            steps.append(
                {
                    "id": f"{n}.{i}",
                    "title": "Дело",
                    "due": draw(DUES),
                    "owner": draw(PEOPLE),
                    "mandatory": draw(st.booleans()),
                    "needs": sorted(needs),
                }
            )
        stage = {"id": str(n), "title": "Этап", "steps": steps}
        if draw(st.booleans()):
            stage["after"] = sorted(draw(st.sets(st.sampled_from([str(m) for m in range(n)]))
                                         if n else st.just(set())))  # fmt: skip
        stages.append(stage)
    plain = road_map()
    period = plain.period.as_period()
    plan_ = RoadMap.model_validate(
        plain.model_dump() | {"stages": stages}, context={"period": period}
    )
    policy = Policy(
        remind_days_before=tuple(draw(st.sets(st.integers(0, 30), max_size=3))),
        remind_on_due_day=draw(st.booleans()),
        late_every_working_days=draw(st.integers(1, 6)),
        curator_after_working_days=draw(st.integers(1, 9)),
        director_after_working_days=draw(st.integers(1, 12)),
        digest=draw(st.booleans()),
    )
    calendar = plan_.calendar.model_copy(
        update={
            "due_on_day_off": draw(st.sampled_from(["before", "after", "keep"])),
            "six_day_week": draw(st.booleans()),
        }
    )
    return plan_.model_copy(update={"policy": policy, "calendar": calendar})


SCENARIOS = st.one_of(
    st.just(OnTime()),
    st.just(Earliest()),
    st.integers(1, 40).map(Late),
    st.builds(
        lambda owner, first, days: OwnerIll(owner, first, first + timedelta(days=days)),
        PEOPLE,
        st.dates(date(2026, 9, 1), date(2027, 5, 1)),
        st.integers(0, 60),
    ),
    st.integers(0, 1000),
)


def scenario_of(roadmap: RoadMap, drawn: Scenario | int) -> Scenario:
    return Chance.drawn(roadmap, Random(drawn)) if isinstance(drawn, int) else drawn


@given(road_maps(), SCENARIOS)
def test_rehearsing_twice_gives_the_same(roadmap: RoadMap, drawn: Scenario | int) -> None:
    first, second = (rehearse(roadmap, scenario_of(roadmap, drawn)) for _ in range(2))

    assert first == second


@given(road_maps(), SCENARIOS)
def test_it_ends_or_names_the_steps_it_waits_for(roadmap: RoadMap, drawn: Scenario | int) -> None:
    found = rehearse(roadmap, scenario_of(roadmap, drawn))

    if found.end is None:
        assert found.unfinished
    else:
        assert all(stage.closed is not None for stage in found.stages)
        assert found.unfinished == ()
    assert found.earliest is not None


@given(road_maps(), SCENARIOS)
def test_nothing_begins_before_what_it_waits_for(roadmap: RoadMap, drawn: Scenario | int) -> None:
    found = rehearse(roadmap, scenario_of(roadmap, drawn))

    opened = {stage.code: stage.opened for stage in found.stages}
    done = {run.code: run.finished for run in found.steps}
    for stage in roadmap.stages:
        before = [s for code in roadmap.after_of(stage) for s in _stage(roadmap, code).steps]
        if opened[stage.id] is None:
            continue
        assert all(done[s.id] <= opened[stage.id] for s in before if s.mandatory)
        for step in stage.steps:
            run = next(each for each in found.steps if each.code == step.id)
            assert run.since >= opened[stage.id]
            assert all(done[code] <= run.since for code in step.needs)


def _stage(roadmap: RoadMap, code: str) -> StageSpec:
    return next(stage for stage in roadmap.stages if stage.id == code)


@given(road_maps(), SCENARIOS)
def test_one_letter_of_the_day_per_person_and_none_on_days_off(
    roadmap: RoadMap, drawn: Scenario | int
) -> None:
    found = rehearse(roadmap, scenario_of(roadmap, drawn))

    of_the_day = [x for x in found.letters if x.kind is not LetterKind.OPENED]
    keys = [(letter.on, letter.to) for letter in of_the_day]
    assert len(keys) == len(set(keys))
    assert all(roadmap.school_calendar.is_working_day(letter.on) for letter in of_the_day)


DAY_OFF_KEPT = road_map(
    STAGES.replace("до 25.09.2026", "до 26.09.2026"),
    HEAD + "calendar: {due_on_day_off: keep}\npolicy: {remind_days_before: [0], digest: false}\n",
)


@given(road_maps(), SCENARIOS)
@example(DAY_OFF_KEPT, Late(9))  # a reminder «0 days before» a Saturday comes on Friday
def test_leaping_over_quiet_days_changes_nothing(roadmap: RoadMap, drawn: Scenario | int) -> None:
    """The same as a pass at 07:30 on each and every day of the calendar."""
    scenario = scenario_of(roadmap, drawn)
    found = rehearse(roadmap, scenario)

    board, letters = walked(roadmap, scenario, found)

    assert letters == list(found.letters)
    assert [(s.code, s.opened_on, s.closed_on) for s in board.stages] == [
        (s.code, s.opened, s.closed) for s in found.stages
    ]


def walked(
    roadmap: RoadMap, scenario: Scenario, found: Rehearsal
) -> tuple[Board, list[SentLetter]]:
    """The plain way: every day, one after another."""
    calendar, letters = roadmap.school_calendar, []
    day = calendar.today(found.started)
    board = board_of_roadmap(roadmap, day)

    def passed(board: Board, now: datetime) -> Board:
        actions = plan(board, now)
        letters.extend(
            SentLetter(a.on, a.to, a.kind, a.steps) for a in actions if isinstance(a, QueueLetter)
        )
        return apply_all(board, actions, now)

    board = passed(board, found.started)
    while True:
        acts_at = datetime.combine(day, ACTS_AT, calendar.tz)
        while calendar.is_working_day(day):
            due = [
                step.code
                for step in board.steps
                if step.state in IN_HAND and scenario.done_on(step, calendar) <= day
            ]
            if not due:
                break
            for code in due:
                board = passed(finish(board, code, acts_at), acts_at)
        if board.state is ProgrammeState.DONE or day >= found.last_day:
            return board, letters
        day += timedelta(days=1)
        board = passed(board, datetime.combine(day, DAILY_AT, calendar.tz))


@given(road_maps(), st.integers(0, 200), st.integers(0, 30))
def test_a_quiet_day_is_one_on_which_the_planner_only_notes_the_day(
    roadmap: RoadMap, days: int, spread: int
) -> None:
    """Everything open at once, whatever the states: no letter before the foreseen day."""
    calendar = roadmap.school_calendar
    today = calendar.move_off_day_off(date(2026, 9, 1) + timedelta(days=days), "after")
    board = board_of_roadmap(roadmap, date(2026, 9, 1))
    opened = today - timedelta(days=spread)
    stages = tuple(
        replace(
            stage,
            state=StageState.OPEN,
            opened_on=opened,
            steps=tuple(
                replace(step, state=StepState.OPEN, opened_on=opened, told=step.owner)
                for step in stage.steps
            ),
        )
        for stage in board.stages
    )
    now = datetime.combine(today, DAILY_AT, calendar.tz)
    board = replace(board, stages=stages)
    board = apply_all(board, plan(board, now), now)
    foreseen = [next_daily_letter(board, step, today) for step in board.steps]
    soonest = min((day for day in [*foreseen, next_digest(board)] if day), default=None)
    day = calendar.next_working_day(today)

    while day < (soonest or today + timedelta(days=60)):
        now = datetime.combine(day, DAILY_AT, calendar.tz)
        assert plan(board, now) == [EndDaily(day)]
        board = replace(board, daily_done=day)
        day = calendar.next_working_day(day)


def test_a_rehearsal_is_the_same_in_every_time_zone(shipped: Loaded) -> None:
    plan_ = shipped.require()
    west = plan_.model_copy(
        update={"organisation": Organisation(name="Школа", zone="Europe/Kaliningrad")}
    )
    far, near = (rehearse(each, OnTime()) for each in (plan_, west))

    assert (far.stages, far.letters, far.end) == (near.stages, near.letters, near.end)
