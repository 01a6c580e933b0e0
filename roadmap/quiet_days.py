"""Quiet days: those on which the daily pass of an unchanged board has no letter to write.

A rehearsal leaps over them. `planner._mentions` says when a reminder comes; here the same rules are
solved for the day. That both agree is tested on boards made by chance.
"""

from datetime import date, timedelta

from roadmap.board import Board, StepFact
from roadmap.calendar import SchoolCalendar
from roadmap.spec import Policy


def next_daily_letter(board: Board, step: StepFact, today: date) -> date | None:
    """The first working day after today on which a step in hand comes into a daily letter.

    None when it never does; it may turn out that nobody is there to be written to.
    """
    if step.due is None:
        return None
    calendar, policy = board.calendar, board.policy
    if today < step.due:
        ahead = _reminders(step.due, calendar, policy)
        following = min((day for day in ahead if day > today), default=None)
        if following is not None:
            return following
    return _next_nudge(step, today, calendar, policy)


def _reminders(due: date, calendar: SchoolCalendar, policy: Policy) -> list[date]:
    """Before the due date, on the last working day that is so many days ahead, and on the day."""
    days = [
        calendar.move_off_day_off(due - timedelta(days=ahead), "before")
        for ahead in policy.remind_days_before  # 0 counts when the due date is a day off
    ]
    if policy.remind_on_due_day and calendar.is_working_day(due):
        days.append(due)
    return days


def _next_nudge(step: StepFact, today: date, calendar: SchoolCalendar, policy: Policy) -> date:
    """Every so many working days while late; at thresholds, to the leaders."""
    begun = max(day for day in (step.due, step.opened_on, step.due_set_on) if day is not None)
    since = calendar.working_days_between(begun, today) if today > begun else 0
    every = policy.late_every_working_days
    levels = (policy.curator_after_working_days, policy.director_after_working_days)
    following = min((since // every + 1) * every, *(n for n in levels if n > since), since + every)
    return calendar.add_working_days(begun, following)


def next_digest(board: Board) -> date | None:
    """The first working day of the week after the one that the last digest belongs to.

    None when there are no digests. The last one counts from the start before the first.
    """
    last = board.digest_done or board.started_on
    if not board.policy.digest or last is None:
        return None
    monday = last - timedelta(days=last.weekday()) + timedelta(days=7)
    return board.calendar.move_off_day_off(monday, "after")
