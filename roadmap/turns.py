"""The dates understood in a road map: every step's turns, beside the words they come from."""

from roadmap.dues import Occurrence, occurrences
from roadmap.earliest import Plan
from roadmap.spec import RoadMap, Step


def understood(roadmap: RoadMap) -> dict[str, tuple[Occurrence, ...]]:
    """Step code → every time it is due, in order; none where no last day is known.

    What the words list is given as listed, also outside the period; what recurs, within it. A due
    date that follows an event is counted from the plan's own days.
    """
    plan = Plan(roadmap)
    return {step.id: _turns(roadmap, step, plan) for step in roadmap.steps}


def _turns(roadmap: RoadMap, step: Step, plan: Plan) -> tuple[Occurrence, ...]:
    due = plan.dues[step.id]
    if due.rule is None or due.rule.every == "dates":
        return occurrences(due)
    found = roadmap.occurrences_of(step)
    if not found and due.end is not None and due.rule.every != "as-needed":
        return (Occurrence(due.start, due.end),)  # its first time, beyond the period
    return found
