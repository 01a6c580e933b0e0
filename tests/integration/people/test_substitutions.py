"""Somebody is away: letters and rights follow for those days, and the journal keeps both names."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from models.tables import Event, Letter, Person
from roadmap.errors import InputWrong, MoveRefused
from roadmap.states import StageState, StepState
from services.actor import Actor, acting_person
from services.journal.pages import JournalFilter, journal_page
from services.letters.copies import send_again
from services.people.cards import add_person, change_person
from services.people.substitutions import (
    add_substitution,
    end_substitution,
    present_substitution,
    substitutions_for,
)
from services.programme.advance import advance_programme
from services.programme.early_opening import open_stage_early
from services.steps.card import StepCard, step_card
from services.steps.evidence import LinkAttachment
from services.steps.moves import finish_step, report_step, return_step
from services.steps.proposals import ask_to_move_due
from tests.integration.conftest import Running

TODAY = date(2021, 9, 7)


@pytest.fixture
async def school(running: Running) -> Running:
    """Stage 2 open; besides the road map's people, Петрова and Орлова who own nothing."""
    await running.done("1.1", "1.2", "1.3", "1.4")
    curator = await running.actor("curator")
    for key, name in (("petrova", "Петрова А.А."), ("orlova", "Орлова О.О.")):
        await add_person(
            running.karta, by=curator, email=f"{key}@talon.example", name=name, key=key
        )
    return running


async def who(school: Running, key: str) -> Person:
    return (await school.rows()).person(key)


async def acting(school: Running, key: str) -> Actor:
    """The person with whatever rights they have at this moment."""
    person = await who(school, key)
    async with school.karta.transaction() as session:
        return await acting_person(session, person, school.karta.clock.now())


async def away(
    school: Running, key: str, deputy: str, first: date = TODAY, last: date = TODAY,
    by: str = "curator",
) -> UUID:  # fmt: skip
    return await add_substitution(
        school.karta,
        by=await acting(school, by),
        person_id=(await who(school, key)).id,
        deputy_id=(await who(school, deputy)).id,
        first_day=first,
        last_day=last,
        reason="курсы",
    )


def on(school: Running, day: date, hour: int = 10) -> None:
    """Sets the clock to an hour of this day in the school (Magadan, UTC+11)."""
    school.karta.clock.moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        hours=hour - 11
    )


async def letters(school: Running, to: str) -> list[Letter]:
    async with school.karta.transaction() as session:
        found = await session.exec(
            select(Letter)
            .where(Letter.to_address == f"{to}@talon.example")
            .order_by(col(Letter.created_at))
        )
        return list(found)


async def card(school: Running, code: str, key: str) -> StepCard:
    rows, actor = await school.rows(), await acting(school, key)
    async with school.karta.transaction() as session:
        return await step_card(session, rows, rows.step(code).id, actor, school.karta.clock.now())


async def test_made_for_today_the_deputy_has_the_letter_at_once(school: Running) -> None:
    await away(school, "social", "petrova", last=TODAY + timedelta(days=7))

    (letter,) = await letters(school, "petrova")
    assert letter.kind == "opened"
    assert [s["code"] for s in letter.payload["steps"]] == ["2.1", "2.2"]
    assert letter.payload["steps"][0]["instead_of"] == "Белякова Т.Ю., соц. педагог"


async def test_made_for_later_the_first_days_pass_writes_to_the_deputy(school: Running) -> None:
    first = TODAY + timedelta(days=2)
    await away(school, "social", "petrova", first, first + timedelta(days=5))
    assert await letters(school, "petrova") == []

    on(school, first, 8)
    await advance_programme(school.karta, school.programme_id)

    (letter,) = await letters(school, "petrova")
    assert letter.kind == "opened"


async def test_reminders_of_the_day_go_to_the_deputy(school: Running) -> None:
    due = date(2021, 11, 30)
    await away(school, "social", "petrova", last=due)
    on(school, due, 8)
    await advance_programme(school.karta, school.programme_id)

    daily = [x for x in await letters(school, "petrova") if x.kind == "daily"]
    assert [item["why"] for item in daily[-1].payload["items"]] == ["срок сегодня"] * 2
    assert daily[-1].payload["items"][0]["step"]["instead_of"].startswith("Белякова")


async def test_back_again_the_owner_is_told_and_the_deputy_may_no_more(school: Running) -> None:
    made = await away(school, "social", "petrova", last=TODAY + timedelta(days=20))
    on(school, TODAY + timedelta(days=3))
    social = await acting(school, "social")

    await end_substitution(school.karta, made, by=social)
    await end_substitution(school.karta, made, by=social)

    assert [x.kind for x in await letters(school, "social")].count("opened") == 2
    assert (await acting(school, "petrova")).stands_for == ()
    async with school.karta.transaction() as session:
        entries = await session.exec(select(Event).where(Event.kind == "substitution.ended"))
        assert len(entries.all()) == 1


