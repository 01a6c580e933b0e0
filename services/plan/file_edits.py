"""A road map's file changed by a command: written or only shown, and what to say of it."""

import re
from datetime import date, datetime
from pathlib import Path

from roadmap.errors import InputWrong
from roadmap.loader import load_text
from roadmap.plan_edits import Change, accept_warning, shift_stages, stages_named
from services.plan.files import PlanFile, difference, read_plan, write_plan


def shift_in_file(
    path: Path, stages: str, months: int, reason: str, now: datetime, *, dry_run: bool
) -> list[str]:
    """Moves the dates of stages («5-7») by months; sentences about it.

    Raises `InputWrong` or `RoadMapInvalid`, and then the file is as it was.
    """
    plan = read_plan(path)
    named = stages_named(stages, load_text(plan.text, plan.shown_as).require())
    today = school_day_of(plan.text, now)
    change = shift_stages(plan.text, plan.shown_as, named, months, reason, today)
    return _put(plan, change, dry_run)


def accept_in_file(
    path: Path, code: str, at: str, reason: str, now: datetime, *, dry_run: bool = False
) -> list[str]:
    """Accepts a warning, everywhere or at stages and steps («5.1, 5.2»); sentences about it.

    Raises `InputWrong` or `RoadMapInvalid`, and then the file is as it was.
    """
    if not code:
        raise InputWrong("что принять, скажет --accept КОД: код замечания")
    plan = read_plan(path)
    places = tuple(dict.fromkeys(re.findall(r"[^\s,;]+", at)))
    today = school_day_of(plan.text, now)
    change = accept_warning(plan.text, plan.shown_as, code, places, reason, today)
    return _put(plan, change, dry_run)


def school_day_of(text: str, now: datetime) -> date:
    """Today at the school whose plan this is."""
    return load_text(text).require().school_calendar.today(now)


def _put(plan: PlanFile, change: Change, dry_run: bool) -> list[str]:
    """Writes the change, or only shows it."""
    if dry_run:
        said = [difference(plan.text, change.text, plan.shown_as)]
    else:
        write_plan(plan, change.text)
        said = list(change.done)
    if change.left:
        said.append("Осталось как было или изменилось само – посмотрите:")
        said += [f"  {words}" for words in change.left]
    if dry_run:
        said.append("Файл не изменён: это только просмотр (--dry-run).")
    else:
        said.append(f"Записано в {plan.shown_as}.")
    return said
