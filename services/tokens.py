"""Tokens and codes: derived from the installation's secret, so that none needs to be stored.

A token is the HMAC-SHA256 of what it is for; the database keeps only its SHA-256. So a letter can
be composed again, with the same link, without its link lying in any table.
"""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path


def load_secret(path: Path) -> bytes:
    """The installation's 256-bit secret, made on first use; the file is for its owner only."""
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = secrets.token_bytes(32)
        new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        new.touch(mode=0o600)
        new.write_text(fresh.hex(), "ascii")
        try:
            path.hardlink_to(new)  # never over a secret that another process made meanwhile
        except FileExistsError:
            return bytes.fromhex(path.read_text("ascii").strip())
        finally:
            new.unlink(missing_ok=True)
        return fresh


def derived_token(secret: bytes, purpose: str, *parts: object) -> str:
    """A 256-bit token for a purpose, 43 characters fit for a URL; the same every time."""
    digest = hmac.digest(secret, _about(purpose, parts), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def derived_code(secret: bytes, purpose: str, *parts: object) -> str:
    """A six-digit code for a purpose; the same every time."""
    digest = hmac.digest(secret, _about(purpose, parts), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def random_token() -> str:
    """A fresh 256-bit token fit for a URL."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(secret: bytes, person_id: object, code: str) -> str:
    """What the database keeps of a six-digit code: keyed, since a million codes are soon tried."""
    return hmac.new(secret, _about("code-hash", (person_id, code)), hashlib.sha256).hexdigest()


def _about(purpose: str, parts: tuple[object, ...]) -> bytes:
    return "\x00".join([purpose, *map(str, parts)]).encode()
