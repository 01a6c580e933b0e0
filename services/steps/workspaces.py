"""What each kind of step brings besides its card in `roadmap.kinds`: where it is worked on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.database import AsyncSession
from models.tables import Step
from roadmap.kinds import KINDS, EvidenceRule, Kind
from services.steps.evidence import Attachment, evidence_count


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is not there to show that a step was done, in the words of those it concerns.

    to_owner: why a report is not taken; to_curator: why the step cannot be marked done without a
    reason – both with the remedy, both go on after «мероприятие 2.2: ».
    question: over the field for that reason.
    noted: in the journal, when a reason was given: «принято …».
    """

    to_owner: str
    to_curator: str
    question: str
    noted: str


class Workspace(Protocol):
    """What the steps of a kind are worked on with. Looks at data and changes none."""

    @property
    def page(self) -> str:
        """The template of its part of the step's page; it sees all that page's template sees."""
        ...

    async def lacking(self, session: AsyncSession, step: Step) -> Lacking | None:
        """What keeps the step from being reported and done, None when nothing does."""
        ...

    async def evidence(self, session: AsyncSession, step: Step) -> Sequence[Attachment]:
        """The files and links that the work itself leaves, attached when it is reported or done."""
        ...


class PlainWorkspace:
    """Of a kind whose work is done elsewhere: the owner tells of it and attaches what shows it."""

    page = "web/steps/workspaces/plain.html.j2"

    async def lacking(self, session: AsyncSession, step: Step) -> Lacking | None:
        """A file or a link, where one is required and there is none."""
        if step.evidence is not EvidenceRule.REQUIRED or await evidence_count(session, step):
            return None
        wanted = KINDS[step.kind].evidence
        return Lacking(
            to_owner=f"приложите {wanted}; без этого отчёт не принимается",
            to_curator=(
                f"нет подтверждения (нужно приложить {wanted}); приложите его или напишите, "
                "почему принимаете без него"
            ),
            question="Подтверждения нет. Почему принимаете без него",
            noted="без подтверждения",
        )

    async def evidence(self, session: AsyncSession, step: Step) -> Sequence[Attachment]:
        return ()


Workspaces = Mapping[Kind, Workspace]

_PLAIN = PlainWorkspace()

WORKSPACES: Workspaces = {
    Kind.TASK: _PLAIN,
    Kind.INFORMING: _PLAIN,
    Kind.SURVEY: _PLAIN,
    Kind.CONSENT: _PLAIN,
    Kind.REGISTER: _PLAIN,
    Kind.ASSESSMENT: _PLAIN,
    Kind.SELECTION: _PLAIN,
    Kind.TRAINING: _PLAIN,
    Kind.PAIRING: _PLAIN,
    Kind.MEETING: _PLAIN,
    Kind.FEEDBACK: _PLAIN,
    Kind.MONITORING: _PLAIN,
    Kind.EVENT: _PLAIN,
    Kind.CASE: _PLAIN,
    Kind.PUBLICATION: _PLAIN,
}
"""The workspace of every kind. A kind that gets one of its own changes its entry here."""
