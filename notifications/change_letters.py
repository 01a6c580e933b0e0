"""Letters about changes of the plan: a request, its answer, and what a curator changed. Pure."""

from typing import ClassVar, Literal

from notifications.payload import Contact, LetterFacts, ProgrammeLetter, StepLine, shortened


class AskedLetter(ProgrammeLetter):
    """An owner asks a curator to move the date, or says that the step is not theirs.

    asks: follows the name, «просит перенести срок на 10 декабря 2026».
    """

    template: ClassVar[str] = "asked"
    kind: Literal["asked"] = "asked"
    by: Contact
    about: Literal["due", "owner"]
    asks: str
    reason: str
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    def has_a_point(self, facts: LetterFacts) -> bool:
        return facts.asked

    @property
    def subject(self) -> str:
        asked = "перенести срок" if self.about == "due" else "сменить ответственного"
        return f"Просьба {asked}: {self.step.code} {shortened(self.step.title)}"


class AnsweredLetter(ProgrammeLetter):
    """A curator answered a request; `step` is as it is after the answer.

    proposed: the date or the person asked for, "" when nobody was named.
    """

    template: ClassVar[str] = "answered"
    kind: Literal["answered"] = "answered"
    by: Contact
    about: Literal["due", "owner"]
    agreed: bool
    proposed: str
    answer: str
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    @property
    def outcome(self) -> str:
        """What the answer means for the reader."""
        return {
            ("due", True): "Срок перенесён",
            ("due", False): "Срок остаётся прежним",
            ("owner", True): "Мероприятие передано другому",
            ("owner", False): "Мероприятие остаётся за вами",
        }[self.about, self.agreed]

    @property
    def subject(self) -> str:
        return f"{self.outcome}: {self.step.code} {shortened(self.step.title)}"


class ChangedLetter(ProgrammeLetter):
    """A curator changed a step of the reader's: its date, its owner, or that it is needed at all.

    before, after: words of the date; of another owner only `after`, whose it is now.
    """

    template: ClassVar[str] = "changed"
    kind: Literal["changed"] = "changed"
    by: Contact
    what: Literal["due", "skipped", "owner"]
    before: str
    after: str
    reason: str
    step: StepLine

    @property
    def reply_to(self) -> Contact | None:
        return self.by

    @property
    def news(self) -> str:
        """What has happened, as a heading."""
        return {
            "due": "Срок перенесён",
            "skipped": "Больше не требуется",
            "owner": "Мероприятие передано другому",
        }[self.what]

    @property
    def subject(self) -> str:
        return f"{self.news}: {self.step.code} {shortened(self.step.title)}"
