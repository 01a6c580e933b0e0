"""`python -m bench.rehearsal`: the shipped plan rehearsed for one, 100 and 1000 schools."""

import sys
import time

from roadmap.loader import load_file
from roadmap.rehearsal import rehearse
from roadmap.scenarios import scenario_from
from roadmap.spec import Organisation, RoadMap
from tests.live import ROOT

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


def main() -> int:
    """Measures and judges; 1 when something that must hold does not."""
    started = time.perf_counter()
    plan = load_file(ROOT / "roadmap.yaml").require()
    rehearse(plan, scenario_from("on-time", plan))
    one = time.perf_counter() - started
    print(f"one school, reading the file included: {one:.2f} s, must be under {ONE_LIMIT:g} s")
    hundred = seconds_for(100, plan)
    print(f"100 schools: {hundred:.2f} s", flush=True)
    thousand = seconds_for(1000, plan)
    print(f"1000 schools: {thousand:.2f} s, must be under {MANY_LIMIT:g} s")
    print(f"100 → 1000: {thousand / hundred:.1f} times as long")
    return 0 if one < ONE_LIMIT and thousand < MANY_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
