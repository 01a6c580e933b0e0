"""Plans that cannot be kept: each contradiction with both places, in numbers, with its repair."""

from dataclasses import dataclass, field

import pytest

from roadmap.loader import Loaded, load_text
from roadmap.problems import Problem


@dataclass
class Plan:
    """A small road map to be written down: stages of (number, due, other fields)."""

    stages: list[list[tuple[str, str, str]]]
    period: tuple[str, str] | None = ("01.09.2021", "31.12.2023")
    top: str = ""
    after: dict[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        lines = ["title: Карта", "organisation: {name: Школа, zone: Asia/Magadan}"]
        if self.period:
            lines += ["period:", f"  start: {self.period[0]}", f"  end: {self.period[1]}"]
        lines += [
            "people:",
            "  d: {post: директор, email: d@talon.example, roles: [director, curator]}",
            *self.top.splitlines(),
            "stages:",
        ]
        for number, steps in enumerate(self.stages, 1):
            lines += [f"  - id: {number}", f"    title: Этап {number}"]
            lines += [f"    after: {self.after[number]}"] if number in self.after else []
            lines += ["    steps:"]
            for code, due, more in steps:
                lines += [f"      - id: {code}", "        title: Дело", f"        due: {due}"]
                lines += [f"        {more}"] if more else []
                lines += ["        owner: d"]
        return "\n".join(lines) + "\n"

    def load(self) -> Loaded:
        return load_text(self.text)

    def line(self, words: str) -> int:
        """The only line with these words."""
        (found,) = [n for n, line in enumerate(self.text.split("\n"), 1) if words in line]
        return found


def only(plan: Plan) -> Problem:
    loaded = plan.load()
    assert loaded.errors == ()
    assert len(loaded.problems) == 1, [str(problem) for problem in loaded.problems]
    return loaded.problems[0]


def codes(plan: Plan) -> list[str]:
    return [problem.code for problem in plan.load().problems]


LATE = Plan(
    [
        [("1.1", "Май 2022", "")],
        [("2.1", "Сентябрь 2021", ""), ("2.2", "Октябрь 2021", "")],
    ]
)


def test_a_stage_before_the_one_it_waits_for_is_told_with_both_places_and_numbers() -> None:
    found = only(LATE)

    assert (found.code, found.severity, found.line) == (
        "stage-before-gate", "warning", LATE.line("title: Этап 2") - 1,
    )  # fmt: skip
    assert f"step 1.1 (roadmap.yaml:{LATE.line('due: Май 2022')})" in found.message
    assert "2 steps late on opening" in found.message
    told, move, leave = found.explanation.split("\n")
    assert told.startswith(
        "этап 2 не может начаться раньше 31 мая 2022: 2 мероприятия просрочены в день открытия."
    )
    assert f"1.1 – май 2022 (строка {LATE.line('due: Май 2022')})" in told
    assert move.startswith('Перенести: karta plan shift 2 --months 8 --reason "…"')
    assert leave == 'Оставить: karta check --accept stage-before-gate --at 2 --reason "…"'


def test_twenty_one_late_steps_are_not_said_to_be_one() -> None:
    late = [(f"2.{number}", "Сентябрь 2021", "") for number in range(1, 22)]

    problems = Plan([[("1.1", "Май 2022", "")], late]).load().problems

    found = next(problem for problem in problems if problem.code == "stage-before-gate")
    assert "21 steps late on opening" in found.message
    assert "21 мероприятие просрочено в день открытия" in found.explanation


def test_stages_in_their_order_are_no_contradiction() -> None:
    plan = Plan([[("1.1", "Май 2022", "")], [("2.1", "31 мая 2022", "")]])

    assert codes(plan) == []


def test_what_follows_a_late_stage_is_told_once_and_moves_along() -> None:
    plan = Plan(
        [
            [("1.1", "Май 2022", "")],
            [("2.1", "Сентябрь 2021", "")],
            [("3.1", "Январь 2022", ""), ("3.2", "Июнь 2022", "")],
            [("4.1", "Декабрь 2022", "")],
        ]
    )

    found = only(plan)

    assert found.code == "stage-before-gate"
    assert "из-за этого и в этапе 3 – 1 мероприятие просрочено (3.1)" in found.explanation
    assert "karta plan shift 2-4 --months 12" in found.explanation


def test_a_move_that_would_end_in_summer_is_made_a_whole_year() -> None:
    plan = Plan(
        [[("1.1", "Май 2022", "")], [("2.1", "Октябрь 2021", ""), ("2.2", "Январь 2022", "")]]
    )

    found = only(plan)

    assert "--months 12 " in found.explanation
    assert "хватило бы и 7 месяцев" in found.explanation


def test_a_stage_that_does_not_wait_may_lie_anywhere() -> None:
    assert codes(Plan(LATE.stages, after={2: "[]"})) == []


def test_optional_steps_hold_no_gate() -> None:
    plan = Plan(
        [
            [("1.1", "Сентябрь 2021", ""), ("1.2", "Май 2022", "mandatory: false")],
            [("2.1", "Октябрь 2021", "")],
        ]
    )

    assert codes(plan) == []


def test_single_steps_nobody_could_meet_are_one_finding_of_their_stage() -> None:
    plan = Plan(
        [
            [("1.1", "Май 2022", "")],
            [("2.1", "до 15.04.2022", ""), ("2.2", "Март 2022", ""), ("2.3", "Июнь 2022", "")],
        ]
    )

    found = only(plan)

    assert (found.code, found.line) == ("cannot-be-met", plan.line("до 15.04.2022"))
    assert "этап 2 не может начаться раньше 31 мая 2022" in found.explanation
    assert "2 мероприятия просрочены в день открытия – 2.1, 2.2" in found.explanation
    assert f"строка {plan.line('due: Май 2022')}" in found.explanation
    assert "--accept cannot-be-met --at 2.1,2.2" in found.explanation


def test_what_must_be_done_before_a_meeting_cannot_be_done_before_its_gate() -> None:
    plan = Plan(
        [
            [("1.1", "Май 2022", "")],
            [("2.1", "не позднее чем за 10 дней до 2.2", ""), ("2.2", "3 июня 2022", "")],
        ]
    )

    found = only(plan)

    assert (found.code, found.at) == ("cannot-be-met", ("2.1",))
    assert "plan shift" not in found.explanation  # its date moves with the meeting, not with months


def test_what_follows_an_event_moves_with_it_and_is_never_late() -> None:
    plan = Plan(
        [
            [("1.1", "Май 2022", "")],
            [("2.1", "в течение 3 рабочих дней после 1.1", "")],
        ]
    )

    assert codes(plan) == []


def test_a_step_before_what_it_needs_is_told_in_days() -> None:
    plan = Plan([[("1.1", "Ноябрь 2021", ""), ("1.2", "до 15.11.2021", 'needs: ["1.1"]')]])

    found = only(plan)

    assert (found.code, found.line) == ("due-before-needs", plan.line("до 15.11.2021"))
    assert f"roadmap.yaml:{plan.line('due: Ноябрь 2021')}" in found.message
    assert "не может начаться раньше 30 ноября 2021" in found.explanation
    assert "просрочено на 15 дней в день открытия" in found.explanation


def test_a_chain_of_needs_is_one_trouble() -> None:
    plan = Plan(
        [
            [
                ("1.1", "Декабрь 2021", ""),
                ("1.2", "Октябрь 2021", 'needs: ["1.1"]'),
                ("1.3", "Ноябрь 2021", 'needs: ["1.2"]'),
            ]
        ]
    )

    found = only(plan)

    assert found.at == ("1.2",)
    assert "из-за этого и в этапе 1 – 1 мероприятие просрочено (1.3)" in found.explanation


def test_a_need_in_another_stage_may_be_repaired_by_moving_the_stage() -> None:
    plan = Plan(
        [[("1.1", "Ноябрь 2021", 'needs: ["2.1"]')], [("2.1", "Январь 2022", "")]],
        after={1: "[]", 2: "[]"},
    )

    assert "karta plan shift 1 --months 2 " in only(plan).explanation


def test_steps_outside_the_period_are_one_finding() -> None:
    plan = Plan(
        [[("1.1", "Август 2021", ""), ("1.2", "Декабрь 2023", ""), ("1.3", "Март 2024", "")]]
    )

    found = only(plan)

    assert (found.code, found.line, found.at) == (
        "outside-period", plan.line("Март 2024"), ("1.1", "1.3"),
    )  # fmt: skip
    assert f"(roadmap.yaml:{plan.line('period:')})" in found.message
    assert "01.09.2021 – 31.12.2023" in found.explanation
    assert "2 мероприятия: 1.1, 1.3" in found.explanation
    assert "1.3: март 2024, на 91 день позже периода" in found.explanation
    assert "start: 01.08.2021, end: 31.03.2024" in found.explanation


def test_a_plan_without_a_period_has_nothing_outside_it() -> None:
    assert codes(Plan([[("1.1", "Март 2024", "")]], period=None)) == []


def test_a_week_with_too_much_for_one_person_lists_its_steps_and_their_lines() -> None:
    steps = [(f"1.{n}", f"Май 202{2 + n // 7}", "") for n in range(1, 7)]
    plan = Plan([steps])

    found = only(plan)

    assert found.code == "week-overload"
    assert 'person "d": 6 steps due in the week of 2022-05-30..2022-06-05' in found.message
    line = plan.line("  d: {post")
    assert f"директор (строка {line}): 6 сроков за неделю" in found.explanation
    assert f"1.6 (строка {plan.line('id: 1.6') + 2})" in found.explanation


def test_the_most_steps_in_a_week_is_the_schools_to_say() -> None:
    steps = [(f"1.{n}", "Май 2022", "") for n in range(1, 4)]

    assert codes(Plan([steps], top="policy: {most_due_in_week: 2}")) == ["week-overload"]
    assert codes(Plan([steps])) == []


def test_weeks_of_steps_that_recur_are_one_finding() -> None:
    steps = [(f"1.{n}", "еженедельно по вторникам", "") for n in range(1, 7)]
    plan = Plan([steps], period=("01.09.2021", "30.09.2021"))

    found = only(plan)

    assert "таких недель ещё 3" in found.explanation


def test_what_is_always_to_be_done_is_due_in_no_week() -> None:
    steps = [(f"1.{n}", "постоянно", "") for n in range(1, 9)]

    assert codes(Plan([steps])) == []


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        ("before", "выполнить нужно до 14.01.2022"),
        ("after", "выполнить нужно до 17.01.2022"),
        ("keep", "срок не переносится"),
    ],
)
def test_a_day_off_named_by_the_plan_is_told_with_where_it_moves(rule: str, where: str) -> None:
    plan = Plan([[("1.1", "до 15.01.2022", "")]], top=f"calendar: {{due_on_day_off: {rule}}}")

    found = only(plan)

    assert (found.code, found.line) == ("due-on-day-off", plan.line("15.01.2022"))
    assert "15.01.2022 – суббота" in found.explanation
    assert where in found.explanation
    assert f"строка {plan.line('calendar:')}" in found.explanation


