"""`kill -9` of every process at work: nothing acknowledged is lost, nothing is done twice."""

from collections import Counter
from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.support.live import LiveKarta, until
from tests.support.smtp_server import SmtpServer


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="module")
def live(smtp: SmtpServer) -> Iterator[LiveKarta]:
    with LiveKarta(smtp.url) as running:
        yield running


def is_up(live: LiveKarta) -> bool:
    try:
        return httpx.get(f"{live.url}/healthz", timeout=3).status_code == 200
    except httpx.HTTPError:
        return False


def task_states(live: LiveKarta) -> Counter[str]:
    """How often each step is there in Prefect, and in which state."""
    try:
        answer = httpx.post(
            f"{live.prefect_api}/task_runs/filter", json={"limit": 200}, timeout=10
        ).json()
        # A stage's run stands below the programme's as a task too: «2. Формирование …».
        named = [(run["name"].split()[0], run["state"]["name"]) for run in answer]
        return Counter(f"{code}:{state}" for code, state in named if not code.endswith("."))
    except (httpx.HTTPError, ValueError, KeyError):
        return Counter()


def finish(live: LiveKarta, *codes: str) -> None:
    done = live.run("done", *codes, "--reason", "видел")
    assert done.returncode == 0, done.stderr


def test_the_supervisor_of_a_running_service_holds_no_library_of_the_product(
    live: LiveKarta,
) -> None:
    assert psutil.Process(live.process.pid).memory_info().rss < 45 * 2**20


@pytest.mark.parametrize(
    ("victim", "codes"),
    [
        ("flows.worker", ("1.1", "1.2", "1.3", "1.4")),
        ("-m web", ("2.1", "2.2", "2.3")),
        ("prefect_app", ("3.1", "3.2", "3.3", "3.4")),
        ("/postgres -D", ("4.1", "4.2", "4.3", "4.4")),
    ],
)
def test_a_killed_process_comes_back_and_nothing_is_lost_or_doubled(
    live: LiveKarta, smtp: SmtpServer, victim: str, codes: tuple[str, ...]
) -> None:
    finish(live, *codes)
    live.part(victim).kill()

    until(lambda: is_up(live), bool, 40)
    states = until(live.step_states, lambda s: all(s[code] == "done" for code in codes), 20)
    following = str(int(codes[0][0]) + 1)
    assert {s for code, s in states.items() if code.startswith(following)} == {"open"}
    # Once each, and nothing besides: a process killed in the first pass leaves it half shown.
    until(
        lambda: task_states(live),
        lambda seen: (
            all(seen[f"{code}:выполнено"] == 1 for code in codes) and sum(seen.values()) == 35
        ),
        120,
    )
    sent = Counter(letter.message_id for letter in smtp.letters)
    assert sum(count - 1 for count in sent.values()) <= 1
    until(
        lambda: live.run("letters", "--json").stdout,
        lambda letters: '"queued"' not in letters and '"sending"' not in letters,
        90,
    )


def test_after_the_supervisor_is_killed_the_next_start_goes_on(
    live: LiveKarta, smtp: SmtpServer
) -> None:
    finish(live, "5.1")
    live.process.kill()
    live.process.wait()

    live.start()

    assert live.step_states()["5.1"] == "done"
    finish(live, "5.2", "5.3", "5.4")
    before = len({letter.message_id for letter in smtp.letters})
    until(lambda: live.step_states()["6.1"], lambda state: state == "open")
    until(lambda: len({x.message_id for x in smtp.letters}), lambda count: count >= before)


def test_ctrl_c_stops_everything_and_leaves_no_orphan(live: LiveKarta) -> None:
    assert live.stop() == 0

    assert live.orphans() == []
    refused = live.run("status")
    assert refused.returncode == 1
    assert "python start.py" in refused.stderr


def test_ctrl_c_while_it_still_starts_ends_well_and_leaves_no_orphan() -> None:
    starting = LiveKarta()
    try:
        starting.launch()
        until(lambda: starting.said, lambda said: "Запускаю базу данных" in said)

        assert starting.stop() == 0

        assert starting.orphans() == []
        until(lambda: starting.said, lambda said: "Остановлено" in said)
    finally:
        starting.close()
