"""Every form that the grammar builds is read as it was meant, or named as undated."""

from functools import cache

import pytest

from roadmap.dues import Due, occurrences, parse_due, print_span
from roadmap.dues.rewording import shifted_words
from tests.support.due_forms import Form, Turn, every_form

FORMS = every_form()
MOST_UNDATED = 0.02


@cache
def _read(form: Form) -> tuple[Due, tuple[Turn, ...]]:
    due = parse_due(form.text, period=form.period)
    return due, tuple((each.start, each.end) for each in occurrences(due, form.period))


def _shown(turns: tuple[Turn, ...]) -> str:
    return ", ".join(print_span(*turn) for turn in turns)


def test_the_grammar_builds_thousands_of_forms():
    assert len(FORMS) >= 3000


def test_no_form_is_read_otherwise_than_it_was_meant():
    wrong = []
    for form in FORMS:
        due, turns = _read(form)
        if due.end is not None and turns != form.turns:
            wrong.append(f"{form.text!r}: {_shown(turns)} instead of {_shown(form.turns)}")
    assert not wrong, f"{len(wrong)} of {len(FORMS)}:\n" + "\n".join(wrong)


def test_of_two_sensible_readings_both_are_named():
    silent = []
    for form in FORMS:
        due, _ = _read(form)
        said = " ".join(doubt.message for doubt in due.doubts)
        if form.other and not (_shown(form.turns) in said and _shown(form.other) in said):
            silent.append(f"{form.text!r}: {said or 'no doubt'}")
    assert not silent, f"{len(silent)}:\n" + "\n".join(silent)


def test_what_has_one_meaning_raises_no_doubt_about_which():
    doubted = []
    for form in FORMS:
        due, _ = _read(form)
        codes = {doubt.code for doubt in due.doubts} & {"due-two-readings", "due-year-chosen"}
        if codes and not form.other:
            doubted.append(f"{form.text!r}: {due.doubts[0].message}")
    assert not doubted, f"{len(doubted)}:\n" + "\n".join(doubted)


def test_hardly_any_form_stays_undated_and_those_are_named():
    undated = [form.text for form in FORMS if _read(form)[0].end is None]
    share = len(undated) / len(FORMS)
    named = "\n".join(map(repr, undated))
    print(f"{len(undated)} of {len(FORMS)} forms undated ({share:.1%}):\n{named}")
    assert share <= MOST_UNDATED, named


@pytest.mark.parametrize("months", [12, 1, -7])
def test_every_form_with_a_year_is_moved_in_its_words_or_in_full(months: int) -> None:
    left = []
    for form in FORMS[months % 5 :: 5]:
        due, _ = _read(form)
        if form.period is not None or due.end is None or due.fixed:
            continue
        words = shifted_words(form.text, due, months)
        wanted = due.shifted(months)
        moved = parse_due(words) if words is not None else None
        if moved is None or (moved.start, moved.end) != (wanted.start, wanted.end):
            left.append(f"{form.text!r} → {words!r}")
    assert not left, f"{len(left)}:\n" + "\n".join(left)