def test_a_month_may_end_on_a_day_off() -> None:
    assert codes(Plan([[("1.1", "Апрель 2022", "")]])) == []  # 30 April 2022 is a Saturday


def test_a_holiday_is_named() -> None:
    assert "День Победы" in only(Plan([[("1.1", "9 мая 2022", "")]])).explanation


def test_due_dates_that_follow_one_another_in_a_circle_are_told_not_fatal() -> None:
    plan = Plan([[("1.1", "через 2 дня после 1.2", ""), ("1.2", "через 2 дня после 1.1", "")]])

    assert codes(plan) == ["due-doubt"]
    assert "по кругу" in plan.load().problems[0].explanation


def test_a_chain_of_a_thousand_steps_is_no_trouble() -> None:
    steps = [("1.1", "Май 2022", "")]
    steps += [(f"1.{n}", f"через 1 день после 1.{n - 1}", "") for n in range(2, 1200)]

    assert "outside-period" in codes(Plan([steps]))


# -- accepting ----------------------------------------------------------------------------------


def accepted(entries: str, plan: Plan = LATE) -> list[str]:
    return codes(Plan(plan.stages, plan.period, f"accepted:\n{entries}"))


def test_an_accepted_warning_is_not_told_again() -> None:
    assert accepted("  - {code: stage-before-gate, reason: так}") == []
    assert accepted('  - {code: stage-before-gate, at: ["2"], reason: так}') == []
    assert accepted('  - {code: stage-before-gate, at: ["2.1", "2.2"], reason: так}') == []


def test_what_is_accepted_for_one_step_is_told_for_the_others() -> None:
    assert accepted('  - {code: stage-before-gate, at: ["2.1"], reason: так}') == [
        "stage-before-gate"
    ]


def test_an_entry_that_matches_nothing_or_an_unknown_code_is_told() -> None:
    assert sorted(accepted('  - {code: stage-before-gate, at: ["1"], reason: так}')) == [
        "accepted-nothing", "stage-before-gate",
    ]  # fmt: skip
    assert sorted(accepted("  - {code: stage-befor-gate, reason: так}")) == [
        "accepted-unknown", "stage-before-gate",
    ]  # fmt: skip


def test_doubts_about_due_dates_can_be_accepted_too() -> None:
    plan = Plan([[("1.1", "по отдельному плану", "")]])

    assert accepted('  - {code: due-undated, at: ["1.1"], reason: так}', plan) == []


def test_errors_hide_contradictions_until_they_are_corrected() -> None:
    text = LATE.text.replace("owner: d", "owner: zavuch", 1)

    assert [problem.code for problem in load_text(text).problems] == ["unknown-owner"]
