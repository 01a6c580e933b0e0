"""`karta letters`: a programme's letters and how each fares."""

from typing import TYPE_CHECKING, Any

from cli.app import AsJson, Which, declare
from cli.console import put_json, say, table
from cli.session import act

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from models.tables import Letter


@declare("Показать письма.", "karta letters --json")
def letters(as_json: AsJson = False, which: Which = None) -> None:
    from zoneinfo import ZoneInfo

    from services.letters.views import letters_of_programme
    from services.programme.finding import the_programme

    async def look(karta: Any) -> "tuple[list[Letter], ZoneInfo]":
        async with karta.transaction() as session:
            rows = await the_programme(session, which)
            found = await letters_of_programme(session, rows.programme.id)
            return found, ZoneInfo(rows.organisation.zone)

    found, zone = act(look)
    if as_json:
        put_json([_letter_json(letter) for letter in found])
    else:
        _print_letters(found, zone)


def _letter_json(letter: "Letter") -> dict[str, Any]:
    return {
        "id": str(letter.id),
        "at": letter.created_at.isoformat(),
        "to": letter.to_address,
        "subject": letter.subject,
        "state": letter.state.value,
        "attempts": letter.attempts,
        "error": letter.last_error,
    }


def _print_letters(letters: "list[Letter]", zone: "ZoneInfo") -> None:
    """A line for each letter, times as at the school."""
    from services.letters.views import STATE_WORDS

    if not letters:
        say("Писем ещё не было.")
    table(
        [
            (
                f"{letter.created_at.astimezone(zone):%d.%m.%Y %H:%M}",
                STATE_WORDS[letter.state].partition(",")[0],  # the column is narrow
                letter.to_address,
                letter.subject + (f" ({letter.last_error})" if letter.last_error else ""),
            )
            for letter in letters
        ],
        (16, 14, 28),
    )
