"""Answers go out compressed to whoever takes gzip."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

SHOW_TOKENS = ("/calendar", "/mailbox")
"""Pages at well-known addresses that show tokens: calendars' addresses, letters with live links."""


class Compressed:
    """Compresses pages and static files, but neither downloads nor pages that show tokens.

    Compression gives a secret away (BREACH) when somebody else can make the reader's browser ask
    for a page again and again with words of their own choosing, which the page repeats beside the
    secret, and watches how long the answers are. Our pages: the session is in a cookie alone,
    forms hold no tokens (`web.security` looks at where a POST came from, and a foreign one never
    reaches a page that repeats it). A letter's page and a sign-in link's (`/l/…`, `/enter/…`) do
    hold a token, but it is their address: who can ask for them has it already. What is left,
    `SHOW_TOKENS`, repeats nothing from the request today; it is short and goes out as it is, so
    that it stays safe when that changes.

    Downloads (evidence) are mostly compressed by their nature, and up to 20 MB long.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        # Level 6 stays within 1 % of what 9 makes of our pages and styles, and is done sooner.
        self._compressing = GZipMiddleware(app, minimum_size=500, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_plain = path.startswith(SHOW_TOKENS) or "/files/" in path
        await (self._plain if is_plain else self._compressing)(scope, receive, send)
