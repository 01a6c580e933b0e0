"""Evidence: files checked by their content, and links."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from urllib.parse import urlsplit
from uuid import UUID

import filetype
from sqlalchemy import func
from sqlmodel import col, select

from models.database import AsyncSession
from models.tables import Evidence, EvidenceContent, Programme, Step
from roadmap.errors import InputWrong, NotFound
from services.actor import Actor

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_PER_REPORT = 10

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": _WORD,
    "xlsx": _EXCEL,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
"""Endings that may be attached and what they must really be."""


@dataclass(frozen=True, slots=True)
class FileAttachment:
    """A file as it came from a form; nothing about it has been checked."""

    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LinkAttachment:
    """A link as it was typed."""

    url: str


Attachment = FileAttachment | LinkAttachment


async def attach(
    session: AsyncSession,
    step: Step,
    attachments: Sequence[Attachment],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Adds checked attachments to the step; the same file or link again is not added twice.

    Raises `InputWrong` naming the file and what is wrong with it.
    """
    if len(attachments) > MAX_PER_REPORT:
        raise InputWrong(f"за один раз можно приложить не больше {MAX_PER_REPORT} файлов и ссылок")
    have = list(await session.exec(select(Evidence).where(Evidence.step_id == step.id)))
    known = {e.sha256 or e.url for e in have}
    for attachment in attachments:
        if isinstance(attachment, LinkAttachment):
            url = checked_link(attachment.url)
            if url not in known:
                known.add(url)
                session.add(Evidence(step_id=step.id, url=url, added_at=now, added_by=by.person_id))
            continue
        name, media_type = checked_file(attachment)
        digest = hashlib.sha256(attachment.content).hexdigest()
        if digest in known:
            continue
        known.add(digest)
        row = Evidence(
            step_id=step.id,
            file_name=name,
            media_type=media_type,
            size=len(attachment.content),
            sha256=digest,
            added_at=now,
            added_by=by.person_id,
        )
        session.add(row)
        await session.flush()
        session.add(EvidenceContent(evidence_id=row.id, content=attachment.content))
    await session.flush()


async def evidence_count(session: AsyncSession, step: Step) -> int:
    """How many files and links the step has; of a recurring one, those of this time."""
    found = select(func.count()).select_from(Evidence).where(Evidence.step_id == step.id)
    if step.turn_since is not None:
        found = found.where(Evidence.added_at > step.turn_since)
    return (await session.exec(found)).one()


def checked_file(attachment: FileAttachment) -> tuple[str, str]:
    """(name, media type) of a file whose content is what its name says; raises `InputWrong`."""
    name = PurePath(attachment.file_name.replace("\\", "/")).name.strip()[-200:] or "файл"
    ending = name.rpartition(".")[2].lower()
    allowed = "pdf, docx, xlsx, jpg, png"
    if ending not in MEDIA_TYPES:
        raise InputWrong(f"файл «{name}»: такие файлы не принимаются; можно {allowed}")
    size = len(attachment.content)
    if size == 0:
        raise InputWrong(f"файл «{name}» пуст; проверьте его и приложите снова")
    if size > MAX_FILE_BYTES:
        raise InputWrong(f"файл «{name}» больше 20 МБ; уменьшите его или пришлите ссылку")
    expected = MEDIA_TYPES[ending]
    if _media_type(attachment.content) != expected:
        raise InputWrong(
            f"файл «{name}» внутри не {ending}; откройте его, сохраните как {ending} и приложите "
            "снова"
        )
    return name, expected


def _media_type(content: bytes) -> str | None:
    """What the content really is; office files are opened, not only sniffed."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError):
            return None
        if "[Content_Types].xml" not in names:
            return None
        if "word/document.xml" in names:
            return _WORD
        return _EXCEL if "xl/workbook.xml" in names else None
    guess = filetype.guess(content)
    return guess.mime if guess else None


def checked_link(url: str) -> str:
    """A web address; raises `InputWrong`."""
    typed = url.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        fine = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        fine = False
    if not fine or len(typed) > 2000 or any(c.isspace() for c in typed):
        raise InputWrong(
            f"«{url.strip()[:80]}» не похоже на ссылку; скопируйте её из адресной строки целиком"
        )
    return typed


async def content_of(session: AsyncSession, evidence_id: UUID) -> tuple[Evidence, bytes]:
    """The evidence file and its bytes; raises `NotFound`."""
    evidence = await session.get(Evidence, evidence_id)
    stored = await session.get(EvidenceContent, evidence_id)
    if evidence is None or stored is None:
        raise NotFound("такого файла нет")
    return evidence, stored.content


async def content_for(
    session: AsyncSession, evidence_id: UUID, reader: Actor
) -> tuple[Evidence, bytes]:
    """As `content_of`, for somebody of its school; raises `NotFound` for others."""
    evidence, content = await content_of(session, evidence_id)
    found = await session.exec(
        select(Programme.organisation_id)
        .join(Step, col(Step.programme_id) == col(Programme.id))
        .where(Step.id == evidence.step_id)
    )
    if found.one() != reader.organisation_id:
        raise NotFound("такого файла нет")
    return evidence, content
