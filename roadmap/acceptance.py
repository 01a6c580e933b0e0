"""Warnings that a school has accepted with a reason, in the `accepted` section of its file."""

import difflib
from collections.abc import Iterable

from roadmap.problems import Problem, acceptable, problem
from roadmap.spec import RoadMap


class Acceptance:
    """What the road map's `accepted` entries cover, and which of them were of use.

    An entry without places covers its code everywhere; otherwise it covers the steps it names and
    those of the stages it names.
    """

    def __init__(self, roadmap: RoadMap) -> None:
        self.entries = roadmap.accepted
        self.used: set[int] = set()
        self._stages = (
            {step.id: stage.id for stage in roadmap.stages for step in stage.steps}
            if self.entries
            else {}
        )

    def covers(self, code: str, step: str) -> bool:
        """Whether this warning is accepted for a step."""
        stage = self._stages.get(step)
        found = [
            index
            for index, entry in enumerate(self.entries)
            if entry.code == code and (not entry.at or step in entry.at or stage in entry.at)
        ]
        self.used.update(found)
        return bool(found)

    def accepts(self, code: str, steps: Iterable[str]) -> bool:
        """Whether it is accepted for all these steps; for none: for the whole road map."""
        if not self.entries:
            return False
        covered = [self.covers(code, step) for step in steps]
        if covered:
            return all(covered)
        found = [i for i, entry in enumerate(self.entries) if entry.code == code and not entry.at]
        self.used.update(found)
        return bool(found)


def acceptance_problems(acceptance: Acceptance, lines: tuple[int, ...], file: str) -> list[Problem]:
    """Entries whose code nobody knows, and entries that match nothing any more.

    `lines` of the entries in order. To be asked after every problem has been looked for.
    """
    known = acceptable()
    found = []
    for index, entry in enumerate(acceptance.entries):
        line = lines[index] if index < len(lines) else 1
        if entry.code not in known:
            near = difflib.get_close_matches(entry.code, known, 1)
            hint = f"может быть, {near[0]}" if near else "код которого печатает karta check"
            found.append(
                problem(
                    "accepted-unknown", file, line,
                    value=entry.code, known=", ".join(known), hint=hint,
                )
            )  # fmt: skip
        elif index not in acceptance.used:
            places = ", ".join(entry.at)
            found.append(
                problem(
                    "accepted-nothing", file, line, value=entry.code,
                    places=f" at {places}" if places else "",
                    places_ru=f" для {places}" if places else "",
                )
            )  # fmt: skip
    return found
