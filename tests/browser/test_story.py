"""The whole story: from `karta up` to the second stage, at the mail server and in Prefect."""

from pathlib import Path

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import SignIn
from tests.support.live import LiveKarta, until
from tests.support.smtp_server import SmtpServer

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
CURATOR, SOCIAL = "curator@talon.example", "social@talon.example"


def runs(live: LiveKarta, what: str) -> dict[str, str]:
    """Name → state's name of everything Prefect shows."""
    try:
        answer = httpx.post(f"{live.prefect_api}/{what}/filter", json={"limit": 200}, timeout=10)
    except httpx.HTTPError:  # it may still be starting: the board does not wait for it
        return {}
    return {run["name"]: run["state"]["name"] for run in answer.json()}


def step_states(live: LiveKarta) -> dict[str, str]:
    """Step number → the state of its task; stages' runs, «2. Формирование …», left out."""
    named = {name.split()[0]: state for name, state in runs(live, "task_runs").items()}
    return {code: state for code, state in named.items() if not code.endswith(".")}


def test_from_the_first_start_to_the_second_stage(
    live: LiveKarta, smtp: SmtpServer, window: SignIn, sign_in: SignIn, tmp_path: Path
) -> None:
    # The director's link, printed by the start command, signs in.
    director = window()
    director.goto(live.director_link)
    director.get_by_role("button", name="Войти").click()
    expect(director.get_by_role("heading", name="Требует вашего внимания")).to_be_visible()

    # The first letter opens a step without a password; the report goes with a file.
    (letter,) = smtp.wait_for(1)
    assert letter.recipient == "director@talon.example"
    link = next(link for link in letter.links if "/l/" in link)
    owner = window()
    owner.goto(link)
    expect(owner.get_by_role("heading", level=1)).to_contain_text("1.1")
    protocol = tmp_path / "протокол.pdf"
    protocol.write_bytes(PDF)
    owner.get_by_label("Что сделано").fill("Педсовет 12 ноября, 10 педагогов.")
    owner.get_by_label("Файлы, если есть").set_input_files(protocol)
    owner.get_by_role("button", name="Отправить куратору").click()
    expect(owner.get_by_text("Спасибо! Отчёт отправлен куратору.")).to_be_visible()

    # The curator, signed in by code, accepts it and marks the others, several at once.
    curator = sign_in(CURATOR)
    curator.get_by_role("link", name="1.1 Информирование").click()
    expect(curator.get_by_text("Педсовет 12 ноября, 10 педагогов.").first).to_be_visible()
    with curator.expect_download() as download:
        curator.get_by_role("link", name="протокол.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    curator.get_by_role("button", name="Принять").click()
    expect(curator.get_by_text("Отчёт по мероприятию 1.1 принят.")).to_be_visible()
    curator.goto(live.url)
    expect(curator.get_by_text("Откроется, когда будут выполнены 1.2, 1.3, 1.4.")).to_be_visible()
    before = len(smtp.letters)
    for code in ("1.2", "1.3", "1.4"):
        curator.get_by_label(f"Выбрать {code}").check()
    curator.get_by_role("button", name="Отметить выбранные").click()

    # The second stage is open on the page that answers, and its letters leave.
    expect(curator.get_by_text("Выполнено: 1.2, 1.3, 1.4.")).to_be_visible()
    expect(curator.locator("#stage-2")).to_contain_text("идёт: 0 из 3")
    told = {x.recipient for x in smtp.wait_for(before + 2)[before:]}
    assert told == {CURATOR, SOCIAL}

    # And Prefect shows the same: one programme, seven stages, a task for every step.
    until(
        lambda: runs(live, "flow_runs"),
        lambda seen: (
            {
                "1. Подготовка условий для запуска программы наставничества": "завершён",
                "2. Формирование базы наставляемых": "идёт: 0 из 3",
                "3. Формирование базы наставников": "закрыт",
            }.items()
            <= seen.items()
        ),
        40,
    )
    states = until(
        lambda: step_states(live),
        lambda s: len(s) == 35 and s["2.1"].startswith("в работе до") and s["1.1"] == "выполнено",
        40,
    )
    assert states["3.1"] == "ждёт этапа"
