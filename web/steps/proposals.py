"""What a step's page does with an owner's requests: asking, agreeing, refusing, withdrawing."""

from uuid import UUID

from starlette.datastructures import FormData

from roadmap.errors import NotFound
from services.actor import Actor
from services.karta import Karta
from services.steps.change import Target
from services.steps.proposals import agree, ask_for_other_owner, ask_to_move_due, refuse, withdraw
from web.forms import day_of, person_of, text_of

REQUESTS_SAID = {
    "ask-due": "Просьба перенести срок отправлена куратору. Ответ придёт письмом.",
    "ask-owner": "Куратор узнает, что мероприятие {code} не ваше. Ответ придёт письмом.",
    "agree": "Сделано, как просили: мероприятие {code} изменено, ответ отправлен.",
    "refuse": "Отказ отправлен.",
    "withdraw": "Просьба отозвана.",
}


async def act_on_request(
    karta: Karta, by: Actor, target: Target, move: str, form: FormData
) -> None:
    """One form of the page. Raises what the use cases raise."""
    reason, chosen = text_of(form, "reason"), text_of(form, "owner")
    match move:
        case "ask-due":
            end = day_of(text_of(form, "due"))
            await ask_to_move_due(karta, target, by=by, end=end, reason=reason)
        case "ask-owner":
            owner_id = person_of(chosen, "сотрудника") if chosen else None
            await ask_for_other_owner(karta, target, by=by, owner_id=owner_id, reason=reason)
        case "agree":
            owner_id = person_of(chosen, "нового ответственного") if chosen else None
            await agree(karta, _request(form), by=by, owner_id=owner_id, of_step=target.step_id)
        case "refuse":
            await refuse(karta, _request(form), by=by, answer=reason, of_step=target.step_id)
        case _:
            await withdraw(karta, _request(form), by=by, of_step=target.step_id)


def _request(form: FormData) -> UUID:
    try:
        return UUID(text_of(form, "request"))
    except ValueError:
        raise NotFound("такой просьбы нет") from None
