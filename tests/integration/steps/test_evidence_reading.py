"""A file is given to people of its own school."""

from dataclasses import replace

import pytest
from sqlmodel import select

from models.tables import Evidence
from roadmap.errors import NotFound
from roadmap.loader import Loaded
from roadmap.spec import Organisation
from services.steps.evidence import FileAttachment, content_for
from services.steps.moves import report_step
from tests.integration.conftest import Running, StartSchool

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


async def test_a_file_is_not_there_for_people_of_another_school(
    running: Running, start_school: StartSchool, shipped: Loaded
) -> None:
    curator = await running.actor("curator")
    order = FileAttachment("приказ.pdf", PDF)
    await report_step(
        running.karta, await running.target("1.1"), by=curator, note="готово", attachments=[order]
    )
    other = Organisation(name="Другая школа", zone="Asia/Magadan")
    elsewhere = await start_school(
        replace(shipped, roadmap=shipped.require().model_copy(update={"organisation": other}))
    )
    stranger = await elsewhere.actor("director")

    async with running.karta.transaction() as session:
        evidence_id = (await session.exec(select(Evidence.id))).one()
        assert (await content_for(session, evidence_id, curator))[1] == PDF
        with pytest.raises(NotFound, match="такого файла нет"):
            await content_for(session, evidence_id, stranger)
