"""Headers that keep the pages to themselves, and POSTs that came from elsewhere turned away."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_REQUEST_BYTES = 110 * 1024 * 1024
"""Five files of 20 MB and a form around them."""

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; "
    "frame-src 'self'; font-src 'self'"
)

TOO_LARGE = (
    "Файлы вместе занимают больше 110 МБ. Вернитесь назад и приложите меньше файлов за один раз "
    "или пришлите ссылку."
)
FOREIGN = (
    "Эта форма отправлена не с нашей страницы, поэтому ничего не изменено. Откройте страницу "
    "заново и повторите."
)


class TooLarge(Exception):
    """The request's body is larger than `MAX_REQUEST_BYTES`."""


class Guard:
    """Wraps the application: origin of POSTs, size of bodies, headers of answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and _is_foreign(headers):
            await PlainTextResponse(FOREIGN, 403)(scope, receive, send)
            return
        size = headers.get("content-length", "0")
        if not size.isdigit() or int(size) > MAX_REQUEST_BYTES:
            await PlainTextResponse(TOO_LARGE, 413, headers={"Connection": "close"})(
                scope, receive, send
            )
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MAX_REQUEST_BYTES:
                raise TooLarge
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._app(scope, counted, guarded)
        except TooLarge:
            await PlainTextResponse(TOO_LARGE, 413)(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser sent this from another site's page."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _add_headers(headers: MutableHeaders, path: str) -> None:
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    secret = path.startswith(("/l/", "/enter/", "/calendar/"))
    headers.setdefault("Referrer-Policy", "no-referrer" if secret else "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if not path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
