"""`python -m bench.rehearsal`: the shipped plan rehearsed for one, 100 and 1000 schools."""

import sys
import time
from collections.abc import Iterator

from bench.measures import Result
from roadmap.loader import load_file
from roadmap.rehearsal import rehearse
from roadmap.scenarios import scenario_from
from roadmap.spec import Organisation, RoadMap
from tests.support.live import ROOT

SCENARIOS = ("on-time", "late:5", "owner-ill:curator:2022-02-01–2022-03-15", "random:{n}")
ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Magadan", "Asia/Kamchatka")
ONE_LIMIT, MANY_LIMIT = 1.0, 60.0
"""Seconds: one school, a thousand schools."""


def seconds_for(schools: int, plan: RoadMap) -> float:
    """How long so many schools take in this process, each with its own zone and scenario."""
    started = time.perf_counter()
    for n in range(schools):
        organisation = Organisation(name=f"Школа № {n}", zone=ZONES[n // len(SCENARIOS) % 4])
        roadmap = plan.model_copy(update={"organisation": organisation})
        text = SCENARIOS[n % len(SCENARIOS)].format(n=n)
        rehearse(roadmap, scenario_from(text, roadmap))
    return time.perf_counter() - started


def rehearsals() -> Iterator[Result]:
    """What must hold of rehearsing."""
    started = time.perf_counter()
    plan = load_file(ROOT / "roadmap.yaml").require()
    rehearse(plan, scenario_from("on-time", plan))
    one = time.perf_counter() - started
    yield Result("rehearsal of the shipped plan, the file read", one, "s", ONE_LIMIT)
    hundred = seconds_for(100, plan)
    thousand = seconds_for(1000, plan)
    yield Result("rehearsal of 1000 schools in one process", thousand, "s", MANY_LIMIT)
    yield Result("rehearsal, 100 → 1000 schools, times as long", thousand / hundred, "×")


def main() -> int:
    """Prints the figures; 1 when something that must hold does not."""
    results = list(rehearsals())
    for result in results:
        limit = f", must be under {result.limit:g}" if result.limit is not None else ""
        print(f"{result.name}: {result.value:.3g} {result.unit}{limit}")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
