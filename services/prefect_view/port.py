"""What Prefect's flows ask of the service, as a protocol: tests give them another."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.prefect_view.picture import ProgrammePicture, StagePicture, StepPicture


class PrefectView(Protocol):
    """What the flows need of the database. Every call may be repeated without harm."""

    async def settle(self, programme_id: UUID) -> ProgrammePicture | None:
        """Applies what the planner asks for; how things are then. None: no such programme, or
        one that has not started."""

    async def daily(self, programme_id: UUID) -> bool:
        """The daily pass: what time brings is queued; whether anything was to be done."""

    def wake_letters(self) -> None:
        """Has the letters that are due sent now; does not wait for it: a mail server may hang."""

    async def record_shown(
        self,
        picture: ProgrammePicture,
        steps: Iterable[StepPicture],
        stages: Iterable[StagePicture],
    ) -> bool:
        """Remembers that Prefect shows these steps and stages and the picture's version.

        False when the programme has a newer version already.
        """

    async def forget_shown(self, programme_id: UUID, ids: Iterable[UUID]) -> None:
        """Marks steps and stages by their ids as not shown, so that the next pass shows them."""

    async def remember_run(self, programme_id: UUID, flow_run_id: UUID) -> None:
        """Keeps which run of Prefect is the programme's."""

    async def run_of(self, programme_id: UUID) -> UUID | None:
        """The programme's run in Prefect, None before the first pass."""

    async def lagging(self) -> list[UUID]:
        """Programmes whose newest version Prefect does not show yet."""

    async def running_programmes(self) -> list[UUID]:
        """Programmes that go on, oldest first."""

    async def programmes_in(self, zone: str) -> list[UUID]:
        """Running programmes of schools in a time zone."""

    async def daily_missed(self) -> list[UUID]:
        """Running programmes whose daily pass of today should have been done a while ago."""

    async def zones(self) -> list[str]:
        """Time zones of schools with running programmes."""

    def pass_lock(self, programme_id: UUID) -> AbstractAsyncContextManager[bool]:
        """One pass over a programme at a time on all machines; False if another is under way."""
