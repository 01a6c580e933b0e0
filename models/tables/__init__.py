"""The tables. Enums are stored by name; times are UTC; ids are UUIDs that we make ourselves."""

from models.tables.access import Access, AccessKind, SignInCode
from models.tables.columns import Instant
from models.tables.evidence import Evidence, EvidenceContent
from models.tables.journal import Event
from models.tables.letter import Letter, LetterState, LetterStep
from models.tables.meeting import Meeting
from models.tables.organisation import Organisation
from models.tables.people import Person, Rhythm, Substitution
from models.tables.programme import Programme, Revision, Stage
from models.tables.proposal import Request, RequestKind, RequestState
from models.tables.step import DroppedStep, Step

__all__ = [
    "Access",
    "AccessKind",
    "DroppedStep",
    "Event",
    "Evidence",
    "EvidenceContent",
    "Instant",
    "Letter",
    "LetterState",
    "LetterStep",
    "Meeting",
    "Organisation",
    "Person",
    "Programme",
    "Request",
    "RequestKind",
    "RequestState",
    "Revision",
    "Rhythm",
    "SignInCode",
    "Stage",
    "Step",
    "Substitution",
]