async def test_a_deputy_reports_in_those_days_only_and_both_names_stay(school: Running) -> None:
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    await away(school, "social", "petrova", first, last)
    link = "register.example/1"

    with pytest.raises(MoveRefused, match="ответственный за мероприятие или куратор"):
        await report_step(
            school.karta, await school.target("2.2"), by=await acting(school, "petrova")
        )
    on(school, last, 23)
    await report_step(
        school.karta, await school.target("2.2"), by=await acting(school, "petrova"),
        note="собрала", attachments=[LinkAttachment(link)],
    )  # fmt: skip
    on(school, last + timedelta(days=1), 0)
    with pytest.raises(MoveRefused):
        await report_step(
            school.karta, await school.target("2.1"), by=await acting(school, "petrova")
        )

    async with school.karta.transaction() as session:
        event = (await session.exec(select(Event).where(Event.kind == "step.reported"))).one()
        page = await journal_page(
            session, event.organisation_id, JournalFilter(kind="step.reported")
        )
        hers = await journal_page(
            session, event.organisation_id, JournalFilter(person_id=event.for_id)
        )
    assert event.by_id == (await who(school, "petrova")).id
    assert event.for_id == (await who(school, "social")).id
    assert page.entries[0].who == "Петрова А.А. (вместо: Белякова Т.Ю.)"
    assert page.entries[0].id in {entry.id for entry in hers.entries}
    history = (await card(school, "2.2", "curator")).history
    assert history[0].who == "Петрова А.А. (вместо: Белякова Т.Ю.)"


async def test_own_rights_are_used_before_lent_ones(school: Running) -> None:
    await away(school, "curator", "director")

    await finish_step(
        school.karta, await school.target("2.1"), by=await acting(school, "director"),
        reason="видел",
    )  # fmt: skip

    async with school.karta.transaction() as session:
        done = await session.exec(select(Event).where(Event.kind == "step.done"))
        assert done.all()[-1].for_id is None


async def test_a_curators_deputy_acts_as_curator_and_a_directors_as_director(
    school: Running,
) -> None:
    await away(school, "curator", "petrova")
    petrova = await acting(school, "petrova")
    await finish_step(school.karta, await school.target("2.1"), by=petrova, reason="видела")
    with pytest.raises(MoveRefused, match="может только директор"):
        await open_stage_early(school.karta, school.programme_id, "3", by=petrova, reason="пора")

    await away(school, "director", "petrova")
    petrova = await acting(school, "petrova")
    await open_stage_early(school.karta, school.programme_id, "3", by=petrova, reason="пора")

    assert (await school.rows()).stage("3").state is StageState.OPEN
    assert {lent.name for lent in petrova.stands_for} == {"зам. директора по ВР", "Москвина Т.Н."}


async def test_a_curators_letters_go_to_the_deputy_but_never_to_the_one_who_reported(
    school: Running,
) -> None:

    await away(school, "curator", "social")
    await report_step(
        school.karta, await school.target("2.2"), by=await acting(school, "social"),
        attachments=[LinkAttachment("register.example/1")],
    )  # fmt: skip

    (reported,) = [x for x in await letters(school, "director") if x.kind == "reported"]
    assert reported.payload["step"]["code"] == "2.2"


async def test_a_deputy_asks_in_the_owners_name_and_gets_the_return(school: Running) -> None:
    await away(school, "social", "petrova", last=TODAY + timedelta(days=5))
    petrova, curator = await acting(school, "petrova"), await acting(school, "curator")
    await ask_to_move_due(
        school.karta, await school.target("2.2"), by=petrova, end=date(2021, 12, 10),
        reason="вхожу в курс дела",
    )  # fmt: skip
    await finish_step(school.karta, await school.target("2.1"), by=curator, reason="видела")
    await return_step(school.karta, await school.target("2.1"), by=curator, reason="нет даты")

    assert [x.kind for x in await letters(school, "petrova")] == ["opened", "returned"]
    async with school.karta.transaction() as session:
        asked = await session.exec(select(Event).where(Event.kind == "request.due_asked"))
        assert asked.one().for_id == (await who(school, "social")).id


async def test_the_page_says_for_whom_and_afterwards_only_shows(school: Running) -> None:
    await away(school, "social", "petrova")
    during = await card(school, "2.2", "petrova")
    assert (during.is_own, during.instead_of) == (True, "Белякова Т.Ю.")
    assert "report" in during.moves

    on(school, TODAY + timedelta(days=1))
    after = await card(school, "2.2", "petrova")
    assert (after.is_own, after.was_deputy, after.moves) == (False, True, frozenset())
    assert not (await card(school, "2.2", "orlova")).was_deputy


async def test_a_lost_letter_to_a_deputy_can_be_sent_again_while_they_stand_in(
    school: Running,
) -> None:
    await away(school, "social", "petrova")
    (letter,) = await letters(school, "petrova")
    async with school.karta.transaction() as session:
        row = await session.get_one(Letter, letter.id)
        row.state = "UNDELIVERABLE"
        session.add(row)
    curator = await acting(school, "curator")

    await send_again(school.karta, letter.id, by=curator)

    on(school, TODAY + timedelta(days=1))
    with pytest.raises(MoveRefused, match="теперь отвечает Белякова Т.Ю."):
        await send_again(school.karta, letter.id, by=curator)


