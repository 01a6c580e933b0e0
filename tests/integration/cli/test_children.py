"""The processes that `karta up` keeps."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cli.running.children import Child, ChildSpec
from cli.running.messages import Plan, heard, tell

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


SUPERVISE = """
import json, sys
before = set(sys.modules)
from cli.main import main

sys.argv = ["karta", "up", "--port", "дверь"]
try:
    main()
except SystemExit as end:
    known = sys.stdlib_module_names | {"cli", "services", "psutil"}
    foreign = {name.partition(".")[0] for name in set(sys.modules) - before} - known
    print(json.dumps([end.code, sorted(foreign)]))
"""


def test_the_supervisor_needs_none_of_the_products_libraries() -> None:
    """It goes all its way here: the preparing process reads the options, and refuses."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", SUPERVISE],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )

    assert json.loads(done.stdout) == [2, []], done.stderr
    assert "--port" in done.stderr


def test_the_plan_is_heard_as_it_was_told(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    spec = ChildSpec("web", "Доска", ("python", "-m", "web"), {"KARTA_PORT": "8000"}, 3)
    plan = Plan(tmp_path, "http://a", "http://b", "postgresql://c", True, (spec,))

    tell("Запускаю базу данных …")
    tell(plan)
    lines = capsysbinary.readouterr().out.splitlines(keepends=True)

    assert [heard(line) for line in lines] == ["Запускаю базу данных …", plan]
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize("line", ["server started", "12", "Ждите …"])
def test_what_a_library_prints_while_preparing_is_passed_on_as_it_stands(line: str) -> None:
    assert heard(f"{line}\n".encode()) == line
