"""Every kind of journal entry is listed and has its words, and no other can be recorded."""

from datetime import UTC, datetime

import pytest

from services.journal.kinds import CHANGE_KINDS, EVENT_KIND_WORDS, EventKind
from services.journal.record import record


class NoSession:
    """Takes nothing: an entry that is refused must not come so far."""

    def add(self, row: object) -> None:
        raise AssertionError(f"recorded: {row}")


def test_every_kind_has_its_words_and_can_be_chosen_in_the_journal() -> None:
    assert set(EVENT_KIND_WORDS) == set(EventKind)
    assert len(set(EVENT_KIND_WORDS.values())) == len(EventKind)


def test_a_settled_letter_can_be_looked_for() -> None:
    assert EVENT_KIND_WORDS[EventKind("letter.settled")] == "письмо разобрано"


def test_changes_of_the_plan_are_kinds_of_entries() -> None:
    assert all(isinstance(kind, EventKind) for kind in CHANGE_KINDS)


def test_a_kind_that_is_not_listed_cannot_be_recorded() -> None:
    with pytest.raises(TypeError, match="step.invented"):
        record(NoSession(), "step.invented", "…", at=datetime(2026, 11, 25, tzinfo=UTC))  # type: ignore[arg-type]


def test_an_entry_belongs_to_an_organisation() -> None:
    with pytest.raises(TypeError, match="organisation"):
        record(NoSession(), EventKind.STEP_DONE, "…", at=datetime(2026, 11, 25, tzinfo=UTC))  # type: ignore[arg-type]
