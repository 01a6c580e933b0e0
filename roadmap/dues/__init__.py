"""Deadlines as schools write them: «Февраль–май 2022» → dates, and back."""

from roadmap.dues.months import month_end, months_between, shift_month
from roadmap.dues.occurrences import occurrences
from roadmap.dues.offsets import resolve, resolve_all
from roadmap.dues.printing import UNDATED, print_day, print_due, print_span
from roadmap.dues.reading import named_days, names_last_day, parse_due, parse_one_date
from roadmap.dues.values import Doubt, Due, Occurrence, Offset, Period, Rule, YearDay

__all__ = [
    "UNDATED",
    "Doubt",
    "Due",
    "Occurrence",
    "Offset",
    "Period",
    "Rule",
    "YearDay",
    "month_end",
    "months_between",
    "named_days",
    "names_last_day",
    "occurrences",
    "parse_due",
    "parse_one_date",
    "print_day",
    "print_due",
    "print_span",
    "resolve",
    "resolve_all",
    "shift_month",
]
