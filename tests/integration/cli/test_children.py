"""The processes that `karta up` keeps."""

import asyncio
import os
import sys
from pathlib import Path

import psutil

from cli.children import Child, ChildSpec

DEAF = """
import signal, time
for name in ("SIGTERM", "SIGBREAK"):
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
print("there", flush=True)
time.sleep(600)
"""


async def test_a_process_that_does_not_stop_when_told_is_killed_when_its_time_is_over(
    tmp_path: Path,
) -> None:
    spec = ChildSpec(
        "deaf", "Глухой", (sys.executable, "-c", DEAF), dict(os.environ), stop_seconds=0.2
    )
    child = Child(spec, tmp_path, lambda _said: None)
    keeping = asyncio.create_task(child.keep(lambda: None))
    log = tmp_path / "deaf.log"
    for _ in range(400):
        if log.exists() and "there" in log.read_text():
            break
        await asyncio.sleep(0.05)
    process = psutil.Process(child.pid)
    keeping.cancel()

    async with asyncio.timeout(5):
        await child.stop()

    assert not process.is_running()
