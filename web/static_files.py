"""Static files under addresses that change with their content, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"


@cache
def static_url(name: str) -> str:
    """`karta.css` → `/static/karta.css?v=1f2e3d4c`."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={digest}"


class KeptFiles(StaticFiles):
    """Files that a browser may keep for a year when it asked for a definite content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        # One tag for the file as it is and compressed (web.compression): the same content, not the
        # same bytes, which is what a weak tag says (RFC 9110 8.8.1).
        if etag := response.headers.get("etag"):
            response.headers["ETag"] = f"W/{etag}"
        if response.status_code == 304:
            response.headers["Vary"] = "Accept-Encoding"
        if response.status_code == 200 and b"v=" in scope["query_string"]:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
