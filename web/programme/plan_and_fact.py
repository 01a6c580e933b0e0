"""Plan and fact: first plan, present dates and fact, lateness, the forecast, what has changed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from models.repository import load_programme
from models.situation import Situation
from roadmap.errors import InputWrong, NotFound
from services.plan.changes import PlanChange, changes_since, day_since
from services.plan.plan_and_fact import PlanAndFact, plan_and_fact
from web.page import Frame, as_sentence, frame_of, karta_of, page
from web.programme.board import EmptyPage
from web.programme.gantt import Gantt, gantt_of
from web.viewer import SignedIn, Viewer, viewer_of

router = APIRouter()

USUAL_DAYS = 30
"""So far back the changes go when nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Since:
    """From which day changes are shown: `error` when what was typed is no date."""

    day: date
    error: str
    week_ago: date
    month_ago: date
    start: date | None


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Plan and fact of one programme; `base` is the page's address."""

    template: ClassVar[str] = "web/programme/plan_and_fact.html.j2"

    frame: Frame
    base: str
    plan: PlanAndFact
    gantt: Gantt | None
    since: Since
    changes: tuple[PlanChange, ...]


@router.get("/plan")
async def newest(request: Request, viewer: SignedIn) -> Response:
    return await _plan(request, viewer, "/plan")


@router.get("/programmes/{programme_id}/plan")
async def one(request: Request, viewer: SignedIn, programme_id: UUID) -> Response:
    viewer = await viewer_of(karta_of(request), viewer.person, programme_id)
    if viewer.programme is None or viewer.programme.id != programme_id:
        raise NotFound("такой дорожной карты в вашей школе нет")
    return await _plan(request, viewer, f"/programmes/{programme_id}/plan")


async def _plan(request: Request, viewer: Viewer, base: str) -> Response:
    karta = karta_of(request)
    frame = await frame_of(request, viewer, "План и факт", "/plan")
    if viewer.programme is None:
        return page(EmptyPage(frame))
    now = karta.clock.now()
    async with karta.transaction() as session:
        rows = await load_programme(session, viewer.programme.id)
        situation = Situation(rows, now)
        started = rows.programme.started_at
        since = _since(
            request.query_params.get("since", ""),
            situation.today,
            situation.day(started) if started else None,
        )
        plan = await plan_and_fact(session, rows, now)
        changes = await changes_since(session, rows, since.day)
    told = plan.forecast
    gantt = gantt_of(plan.view, told.forecast.end if told and not told.forecast.finished else None)
    return page(PlanPage(frame, base, plan, gantt, since, changes))


def _since(typed: str, today: date, start: date | None) -> Since:
    usual = today - timedelta(days=USUAL_DAYS)
    day, error = usual, ""
    if typed.strip():
        try:
            day = day_since(typed)
        except InputWrong as wrong:
            error = f"{as_sentence(wrong)} Показано за последние {USUAL_DAYS} дней."
    return Since(day, error, today - timedelta(days=7), usual, start)
