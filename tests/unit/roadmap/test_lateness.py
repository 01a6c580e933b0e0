"""How lateness is summed up."""

from hypothesis import given
from hypothesis import strategies as st

from roadmap.lateness import Lateness, Punctuality, lateness


def test_in_time_late_and_late_now_are_told_apart() -> None:
    found = lateness(
        [
            Punctuality("1", 0, finished=True),
            Punctuality("1", 4, finished=True),
            Punctuality("1", 10, finished=False),
            Punctuality("2", 0, finished=True),
        ]
    )

    assert found == (
        Lateness("1", in_time=1, late=1, late_now=1, median_days=7, max_days=10),
        Lateness("2", in_time=1, late=0, late_now=0, median_days=0, max_days=0),
    )


outcomes = st.builds(
    Punctuality, st.sampled_from("abc"), st.integers(1, 500), st.booleans()
) | st.builds(Punctuality, st.sampled_from("abc"), st.just(0), st.just(True))


@given(st.lists(outcomes))
def test_nothing_is_lost_and_the_median_is_not_above_the_greatest(given: list[Punctuality]) -> None:
    found = lateness(given)

    assert sum(x.in_time + x.late + x.late_now for x in found) == len(given)
    assert all(x.median_days <= x.max_days for x in found)
