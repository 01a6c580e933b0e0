"""The addresses that a letter's buttons open, derived and stored nowhere."""

from uuid import UUID

from sqlmodel import select

from models.database import AsyncSession
from models.tables import Letter, LetterStep
from notifications.compose import Links
from notifications.letters import LETTER_TYPES
from services.karta import Karta
from services.tokens import derived_code, derived_token


def step_token(karta: Karta, letter_id: UUID, step_id: UUID) -> str:
    """The token of the link to `step_id` in this letter."""
    return derived_token(karta.secret, "step", letter_id, step_id)


def sign_in_token(karta: Karta, letter_id: UUID) -> str:
    """The token of the link in a sign-in letter."""
    return derived_token(karta.secret, "sign-in", letter_id)


def sign_in_code(karta: Karta, letter_id: UUID) -> str:
    """The six digits in a sign-in letter."""
    return derived_code(karta.secret, "sign-in-code", letter_id)


async def letter_links(karta: Karta, session: AsyncSession, letter: Letter) -> Links:
    """Every address the letter's buttons open, for its recipient."""
    step_ids = await session.exec(
        select(LetterStep.step_id).where(LetterStep.letter_id == letter.id)
    )
    base = karta.settings.base_url
    signs_in = LETTER_TYPES[letter.kind].signs_in
    return Links(
        board=f"{base}/",
        letters=f"{base}/letters",
        people=f"{base}/people",
        steps={i: f"{base}/l/{step_token(karta, letter.id, i)}" for i in step_ids},
        sign_in=f"{base}/enter/{sign_in_token(karta, letter.id)}" if signs_in else "",
        code=sign_in_code(karta, letter.id) if signs_in else "",
    )