@pytest.mark.parametrize(
    ("key", "deputy", "first", "last", "words"),
    [
        ("social", "social", 0, 5, "сам себя"),
        ("social", "petrova", 5, 4, "раньше первого"),
        ("social", "petrova", -1, 5, "первый день уже прошёл"),
        ("social", "petrova", 0, 400, "слишком долго"),
        ("curator", "petrova", 3, 30, "замещение уже есть"),
        ("orlova", "curator", 0, 10, "получится круг"),
        ("social", "gone", 0, 5, "больше не работает"),
    ],
)
async def test_a_substitution_that_cannot_be_is_refused_in_words(
    school: Running, key: str, deputy: str, first: int, last: int, words: str
) -> None:
    curator = await acting(school, "curator")
    gone = await add_person(
        school.karta, by=curator, email="gone@talon.example", name="Ушёл У.У.", key="gone"
    )
    await change_person(
        school.karta, gone.id, by=curator, email=gone.email, name=gone.name, post="",
        roles=["owner"], active=False,
    )  # fmt: skip
    # The curator is away from day 5 to 9, Петрова for them; Орлова for Петрова from day 9.
    await away(school, "curator", "petrova", TODAY + timedelta(5), TODAY + timedelta(9))
    await away(school, "petrova", "orlova", TODAY + timedelta(9), TODAY + timedelta(20))

    with pytest.raises(InputWrong, match=words):
        await away(school, key, deputy, TODAY + timedelta(first), TODAY + timedelta(last))


async def test_before_the_circle_closes_the_same_people_may_stand_in(school: Running) -> None:
    await away(school, "curator", "petrova", TODAY + timedelta(5), TODAY + timedelta(9))

    await away(school, "petrova", "curator", TODAY + timedelta(1), TODAY + timedelta(4))


async def test_rights_pass_on_along_a_chain(school: Running) -> None:
    await away(school, "social", "petrova")
    await away(school, "petrova", "orlova")

    assert {s.name for s in (await acting(school, "orlova")).stands_for} == {
        "Петрова А.А.", "Белякова Т.Ю.",
    }  # fmt: skip
    assert [x.kind for x in await letters(school, "orlova")] == ["opened"]


async def test_one_says_it_for_oneself_and_only_curators_for_others(school: Running) -> None:
    await away(school, "social", "petrova", by="social")
    with pytest.raises(MoveRefused, match="может куратор или директор"):
        await away(school, "curator", "orlova", by="orlova")


async def test_lent_rights_do_not_prolong_themselves_or_give_roles(school: Running) -> None:
    await away(school, "director", "petrova")
    petrova = await acting(school, "petrova")

    with pytest.raises(MoveRefused, match="нельзя продлить себе самому"):
        await away(school, "curator", "petrova", last=TODAY + timedelta(100), by="petrova")
    with pytest.raises(MoveRefused, match="роли меняет сам куратор или директор"):
        await change_person(
            school.karta, petrova.person_id, by=petrova, email="petrova@talon.example",
            name="Петрова А.А.", post="", roles=["director", "owner"],
        )  # fmt: skip


async def test_the_same_form_sent_twice_and_at_once_is_one_substitution(school: Running) -> None:
    made = await asyncio.gather(*(away(school, "social", "petrova") for _ in range(3)))

    assert len(set(made)) == 1
    assert len(await letters(school, "petrova")) == 1


async def test_marks_and_substitutions_at_once_do_not_hinder_each_other(school: Running) -> None:
    curator = await acting(school, "curator")
    target = await school.target("2.1")

    await asyncio.gather(
        away(school, "social", "petrova"),
        finish_step(school.karta, target, by=curator, reason="видела"),
        away(school, "director", "orlova"),
        advance_programme(school.karta, school.programme_id),
    )

    assert (await school.rows()).step("2.1").state is StepState.DONE


async def test_one_not_begun_is_cancelled_and_the_list_tells_reasons_to_those_concerned(
    school: Running,
) -> None:
    first = TODAY + timedelta(days=3)
    made = await away(school, "social", "petrova", first, first)
    now = school.karta.clock.now()
    for key, reason in (("social", "курсы"), ("curator", "курсы"), ("orlova", "")):
        actor = await acting(school, key)
        async with school.karta.transaction() as session:
            (shown,) = await substitutions_for(session, actor, now)
        assert (shown.reason, shown.can_end) == (reason, key != "orlova")
        assert shown.days == "10 сентября 2021"
    with pytest.raises(MoveRefused):
        await end_substitution(school.karta, made, by=await acting(school, "orlova"))

    await end_substitution(school.karta, made, by=await acting(school, "curator"))

    async with school.karta.transaction() as session:
        assert await substitutions_for(session, await acting(school, "curator"), now) == ()
        with pytest.raises(MoveRefused, match="замещения нет"):
            await present_substitution(session, await who(school, "social"), now)
