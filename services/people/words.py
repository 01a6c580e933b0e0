"""Roles and rhythms as people call them."""

from models.tables import Rhythm

ROLE_WORDS: dict[str, str] = {
    "director": "директор",
    "curator": "куратор",
    "owner": "ответственный",
    "observer": "наблюдатель",
}


RHYTHM_WORDS: dict[Rhythm, str] = {
    Rhythm.AT_ONCE: "сразу",
    Rhythm.DAILY: "одним письмом утром",
}
