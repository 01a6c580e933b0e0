"""A letter as its reader got it, composed anew."""

from models.database import AsyncSession
from models.tables import Letter
from notifications.compose import CalendarPart, Links, Rendered, render_letter
from notifications.letters import letter_from
from services.karta import Karta
from services.letters.attachment import letter_calendar
from services.letters.links import letter_links


async def read_letter(
    karta: Karta, session: AsyncSession, letter: Letter, *, with_links: bool
) -> Rendered:
    """The letter as its reader sees it; without links its buttons lead to the board only.

    The built-in mailbox shows links; the letters' page, which others may read, does not.
    """
    links = await letter_links(karta, session, letter)
    if not with_links:
        links = Links(
            board=links.board,
            letters=links.letters,
            people=links.people,
            steps=dict.fromkeys(links.steps, links.board),
            sign_in=links.board if links.sign_in else "",
            code="······" if links.code else "",
        )
    return render_letter(letter_from(letter.payload), links)


async def calendar_file(karta: Karta, session: AsyncSession, letter: Letter) -> CalendarPart | None:
    """The calendar that the letter brings, for those who read it here; None when it brings none."""
    return await letter_calendar(karta, session, letter, letter_from(letter.payload))
