"""Road map files that a command changes: read whole, written at once or not at all."""

import contextlib
import os
import stat
import tempfile
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from roadmap.errors import InputWrong, RoadMapInvalid
from roadmap.loader import load_file

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A road map file as it was read; `text` has its own line ends and no byte order mark."""

    path: Path
    shown_as: str
    content: bytes
    text: str
    bom: bool

    def with_text(self, text: str) -> bytes:
        return ((_BOM if self.bom else "") + text).encode("utf-8")


def read_plan(path: Path) -> PlanFile:
    """Reads a road map that is to be changed. Raises `InputWrong` or `RoadMapInvalid`."""
    loaded = load_file(path, str(path))
    if loaded.roadmap is None:
        raise RoadMapInvalid(loaded.problems)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputWrong(f"файл {path} не читается: {error.strerror}") from None
    text = content.decode("utf-8")
    bom = text.startswith(_BOM)
    return PlanFile(path, str(path), content, text.removeprefix(_BOM), bom)


def difference(before: str, after: str, name: str) -> str:
    """What changes, line by line, as `diff -u` prints it."""
    lines = unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm="", n=1)
    return "\n".join(lines)


def write_plan(plan: PlanFile, text: str) -> None:
    """Puts the new text in the file's place; on any error the old file stays as it was.

    Raises `InputWrong` when the file may not be written or was changed by somebody meanwhile.
    """
    target = plan.path.resolve()  # a link goes on leading to the file
    try:
        mode = target.stat().st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(
            target, os.W_OK
        ):
            raise InputWrong(f"файл {plan.shown_as} только для чтения; разрешите запись в него")
        if target.read_bytes() != plan.content:
            raise InputWrong(f"файл {plan.shown_as} только что изменили; повторите команду")
        replace_file(target, plan.with_text(text), stat.S_IMODE(mode))
    except OSError as error:
        raise InputWrong(f"файл {plan.shown_as} не записан: {error.strerror}") from None


def write_new(path: Path, text: str, *, force: bool = False) -> None:
    """Writes a new file; one that exists only with `force`. Raises `InputWrong`."""
    if path.is_dir():
        raise InputWrong(f"{path} – это папка; назовите файл: -o ИМЯ.yaml")
    if path.exists() and not force:
        raise InputWrong(f"файл {path} уже есть; назовите другой (-o) или добавьте --force")
    try:
        replace_file(path, text.encode("utf-8"), None)
    except OSError as error:
        raise InputWrong(f"файл {path} не записан: {error.strerror}") from None


def replace_file(target: Path, content: bytes, mode: int | None) -> None:
    """The file holds the new content or the old one, whatever happens meanwhile."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode if mode is not None else 0o666 & ~_umask())
        draft.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
