"""The same form sent twice is one change."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import wraps
from hashlib import blake2s, sha256
from typing import ParamSpec

from services.actor import Actor
from services.journal.kinds import EventKind
from services.steps.change import Changed, StepChangedMeanwhile, Target
from services.steps.evidence import FileAttachment

P = ParamSpec("P")


def once(
    kind: EventKind,
) -> Callable[[Callable[P, Awaitable[Changed]]], Callable[P, Awaitable[Changed]]]:
    """The same form sent twice by the same person is one change: the second is already done.

    A form that says something else is not the same, and is told what has changed meanwhile.
    """

    def wrap(use_case: Callable[P, Awaitable[Changed]]) -> Callable[P, Awaitable[Changed]]:
        @wraps(use_case)
        async def made(*args: P.args, **kwargs: P.kwargs) -> Changed:
            typed = _typed(kwargs)
            known = [replace(a, form=typed) if isinstance(a, Target) else a for a in args]
            try:
                return await use_case(*known, **kwargs)  # type: ignore[arg-type]
            except StepChangedMeanwhile as error:
                by = kwargs["by"]
                if not isinstance(by, Actor) or (error.by, error.kind) != (by.person_id, kind):
                    raise
                if known != list(args) and error.form != typed:
                    raise
                return error.step

        return made

    return wrap


def _typed(values: Mapping[str, object]) -> str:
    """A digest of what a form says, files by their contents; who sent it is no part of it."""
    digest = blake2s()
    for name, value in sorted(values.items()):
        if name in ("by", "workspaces"):
            continue
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, FileAttachment):
                digest.update(part.file_name.encode() + sha256(part.content).digest())
            else:
                digest.update(f"{name}={str(part).strip()}\0".encode())
    return digest.hexdigest()
