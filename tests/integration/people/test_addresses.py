"""Addresses that do not work are asked for; a person's rhythm is theirs to choose."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from models.tables import Letter, LetterState, Rhythm
from roadmap.errors import InputWrong, MoveRefused
from services.actor import acting_person
from services.letters.dead_addresses import dead_addresses
from services.people.addresses import correct_address
from services.people.rhythm import choose_rhythm, rhythm_of
from services.people.substitutions import add_substitution
from services.steps.moves import return_step
from tests.integration.conftest import Running

NEW = "belyakova@talon.example"


@pytest.fixture
async def lost(running: Running) -> Running:
    """Stage 2 is open and no letter reached the social pedagogue."""
    await running.done("1.1", "1.2", "1.3", "1.4")
    async with running.karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.to_address == "social@talon.example")
        )
        for letter in found:
            letter.state, letter.attempts = LetterState.UNDELIVERABLE, 1
            letter.last_error = "550 5.1.1 User unknown"
            session.add(letter)
    return running


async def letters_of(running: Running, key: str) -> list[Letter]:
    person = (await running.rows()).person(key)
    async with running.karta.transaction() as session:
        found = await session.exec(
            select(Letter).where(Letter.person_id == person.id).order_by(col(Letter.created_at))
        )
        return list(found)


async def test_a_dead_address_is_shown_with_what_the_server_said(lost: Running) -> None:
    organisation = (await lost.rows()).organisation.id
    async with lost.karta.transaction() as session:
        (dead,) = await dead_addresses(session, organisation)

    assert dead.person == "Белякова Т.Ю., соц. педагог"
    assert (dead.email, dead.said) == ("social@talon.example", "550 5.1.1 User unknown")


async def test_put_right_the_lost_letters_go_to_the_new_address(lost: Running) -> None:
    social = (await lost.rows()).person("social")
    lost.karta.clock.moment += timedelta(days=3)
    curator = await lost.actor("curator")

    await correct_address(lost.karta, social.id, by=curator, email=NEW)

    (letter,) = await letters_of(lost, "social")
    assert (letter.state, letter.to_address) == (LetterState.QUEUED, NEW)
    assert letter.created_at == letter.not_before == lost.karta.clock.now()
    async with lost.karta.transaction() as session:
        assert await dead_addresses(session, social.organisation_id) == ()


async def test_what_has_lost_its_point_is_not_sent_again(lost: Running) -> None:
    await lost.done("2.1", "2.2")
    social = (await lost.rows()).person("social")

    await correct_address(lost.karta, social.id, by=await lost.actor("curator"), email=NEW)

    (letter,) = await letters_of(lost, "social")
    assert letter.state is LetterState.SETTLED


async def test_a_returned_step_is_asked_for_again(lost: Running) -> None:
    await lost.done("2.1")
    curator = await lost.actor("curator")
    await return_step(lost.karta, await lost.target("2.1"), by=curator, reason="нет даты")
    async with lost.karta.transaction() as session:
        for letter in await session.exec(select(Letter).where(Letter.kind == "returned")):
            letter.state = LetterState.UNDELIVERABLE
            session.add(letter)
    social = (await lost.rows()).person("social")

    await correct_address(lost.karta, social.id, by=curator, email=NEW)

    assert {x.state for x in await letters_of(lost, "social")} == {LetterState.QUEUED}


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("нет", "не похоже на адрес"),
        ("social@talon.example", "прежний адрес"),
        ("director@talon.example", "уже указан у сотрудника"),
    ],
)
async def test_a_wrong_address_is_refused(lost: Running, email: str, words: str) -> None:
    social = (await lost.rows()).person("social")

    with pytest.raises(InputWrong, match=words):
        await correct_address(lost.karta, social.id, by=await lost.actor("curator"), email=email)

    with pytest.raises(MoveRefused):
        await correct_address(lost.karta, social.id, by=await lost.actor("social"), email=NEW)


async def test_a_directors_address_is_put_right_by_the_director_alone(running: Running) -> None:
    director, curator = await running.actor("director"), await running.actor("curator")
    with pytest.raises(MoveRefused, match="может только директор"):
        await correct_address(running.karta, director.person_id, by=curator, email=NEW)
    day = date(2021, 9, 7)
    await add_substitution(
        running.karta, by=director, person_id=director.person_id, deputy_id=curator.person_id,
        first_day=day, last_day=day,
    )  # fmt: skip
    person = (await running.rows()).person("curator")
    async with running.karta.transaction() as session:
        deputy = await acting_person(session, person, running.karta.clock.now())

    with pytest.raises(MoveRefused, match="сам директор"):
        await correct_address(running.karta, director.person_id, by=deputy, email=NEW)
    await correct_address(running.karta, director.person_id, by=director, email=NEW)


async def test_everybody_chooses_their_own_rhythm_and_a_curator_for_anybody(
    running: Running,
) -> None:
    rows = await running.rows()
    social, director = rows.person("social"), rows.person("director")

    await choose_rhythm(
        running.karta, social.id, by=await running.actor("social"), rhythm=rhythm_of("Daily")
    )
    await choose_rhythm(
        running.karta, director.id, by=await running.actor("curator"), rhythm=Rhythm.DAILY
    )
    with pytest.raises(MoveRefused):
        await choose_rhythm(
            running.karta, director.id, by=await running.actor("social"), rhythm=Rhythm.AT_ONCE
        )
    with pytest.raises(InputWrong, match="можно: at-once, daily"):
        rhythm_of("weekly")

    rows = await running.rows()
    assert rows.person("social").rhythm is rows.person("director").rhythm is Rhythm.DAILY


async def test_who_reads_daily_hears_of_new_steps_in_the_morning(running: Running) -> None:
    social = (await running.rows()).person("social")
    await choose_rhythm(
        running.karta, social.id, by=await running.actor("social"), rhythm=Rhythm.DAILY
    )

    await running.done("1.1", "1.2", "1.3", "1.4")

    assert await letters_of(running, "social") == []
