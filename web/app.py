"""The application: routes put together, errors turned into pages."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from models.database import AWAY, ping
from roadmap.errors import KartaError, LinkDead, NotFound
from services.karta import Karta
from web import access, calendars, journal
from web.compression import Compressed
from web.letters import letters, mailbox
from web.message import MessagePage
from web.page import as_sentence, frame_of, page, redirect
from web.people import people, substitutions
from web.programme import board, marking, plan_and_fact
from web.security import Guard
from web.static_files import FOLDER, KeptFiles
from web.steps import acting, evidence, link, my
from web.steps import page as step_page
from web.viewer import SignInNeeded, maybe_signed_in

log = logging.getLogger("karta.web")


def create_app(karta: Karta, *, prefect_url: str | None = None) -> FastAPI:
    """The pages over these collaborators; `prefect_url` is linked from the board."""
    app = FastAPI(title="Карта", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.karta = karta
    app.state.prefect_url = prefect_url
    app.mount("/static", KeptFiles(directory=FOLDER), name="static")
    pages = (
        board, marking, plan_and_fact, step_page, acting, link, my, evidence, letters, mailbox,
        people, substitutions, calendars, journal, access,
    )  # fmt: skip
    for module in pages:
        app.include_router(module.router)

    @app.get("/healthz")
    async def healthz() -> Response:
        try:
            async with karta.transaction() as session:
                await ping(session)
        except AWAY:
            return JSONResponse({"database": "away"}, 503)
        return JSONResponse({"database": "ok"})

    @app.exception_handler(SignInNeeded)
    async def to_sign_in(_request: Request, error: SignInNeeded) -> Response:
        return redirect(f"/enter?back={error.back}" if error.back != "/" else "/enter")

    @app.exception_handler(LinkDead)
    async def dead_link(request: Request, error: LinkDead) -> Response:
        return await _message(
            request, 410, "Ссылка больше не работает", as_sentence(error),
            href="/enter", button="Войти по адресу почты",
        )  # fmt: skip

    @app.exception_handler(KartaError)
    async def refused(request: Request, error: KartaError) -> Response:
        status = 404 if isinstance(error, NotFound) else 409
        title = "Не найдено" if isinstance(error, NotFound) else "Не получилось"
        return await _message(request, status, title, as_sentence(error))

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, _error: RequestValidationError) -> Response:
        if request.method == "GET":
            return await _message(
                request, 404, "Такой страницы нет", "Проверьте адрес или вернитесь на доску."
            )
        return await _message(
            request,
            422,
            "Форма заполнена не полностью",
            "Вернитесь назад, заполните все поля и отправьте снова.",
        )

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return await _message(
                request, 404, "Такой страницы нет", "Проверьте адрес или вернитесь на доску."
            )
        if error.status_code == 405 and request.method == "GET" and (page := back_to(request)):
            return redirect(page)
        return await _message(
            request, error.status_code, "Не получилось", "Вернитесь на доску и попробуйте снова."
        )

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        if isinstance(error, AWAY):
            return await _message(
                request,
                503,
                "База данных сейчас не отвечает",
                "Ничего не потеряно. Подождите минуту и обновите страницу.",
                alone=True,
            )
        # A letter's link and a calendar's address hold their tokens: neither is written down.
        path = request.url.path.split("/", 2)[1]
        log.error("страница /%s сломалась", path, exc_info=error)
        return await _message(
            request,
            500,
            "Что-то сломалось",
            "Это наша ошибка, она записана. Вернитесь на доску и попробуйте снова.",
            alone=True,
        )

    for error in AWAY:
        app.add_exception_handler(error, broken)
    app.add_middleware(Compressed)
    app.add_middleware(Guard)
    return app


def back_to(request: Request) -> str | None:
    """The page of a form's address: a phone that restores a tab asks for it with GET."""
    path = request.url.path
    if path == "/programmes" or path.count("/") < 3:
        return None
    return path.rpartition("/")[0] if path.startswith(("/steps/", "/l/", "/programmes/")) else None


async def _message(
    request: Request,
    status: int,
    title: str,
    words: str,
    *,
    alone: bool = False,
    href: str = "/",
    button: str = "На доску",
) -> Response:
    viewer = None if alone else await maybe_signed_in(request)
    frame = await frame_of(request, viewer, title)
    return page(MessagePage(frame, title, words, href, button), status)
