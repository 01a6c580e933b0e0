"""The programme that a command means."""

from models.database import AsyncSession
from models.repository import ProgrammeRows, load_programme, programmes_of
from roadmap.errors import InputWrong, MoveRefused, NotFound
from roadmap.states import ProgrammeState


async def the_programme(session: AsyncSession, wanted: str | None = None) -> ProgrammeRows:
    """The programme a command means: the named one (start of its id), else the only one.

    With several, the newest that is running. Raises `NotFound`, naming the choice, `InputWrong`
    when several are meant, `MoveRefused` when there is none.
    """
    programmes = await programmes_of(session, None)
    if wanted is not None:
        programmes = [p for p in programmes if str(p.id).startswith(wanted.strip().lower())]
        if not programmes:
            raise NotFound(f"программы {wanted} нет; список покажет karta status --all")
        if len(programmes) > 1:
            raise InputWrong(
                f"на «{wanted}» начинается несколько программ; допишите id: "
                + ", ".join(str(p.id)[:13] for p in programmes[:4])
            )
    if not programmes:
        raise MoveRefused("ещё ни одна дорожная карта не начата; начните: karta start roadmap.yaml")
    running = [p for p in programmes if p.state is ProgrammeState.RUNNING]
    return await load_programme(session, (running or programmes)[0].id)
