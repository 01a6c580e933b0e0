"""Letters know their own sense: whom they ask for what, and whether they still have a point."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.letters import ASKING_TO_ACT, LETTER_KIND_WORDS, LETTER_TYPES, SignInLetter
from notifications.payload import LetterFacts
from roadmap.loader import load_file
from tests.support.letters import every_letter

LETTERS = every_letter(load_file(Path(__file__).parents[3] / "roadmap.yaml"))


def test_every_kind_of_letter_has_its_words_and_its_type() -> None:
    assert set(LETTER_KIND_WORDS) == set(LETTER_TYPES)


def test_only_letters_about_a_step_of_ones_own_ask_to_act_or_are_for_the_owner() -> None:
    own = {kind for kind, letter in LETTER_TYPES.items() if letter.for_owner_only}

    assert set(ASKING_TO_ACT) == {"opened", "returned"}
    assert own == {"opened", "returned", "meeting"}
    assert {kind for kind, letter in LETTER_TYPES.items() if letter.signs_in} == {"sign_in"}


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("opened", "in_hand"),
        ("returned", "in_hand"),
        ("reported", "reported"),
        ("daily", "same_day"),
        ("digest", "same_day"),
        ("asked", "asked"),
    ],
)
def test_a_lost_letter_has_a_point_as_long_as_what_it_tells_is_so(kind: str, fact: str) -> None:
    nothing = LetterFacts(same_day=False, in_hand=False, reported=False, asked=False)
    letter = next(each for each, *_ in LETTERS.values() if each.kind == kind)

    assert letter.has_a_point(replace(nothing, **{fact: True}))
    assert not letter.has_a_point(nothing)


def test_a_sign_in_letter_is_never_sent_anew_and_is_worth_nothing_once_it_is_over() -> None:
    letter = next(each for each, *_ in LETTERS.values() if isinstance(each, SignInLetter))
    everything = LetterFacts(same_day=True, in_hand=True, reported=True, asked=True)

    assert not letter.has_a_point(everything)
    assert letter.is_stale(timedelta(minutes=letter.minutes))
    assert not letter.is_stale(timedelta(minutes=letter.minutes - 1))
