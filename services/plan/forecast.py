"""The forecast in words: when the programme ends, and why it is thought so."""

from dataclasses import dataclass
from datetime import date

from models.boards import board_of, calendar_of
from models.repository import ProgrammeRows
from roadmap.errors import MoveRefused
from roadmap.forecast import FEWEST, Because, Forecast, forecast
from roadmap.russian import day_month_year, plural
from roadmap.states import PROGRAMME_STATE_WORDS, ProgrammeState


@dataclass(frozen=True, slots=True)
class ToldForecast:
    """A forecast as it is shown: `headline` is a clause, `reasons` say what it follows from."""

    forecast: Forecast
    headline: str
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Everything in one sentence."""
        said = f"{self.headline}: {'; '.join(self.reasons)}" if self.reasons else self.headline
        return f"{said}."


def forecast_of(rows: ProgrammeRows, today: date) -> ToldForecast:
    """The forecast of a running or finished programme; raises `MoveRefused` for another."""
    if rows.programme.state not in (ProgrammeState.RUNNING, ProgrammeState.DONE):
        words = PROGRAMME_STATE_WORDS[rows.programme.state]
        raise MoveRefused(f"дорожная карта – {words}: прогноза нет")
    found = forecast(board_of(rows, calendar_of(rows)), today)
    return ToldForecast(found, _headline(found), _reasons(found) if not found.finished else ())


def later_words(days: int) -> str:
    """«на 6 недель позже», «на 3 дня раньше»; "" for no difference. Days are calendar days."""
    if days == 0:
        return ""
    return f"на {_span(abs(days))} {'позже' if days > 0 else 'раньше'}"


def _span(days: int) -> str:
    if days < 14:
        return plural(days, "день", "дня", "дней")
    if days < 84:
        return plural(round(days / 7), "неделю", "недели", "недель")
    return plural(round(days / 30.44), "месяц", "месяца", "месяцев")


def _headline(found: Forecast) -> str:
    ends = "Завершилась" if found.finished else "Завершится около"
    end = f"{ends} {day_month_year(found.end)}"
    if found.planned_end is None:
        return end
    later = later_words((found.end - found.planned_end).days)
    return f"{end}, {later} плана" if later else f"{end}, по плану"


def _reasons(found: Forecast) -> tuple[str, ...]:
    reasons = list(_pace(found))
    moved = found.steps_because(Because.MOVED)
    if moved and any(step.on == found.end for step in moved):
        reasons.append("последний срок перенесён, взят он")
    overdue = len(found.steps_because(Because.OVERDUE))
    if overdue:
        words = plural(
            overdue,
            "просроченное мероприятие ожидается",
            "просроченных мероприятия ожидаются",
            "просроченных мероприятий ожидаются",
        )
        reasons.append(f"{words} не раньше сегодняшнего дня")
    reasons += [
        f"этап {stage.code} ждёт этапа {stage.held_by}, до {day_month_year(stage.opens)}"
        for stage in found.stages
        if stage.held_by is not None
    ]
    if found.undated:
        words = plural(found.undated, "мероприятия", "мероприятий", "мероприятий")
        reasons.append(f"у {words} срок не определён, в расчёте – день их начала")
    return tuple(reasons)


def _pace(found: Forecast) -> tuple[str, ...]:
    if found.is_guess or found.pace is None:
        counted = plural(found.measured, "мероприятие", "мероприятия", "мероприятий")
        done = f"завершено только {counted} со сроком" if found.measured else "завершённых нет"
        return (f"мало данных – {done}, нужно хотя бы {FEWEST}", "взяты сроки самого плана")
    counted = plural(
        found.measured,
        "завершённое мероприятие выполнено",
        "завершённых мероприятия выполнены",
        "завершённых мероприятий выполнены",
    )
    days = plural(abs(found.pace), "рабочий день", "рабочих дня", "рабочих дней")
    if found.pace > 0:
        pace, added = f"на {days} позже срока", "столько же добавлено к оставшимся срокам"
    elif found.pace < 0:
        pace, added = f"на {days} раньше срока", "оставшиеся сроки – как в плане"
    else:
        pace, added = "в срок", "оставшиеся сроки – как в плане"
    return (f"{counted} в среднем (медиана) {pace}", added)
