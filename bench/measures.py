"""What is measured, each with what must hold."""

import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from bench.product import Product, wait
from tests.support.live import ROOT


@dataclass(frozen=True, slots=True)
class Result:
    """One figure; `limit` None when it is only told."""

    name: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def holds(self) -> bool:
        return self.limit is None or self.value < self.limit


# Started apart from us, like a command; its imports and first connection do not count.
START = """
import asyncio, sys
from pathlib import Path
from cli.session import act
from roadmap.loader import load_file
from models.repository import programmes_of
from services.plan.starting import start_programme

loaded = load_file(Path("roadmap.yaml"))

async def go(karta):
    async with karta.transaction() as session:
        await programmes_of(session, None)
    print("now", flush=True)
    many = (start_programme(karta, loaded) for _ in range(int(sys.argv[1])))
    print(*(made.programme_id for made in await asyncio.gather(*many)), flush=True)

act(go)
"""


def memory(product: Product) -> Iterator[Result]:
    """Proportional set size of all processes after a quiet time, one programme running."""
    time.sleep(20)
    total = 0
    for process in product.processes():
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    yield Result("memory of all processes, idle (PSS)", total / 2**20, "MB", 480)
    yield Result("CPU of all processes, idle", idle_share(product) * 100, "% of a core")


def idle_share(product: Product) -> float:
    """CPU seconds a second of all processes while nobody does anything: over two sweeps."""
    before, started = product.cpu_seconds(), time.perf_counter()
    time.sleep(60)
    after = product.cpu_seconds()
    return sum(after[p] - before.get(p, 0) for p in after) / (time.perf_counter() - started)


def clicks(product: Product, trials: int, *, stopped: bool) -> Iterator[Result]:
    """A click on a stage's last step → the next stage's letters accepted → Prefect's view."""
    words = " with Prefect stopped" if stopped else ""
    letters: list[float] = []
    views: list[float] = []
    server = product.live.part("prefect_app")
    while len(letters) < trials:
        programme_id = product.start_programme()
        codes = product.steps(programme_id)
        wait(lambda p=programme_id: product.run_of(p) is not None, 60)
        run_id = product.run_of(programme_id)
        for stage in range(1, 7):
            if len(letters) == trials:
                break
            own = [code for code in codes if code.startswith(f"{stage}.")]
            for code in own[:-1]:
                product.click_done(codes[code])
            time.sleep(4)  # the machine is idle again
            if stopped:
                server.suspend()
            owners = 2 if stage == 1 else 1
            arrived = len(product.smtp.letters) + owners
            started = time.perf_counter()
            product.click_done(codes[own[-1]])
            wait(lambda n=arrived: len(product.smtp.letters) >= n, 20)
            letters.append(time.perf_counter() - started)
            if stopped:
                time.sleep(2)
                server.resume()
                started = time.perf_counter()
            following = f"{stage + 1}.1"
            wait(
                lambda r=run_id, f=following: (
                    product.prefect_states(r).get(f, "").startswith(("в работе", "просрочено"))
                ),
                60,
            )
            views.append(time.perf_counter() - started)
    yield Result(f"click → letters{words}, median", statistics.median(letters), "s", 0.15)
    yield Result(f"click → letters{words}, worst of {trials}", max(letters), "s", 0.5)
    limit = 30 if stopped else 3
    after = "return → Prefect's view right" if stopped else "click → Prefect's view right"
    yield Result(f"{after}, median", statistics.median(views), "s", limit)
    yield Result(f"{after}, worst of {trials}", max(views), "s", limit)


def cpu_per_step(product: Product) -> Iterator[Result]:
    """CPU of all processes for each of 35 steps done one after another, idle share taken off.

    The idle share of just before: it depends on how many programmes there are, and on the machine.
    """
    programme_id = product.start_programme()
    codes = product.steps(programme_id)
    time.sleep(12)
    idle = idle_share(product)
    before, started = product.cpu_seconds(), time.perf_counter()
    for step_id in codes.values():
        product.click_done(step_id)
        time.sleep(3)
    time.sleep(5)
    after, seconds = product.cpu_seconds(), time.perf_counter() - started
    used = sum(after[p] - before.get(p, 0) for p in after) - idle * seconds
    yield Result("CPU of all processes per completed step", used / len(codes), "s", 0.4)


def starts(product: Product) -> Iterator[Result]:
    """Starting one programme, and twenty at once."""
    for count, letters_limit, view_limit in ((1, 1, 10), (20, 2, 60)):
        before = len(product.smtp.letters)
        process = subprocess.Popen(
            [sys.executable, "-c", START, str(count)], cwd=ROOT, env=product.live.environment,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.stdout.readline()
        started = time.perf_counter()
        wait(lambda n=before + count: len(product.smtp.letters) >= n, 60)
        took = time.perf_counter() - started
        ids = process.stdout.read().split()

        def shown(programme_id: str) -> None:
            run_id = None
            while run_id is None:
                run_id = product.run_of(programme_id)
                time.sleep(0.1)
            steps = re.compile(r"\d+\.\d+$")
            while sum(bool(steps.match(c)) for c in product.prefect_states(run_id)) < 35:
                time.sleep(0.5)  # each look costs the server too

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(shown, ids))
        view = time.perf_counter() - started
        what = "one programme" if count == 1 else f"{count} programmes at once"
        yield Result(f"start of {what} → letters", took, "s", letters_limit)
        yield Result(f"start of {what} → all steps in Prefect", view, "s", view_limit)


def checking(when: str = "") -> Iterator[Result]:
    """`karta check` of the shipped road map: time and memory.

    The same work each time, so it also tells how fast the machine is; `when` names a second look.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "check", "roadmap.yaml"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.005)
    process.communicate()
    yield Result(f"karta check{when}", time.perf_counter() - started, "s", 1)
    if not when:
        yield Result("karta check, memory", peak / 2**20, "MB", 200)
