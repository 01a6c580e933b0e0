"""What a rehearsal showed, in sentences: the same in a terminal and on its page."""

from collections import Counter

from roadmap.planner import LetterKind
from roadmap.rehearsal import Rehearsal
from roadmap.russian import day_month, day_month_year, plural
from roadmap.scenarios import Chance, Late, OwnerIll, Scenario
from roadmap.spec import RoadMap


def scenario_words(scenario: Scenario, roadmap: RoadMap) -> str:
    """«все опаздывают на 5 дней»."""
    match scenario:
        case Late(days):
            return f"все опаздывают на {plural(days, 'день', 'дня', 'дней')}"
        case OwnerIll(owner, first, last):
            name = short_name(roadmap, owner)
            start = day_month(first) if first.year == last.year else day_month_year(first)
            return f"все успевают в срок, но {name} болеет с {start} по {day_month_year(last)}"
        case Chance():
            return "как получится: у каждого мероприятия своё случайное опережение или опоздание"
        case _:
            return "все успевают в срок, если мероприятие началось вовремя"


def outcome_sentences(
    roadmap: RoadMap, rehearsal: Rehearsal, scenario: Scenario
) -> tuple[str, ...]:
    """When it ends and what is late, as sentences."""
    start = day_month_year(rehearsal.started.date())
    if rehearsal.end is not None:
        said = [f"Начало {start}, конец {day_month_year(rehearsal.end)}."]
    else:
        waits = ", ".join(
            f"{run.code} ({short_name(roadmap, run.owner)})" for run in rehearsal.unfinished
        )
        said = [
            f"Начало {start}. К {day_month_year(rehearsal.last_day)} программа не завершилась, "
            f"дальше репетиция не идёт. Не выполнено: {waits}."
        ]
    if isinstance(scenario, OwnerIll) and not (
        scenario.first <= rehearsal.last_day and scenario.last >= rehearsal.started.date()
    ):
        said.append("На время программы болезнь не приходится: проверьте даты сценария.")
    if rehearsal.earliest is not None:
        codes = rehearsal.earliest.steps
        last = f"{'последним' if len(codes) == 1 else 'последними'} {', '.join(codes)}"
        said.append(
            f"Самый ранний конец – {day_month_year(rehearsal.earliest.end)}, {last}: "
            "если каждое мероприятие выполнять, как только откроется этап и наступит его время "
            "по плану."
        )
    if not rehearsal.late:
        said.append("Опозданий нет.")
        return (*said, *_cautions(roadmap, rehearsal))
    worst = max(rehearsal.late, key=lambda run: run.days_late)
    count = len({run.code for run in rehearsal.late})
    said.append(
        f"С опозданием: {plural(count, 'мероприятие', 'мероприятия', 'мероприятий')} "
        f"из {len(roadmap.steps)}; дольше всех {worst.code} – на "
        f"{plural(worst.days_late, 'день', 'дня', 'дней')}."
    )
    return (*said, *_cautions(roadmap, rehearsal))


def _cautions(roadmap: RoadMap, rehearsal: Rehearsal) -> list[str]:
    """Years whose working days the government may still move."""
    calendar = roadmap.school_calendar
    years = range(rehearsal.started.year, rehearsal.last_day.year + 1)
    unknown = [year for year in years if not calendar.moves_known(year)]
    if not unknown:
        return []
    which = f"{unknown[0]} года" if len(unknown) == 1 else f"{unknown[0]}–{unknown[-1]} годов"
    return [f"Переносы выходных {which} ещё не известны: дни могут немного сдвинуться."]


def letter_words(rehearsal: Rehearsal, person: str) -> str:
    """«24 письма: о новом 3, напоминаний 6, сводок 15»."""
    kinds = Counter(letter.kind for letter in rehearsal.letters if letter.to == person)
    total = plural(sum(kinds.values()), "письмо", "письма", "писем")
    named = ((LetterKind.OPENED, "о новом"), (LetterKind.DAILY, "напоминаний"),
             (LetterKind.DIGEST, "сводок"))  # fmt: skip
    parts = [f"{word} {kinds[kind]}" for kind, word in named if kinds[kind]]
    return f"{total}: {', '.join(parts)}" if parts else "писем нет"


def short_name(roadmap: RoadMap, key: str) -> str:
    """«Белякова Т.Ю.», or the post of somebody whose name the plan leaves out."""
    person = roadmap.people[key]
    return person.name or person.post or key
