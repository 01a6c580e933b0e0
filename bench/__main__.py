"""`python -m bench [--trials 30] [--json] [--write-docs]`: measures, prints a table, judges."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator
from datetime import date

import psutil

from bench.daily_pass import daily_pass
from bench.measures import Result, checking, clicks, cpu_per_step, memory, starts
from bench.product import Product
from bench.rehearsal import rehearsals
from tests.support.live import ROOT

DOCS = ROOT / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

`python start.py bench` starts the whole product – PostgreSQL, Prefect server, worker, web – with a
mail server of its own on the same machine, clicks through HTTP as a browser does, and measures. A
limit is what must hold on an idle machine with two cores. `--write-docs` writes this page.

The clicks go to the last open step of a stage; the letters count as arrived when the mail server
has accepted the last of them. Prefect is «stopped» by suspending its server's process. CPU per step
is that of all processes, the idle share – of the minute before – taken off.

The daily pass and the rehearsal run in a process of their own kind (`python -m bench.daily_pass`,
`python -m bench.rehearsal`): the pass over programmes of as many schools on a local PostgreSQL,
letters queued and not sent; the rehearsal over the shipped plan's fifteen months for each school.

A virtual machine's speed changes within minutes: `karta check`, the same work at the beginning and
at the end, tells how fast it was.

"""


def measured(trials: int) -> Iterator[Result]:
    """Every figure, as it is measured."""
    yield from checking()
    yield from rehearsals()
    yield from daily_pass()
    product = Product()
    try:
        yield Result("karta up → usable board, first start", product.seconds_to_board, "s", 20)
        yield from memory(product)
        yield from clicks(product, trials, stopped=False)
        yield from clicks(product, max(3, trials // 5), stopped=True)
        yield from cpu_per_step(product)
        yield from starts(product)
    finally:
        product.close()
    yield from checking(", once more at the end")


def line(result: Result) -> str:
    """One row of the table."""
    limit = "" if result.limit is None else f"< {result.limit:g} {result.unit}"
    verdict = "" if result.limit is None else ("holds" if result.holds else "MISSED")
    return f"| {result.name} | {result.value:.3g} {result.unit} | {limit} | {verdict} |"


def main() -> int:
    """Measures; 1 when something that must hold does not."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    arguments = parser.parse_args()
    results = []
    for result in measured(arguments.trials):
        results.append(result)
        if not arguments.json:
            print(line(result), flush=True)
    if arguments.json:
        print(json.dumps([{"name": r.name, "value": r.value, "unit": r.unit, "limit": r.limit,
                           "holds": r.holds} for r in results], ensure_ascii=False))  # fmt: skip
    if arguments.write_docs:
        machine = (
            f"Measured on {date.today()}, {os.cpu_count()} cores, "
            f"{psutil.virtual_memory().total / 2**30:.0f} GB, {platform.system()}, "
            f"Python {platform.python_version()}.\n\n"
        )
        rows = "| what | measured | must hold | |\n|---|---|---|---|\n"
        DOCS.write_text(HEAD + machine + rows + "\n".join(map(line, results)) + "\n", "utf-8")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
