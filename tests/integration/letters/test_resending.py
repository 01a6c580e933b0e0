"""Letters in trouble: sent again, settled, and those that only the built-in mailbox has."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.tables import Event, Letter
from notifications.mailer import MailboxMailer, RecordingMailer
from notifications.outcome import Refused
from roadmap.errors import MoveRefused
from services.clock import SetClock
from services.karta import Karta
from services.letters.copies import send_again, settle_letter
from services.letters.delivery import deliver_due
from services.letters.mailbox import send_what_is_left
from services.people.cards import change_person
from tests.integration.conftest import Running

NO_USER = Refused("550 5.1.1 no such user")


async def opened_letters(karta: Karta) -> list[Letter]:
    async with karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.kind == "opened").order_by(col(Letter.created_at))
        )
        return list(found)


async def states(karta: Karta) -> list[str]:
    return [letter.state.value for letter in await opened_letters(karta)]


async def test_an_undeliverable_letter_is_settled_when_a_copy_of_it_has_left(
    running: Running, clock: SetClock
) -> None:
    karta = running.karta
    director, curator = await running.actor("director"), await running.actor("curator")
    refusing = RecordingMailer(script=[NO_USER] * 9)
    await deliver_due(karta, refusing)
    (first,) = await opened_letters(karta)
    clock.moment += timedelta(seconds=20)
    failed = await send_again(karta, first.id, by=curator)
    await deliver_due(karta, refusing)
    assert await states(karta) == ["undeliverable", "undeliverable"]

    await change_person(
        karta, director.person_id, by=director, email="new@talon.example",
        name="Москвина Т.Н.", post="директор школы", roles=["director"],
    )  # fmt: skip
    assert sorted(await states(karta)) == ["queued", "settled"]  # the corrected address has it sent
    again = await send_again(karta, first.id, by=curator)
    assert again == failed  # it is on its way already
    await deliver_due(karta, RecordingMailer())

    assert sorted(await states(karta)) == ["sent", "settled"]


async def test_a_curator_may_say_that_a_letter_needs_nothing_more(running: Running) -> None:
    karta = running.karta
    curator, social = await running.actor("curator"), await running.actor("social")
    await deliver_due(karta, RecordingMailer(script=[NO_USER] * 9))
    (letter,) = await opened_letters(karta)

    with pytest.raises(MoveRefused):
        await settle_letter(karta, letter.id, by=social)
    await settle_letter(karta, letter.id, by=curator)
    await settle_letter(karta, letter.id, by=curator)

    assert await states(karta) == ["settled"]
    async with karta.transaction() as session:
        told = await session.exec(select(Event).where(Event.kind == "letter.settled"))
        assert len(told.all()) == 1


async def test_letters_left_in_the_mailbox_are_sent_once_there_is_a_mail_server(
    running: Running, clock: SetClock
) -> None:
    karta, curator = running.karta, await running.actor("curator")
    await deliver_due(karta, MailboxMailer())
    with pytest.raises(MoveRefused, match="почтовый сервер не указан"):
        await send_what_is_left(karta, by=curator)
    settings = karta.settings.changed(smtp_url="smtp://127.0.0.1:2525")
    with_server = Karta(settings, karta.engine, clock, karta.secret)

    assert await send_what_is_left(with_server, by=curator) == 1
    assert await send_what_is_left(with_server, by=curator) == 0
    mailer = RecordingMailer()
    await deliver_due(with_server, mailer)

    assert len(mailer.sent) == 1


async def test_only_a_director_changes_a_directors_address(running: Running) -> None:
    curator, director = await running.actor("curator"), await running.actor("director")

    with pytest.raises(MoveRefused, match="карточку директора"):
        await change_person(
            running.karta, director.person_id, by=curator, email="mine@talon.example",
            name="Москвина Т.Н.", post="директор школы", roles=["director"],
        )  # fmt: skip
