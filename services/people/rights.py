"""Who may change a director's card and roles."""

from roadmap.errors import MoveRefused
from services.actor import Actor


def require_directors_right(by: Actor) -> None:
    """Whoever may change a director's address may sign in as the director, and for ever."""
    if by.require_director("Изменить карточку директора").acts_for is not None:
        raise MoveRefused("карточку директора меняет сам директор, а не тот, кто его замещает")


def require_own_right(by: Actor) -> None:
    """Rights lent for some days must not give rights for ever."""
    if by.acts_for is not None:
        raise MoveRefused("роли меняет сам куратор или директор, а не тот, кто их замещает")
