"""The one tree of errors that people can cause; each carries the sentence they are shown."""

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from roadmap.problems import Problem


class KartaError(Exception):
    """Root of every error whose message is meant for a person.

    `str(error)` is a whole sentence in school Russian: what is wrong and what to do.
    """


class RoadMapInvalid(KartaError):
    """The road map has problems of severity `error`; `problems` lists every one of them."""

    def __init__(self, problems: "tuple[Problem, ...]") -> None:
        self.problems = problems
        super().__init__("; ".join(p.explanation for p in problems if p.severity == "error"))


class MoveRefused(KartaError):
    """A move that the state, the gate or the person's role does not allow."""


class GateClosed(MoveRefused):
    """The step's stage is closed; `missing` are the codes of the steps it waits for."""

    def __init__(self, message: str, missing: tuple[str, ...]) -> None:
        self.missing = missing
        super().__init__(message)


class ChangedMeanwhile(MoveRefused):
    """Somebody changed the step after the person loaded it; the message says who and what.

    by: who made the last change (None: the service); kind: the journal's kind of that change;
    form: what it was made with.
    """

    def __init__(self, message: str, by: object, kind: str, form: str = "") -> None:
        self.by, self.kind, self.form = by, kind, form
        super().__init__(message)


class NotFound(KartaError):
    """There is no such programme, step, stage, person or letter."""


class InputWrong(KartaError):
    """A form or command carries a value that cannot be used."""


_REASONS = {
    errno.ENOENT: "такого файла нет",
    errno.EACCES: "нет прав",
    errno.EPERM: "нет прав",
    errno.EISDIR: "это папка, а не файл",
    errno.ENOTDIR: "это файл, а не папка",
    errno.EEXIST: "здесь уже лежит файл с таким именем",
    errno.ENOSPC: "нет места на диске",
    errno.EROFS: "диск открыт только для чтения",
}


def reason_of(error: OSError) -> str:
    """Why the system refused a file, in Russian; its own words for what is rare."""
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


class LinkDead(KartaError):
    """A link that is unknown, expired or revoked; the message says what to do."""
