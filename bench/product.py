"""The running product as a benchmark sees it: clicks, letters' arrivals, Prefect's view."""

import re
import time
from collections.abc import Callable

import httpx
import psutil

from tests.support.live import LiveKarta
from tests.support.smtp_server import SmtpServer


class Product:
    """`karta up` with a mail server of ours and a signed-in director."""

    def __init__(self) -> None:
        self.smtp = SmtpServer()
        self.smtp.start()
        self.live = LiveKarta(self.smtp.url)
        started = time.perf_counter()
        self.live.start()
        self.seconds_to_board = time.perf_counter() - started
        self.web = httpx.Client(base_url=self.live.url, follow_redirects=False, timeout=30)
        self.web.post(self.live.director_link)
        self.prefect = httpx.Client(base_url=self.live.prefect_api, timeout=30)

    def close(self) -> None:
        """Stops everything and removes its data."""
        self.web.close()
        self.prefect.close()
        self.live.close()
        self.smtp.stop()

    def start_programme(self) -> str:
        """Starts the shipped road map once more; the programme's id."""
        done = self.live.run("start", "roadmap.yaml", "--from", "2026-11", "--json")
        return re.findall(r"[0-9a-f-]{36}", done.stdout)[0]

    def steps(self, programme_id: str) -> dict[str, str]:
        """Step code → id, read off the board."""
        html = self.web.get(f"/programmes/{programme_id}").text
        found = re.findall(
            r'class="num">([\d.]+)</span>\s*<span class="what"><a href="/steps/([^"]+)"', html
        )
        return dict(found)

    def click_done(self, step_id: str) -> None:
        """The curator's click, with a reason for the steps that want one."""
        answer = self.web.post(f"/steps/{step_id}/done", data={"reason": "bench"})
        assert answer.status_code == 303, answer.text[-500:]

    def run_of(self, programme_id: str) -> str | None:
        """The id of the programme's run in Prefect."""
        body = {"limit": 200, "flow_runs": {"parent_task_run_id": {"is_null_": True}}}
        for run in self.prefect.post("/flow_runs/filter", json=body).json():
            if run["parameters"].get("programme_id") == programme_id:
                return run["id"]
        return None

    def prefect_states(self, run_id: str) -> dict[str, str]:
        """Stage and step number → the state Prefect shows, for one programme's run."""
        body = {"limit": 200, "flow_runs": {"parent_flow_run_id": {"any_": [run_id]}}}
        stages = self.prefect.post("/flow_runs/filter", json=body).json()
        found = {run["name"].split()[0]: run["state"]["name"] for run in stages}
        ids = [run["id"] for run in stages]
        body = {"limit": 200, "task_runs": {"flow_run_id": {"any_": ids}}}
        for run in self.prefect.post("/task_runs/filter", json=body).json():
            found[run["name"].split()[0]] = run["state"]["name"]
        return found

    def processes(self) -> list[psutil.Process]:
        """Every process of the product, the database's included."""
        own = {p.pid: p for p in self.live.orphans()}
        for process in list(own.values()):
            for child in process.children(recursive=True):
                own[child.pid] = child
        return list(own.values())

    def cpu_seconds(self) -> dict[int, float]:
        """CPU seconds so far, by process, reaped children included."""
        used = {}
        for process in self.processes():
            try:
                times = process.cpu_times()
                used[process.pid] = (
                    times.user + times.system + times.children_user + times.children_system
                )
            except psutil.Error:
                continue
        return used


def wait(look: Callable[[], bool], seconds: float) -> float:
    """Seconds until `look` is true, `inf` after the limit."""
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        if look():
            return time.perf_counter() - started
        time.sleep(0.01)
    return float("inf")
